// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.Spelled;

/** What the agent does where the host is no longer as the file says. */
public enum DriftPolicy implements Spelled {
  REPAIR("repair"),
  REPORT("report"),
  IGNORE("ignore");

  private final String spelling;

  DriftPolicy(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
