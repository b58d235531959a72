// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.Spelled;

/** What a routing rule does with a packet that matches it (ip-rule(8)). */
public enum RuleAction implements Spelled {
  TABLE("table"),
  BLACKHOLE("blackhole"),
  UNREACHABLE("unreachable"),
  PROHIBIT("prohibit");

  private final String spelling;

  RuleAction(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
