// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An end result, described in each contender's own language. */
interface Scenario {
  /** One run of {@code ip -batch}; the empty namespace is the host's own. */
  record IpBatch(String namespace, String lines) {}

  String name();

  String description(int size);

  /**
   * The host file.
   *
   * @param changed how many of the objects have the other setting
   */
  String file(int size, int changed);

  /** The same by ip(8), which does not plan: none for {@link Phase#PLAN}. */
  List<IpBatch> ip(Phase phase, int size);

  /** The same for ifupdown2, or null if it has no words for it. */
  @Nullable String ifupdown(int size, int changed);

  /** What the host holds in the end: {@code devices} and {@code routes} beside the kernel's own. */
  Census expected(int size);

  /** What is counted to see that a contender did its work. */
  record Census(int devices, int routes) {
    static final Census NOTHING = new Census(0, 0);
  }

  /** One in a hundred, at least one. */
  static int onePercent(int size) {
    return Math.max(1, size / 100);
  }
}
