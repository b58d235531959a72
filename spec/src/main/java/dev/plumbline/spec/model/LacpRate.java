// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.Spelled;

/** How often the partner is asked for LACPDUs: every 30 s or every second. */
public enum LacpRate implements Spelled {
  SLOW("slow"),
  FAST("fast");

  private final String spelling;

  LacpRate(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
