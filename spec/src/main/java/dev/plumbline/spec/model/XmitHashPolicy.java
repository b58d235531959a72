// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.Spelled;

/** What a bond hashes to choose a member. */
public enum XmitHashPolicy implements Spelled {
  LAYER2("layer2"),
  LAYER34("layer3+4"),
  LAYER23("layer2+3"),
  ENCAP23("encap2+3"),
  ENCAP34("encap3+4"),
  VLAN_SRCMAC("vlan+srcmac");

  private final String spelling;

  XmitHashPolicy(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
