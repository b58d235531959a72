// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.Spelled;

/** When the primary member becomes active again. */
public enum PrimaryReselect implements Spelled {
  ALWAYS("always"),
  BETTER("better"),
  FAILURE("failure");

  private final String spelling;

  PrimaryReselect(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
