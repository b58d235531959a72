// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;

/** The model refuses a request. */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final int errno;

  private final boolean asked;

  RefusedException(int errno, String why) {
    this(errno, why, true);
  }

  /**
   * @param asked false: the kernel is not even asked, nor for anything after it
   */
  RefusedException(int errno, String why, boolean asked) {
    super(Errno.name(errno) + " (" + Errno.description(errno) + "): " + why, null, false, false);
    this.errno = errno;
    this.asked = asked;
  }

  boolean isAsked() {
    return asked;
  }

  /** Positive, as in errno(3). */
  public int errno() {
    return errno;
  }

  static void when(boolean condition, int errno, String why) throws RefusedException {
    if (condition) {
      throw new RefusedException(errno, why);
    }
  }
}
