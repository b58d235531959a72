// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.Spelled;

/** Encapsulation of a tunnel. GRE is layer 3 outside a bridge; in a bridge it is read as GRETAP. */
public enum TunnelType implements Spelled {
  VXLAN("vxlan"),
  GRE("gre"),
  GRETAP("gretap"),
  GENEVE("geneve");

  private final String spelling;

  TunnelType(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
