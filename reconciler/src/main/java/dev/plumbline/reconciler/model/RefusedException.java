// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;

/** The model refuses a request. */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final int errno;

  RefusedException(int errno, String why) {
    super(Errno.name(errno) + " (" + Errno.description(errno) + "): " + why, null, false, false);
    this.errno = errno;
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
