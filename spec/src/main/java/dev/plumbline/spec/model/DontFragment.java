// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.Spelled;

/** The outer header's don't-fragment bit; inherit takes it from the inner packet. */
public enum DontFragment implements Spelled {
  UNSET("unset"),
  SET("set"),
  INHERIT("inherit");

  private final String spelling;

  DontFragment(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
