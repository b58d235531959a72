// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.Spelled;

/** How a bond spreads traffic: the kernel's modes, and two of the embedded switch. */
public enum BondMode implements Spelled {
  BALANCE_RR("balance-rr"),
  ACTIVE_BACKUP("active-backup"),
  BALANCE_XOR("balance-xor"),
  BROADCAST("broadcast"),
  LACP("802.3ad"),
  BALANCE_TLB("balance-tlb"),
  BALANCE_ALB("balance-alb"),
  BALANCE_SLB("balance-slb"),
  BALANCE_TCP("balance-tcp");

  private final String spelling;

  BondMode(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
