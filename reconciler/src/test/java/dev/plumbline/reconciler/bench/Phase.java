// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

/** What is measured of a contender, in this order. */
enum Phase {
  APPLY("apply from nothing"),
  PLAN("plan, nothing to do"),
  CHANGE("change 1 %"),
  REMOVE("remove all");

  private final String label;

  Phase(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
