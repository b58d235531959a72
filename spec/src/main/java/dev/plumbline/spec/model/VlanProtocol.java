// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.Spelled;

/** Tag protocol: 802.1Q (0x8100) or 802.1ad (0x88a8). */
public enum VlanProtocol implements Spelled {
  DOT1Q("802.1Q"),
  DOT1AD("802.1ad");

  private final String spelling;

  VlanProtocol(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
