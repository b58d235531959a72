// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.Spelled;

/** What forwards a bridge's frames. */
public enum Datapath implements Spelled {
  EMBEDDED("embedded"),
  KERNEL("kernel");

  private final String spelling;

  Datapath(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
