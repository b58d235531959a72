// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.Spelled;

/** Which MAC address members have in active-backup. */
public enum FailOverMac implements Spelled {
  NONE("none"),
  ACTIVE("active"),
  FOLLOW("follow");

  private final String spelling;

  FailOverMac(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
