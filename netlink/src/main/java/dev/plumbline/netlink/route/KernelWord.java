// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import org.jspecify.annotations.Nullable;

/** One of several values of a setting: the kernel's number and the word that {@code ip} uses. */
interface KernelWord {
  /** The number on the wire. */
  int value();

  /** The word, such as "802.3ad". */
  String kernelName();

  /** The one of this name, or null. */
  static <E extends KernelWord> @Nullable E named(E[] all, String kernelName) {
    for (E each : all) {
      if (each.kernelName().equals(kernelName)) {
        return each;
      }
    }
    return null;
  }

  /**
   * The one of this number.
   *
   * @param what they are, for the error
   * @throws IllegalArgumentException if there is none
   */
  static <E extends KernelWord> E numbered(E[] all, int value, String what) {
    for (E each : all) {
      if (each.value() == value) {
        return each;
      }
    }
    throw new IllegalArgumentException("no " + what + " has the number " + value);
  }
}
