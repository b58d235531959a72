// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.libc;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An open file descriptor that is closed once. May be asked and closed by several threads; closing
 * it while another thread is in a system call with it is that caller's mistake, as the kernel may
 * give its number to somebody else.
 */
public final class Descriptor implements AutoCloseable {
  private final int fd;
  private final String what;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Takes over the descriptor.
   *
   * @param fd at least 0
   * @param what its name in the sentence "… is closed"
   */
  public Descriptor(int fd, String what) {
    this.fd = fd;
    this.what = what;
  }

  /**
   * The number; stays owned by this.
   *
   * @throws IllegalStateException if it is closed
   */
  public int fd() {
    if (closed.get()) {
      throw new IllegalStateException(what + " is closed");
    }
    return fd;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      Libc.close(fd);
    }
  }
}
