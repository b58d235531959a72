// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.Spelled;

/** How 802.3ad chooses the active aggregator. */
public enum AdSelect implements Spelled {
  STABLE("stable"),
  BANDWIDTH("bandwidth"),
  COUNT("count");

  private final String spelling;

  AdSelect(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
