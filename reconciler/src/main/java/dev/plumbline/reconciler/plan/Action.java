// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

/** What a change does with its resource. */
public enum Action {
  CREATE("create", "+"),
  MODIFY("modify", "~"),
  RECREATE("recreate", "±"),
  DELETE("delete", "-");

  private final String label;
  private final String sign;

  Action(String label, String sign) {
    this.label = label;
    this.sign = sign;
  }

  /** The action's name in JSON. */
  public String label() {
    return label;
  }

  /** The sign in front of a change in a printed plan. */
  public String sign() {
    return sign;
  }
}
