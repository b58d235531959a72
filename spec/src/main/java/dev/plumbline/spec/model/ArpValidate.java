// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.Spelled;

/** Which ARP probes and replies count as a sign of life. */
public enum ArpValidate implements Spelled {
  NONE("none"),
  ACTIVE("active"),
  BACKUP("backup"),
  ALL("all"),
  FILTER("filter"),
  FILTER_ACTIVE("filter_active"),
  FILTER_BACKUP("filter_backup");

  private final String spelling;

  ArpValidate(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
