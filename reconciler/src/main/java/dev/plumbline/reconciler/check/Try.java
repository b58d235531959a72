// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.check;

import dev.plumbline.netlink.libc.ErrnoException;

/** One try of a check. */
interface Try extends AutoCloseable {

  /** The socket, and what is to be waited for: POLL* bits. */
  int fd();

  short events();

  /**
   * Looks, without waiting.
   *
   * @return whether it was answered; false: not yet
   * @throws ErrnoException if it never will be, with what the kernel says
   */
  boolean isAnswered() throws ErrnoException;

  @Override
  void close();
}
