// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.libc;

import java.io.IOException;

/** A system call that failed. */
public final class ErrnoException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  /**
   * A failure of one call.
   *
   * @param what the call and what it was to do, as the message begins
   * @param errno as in errno(3)
   */
  public ErrnoException(String what, int errno) {
    super(what + ": " + Errno.name(errno) + " (" + Errno.description(errno) + ")");
    this.errno = errno;
  }

  public int errno() {
    return errno;
  }
}
