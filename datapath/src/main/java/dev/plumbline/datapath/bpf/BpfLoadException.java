// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import dev.plumbline.netlink.libc.Errno;
import java.io.IOException;

/** An object file that libbpf or the kernel refused, with all that they said. */
public final class BpfLoadException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;
  private final String log;

  BpfLoadException(String what, int errno, String log) {
    super(
        what
            + ": "
            + Errno.name(errno)
            + " ("
            + Errno.description(errno)
            + ")"
            + (log.isBlank() ? "" : "\n" + log.strip()));
    this.errno = errno;
    this.log = log;
  }

  /** Positive, as in errno(3). */
  public int errno() {
    return errno;
  }

  /** The words of libbpf and of the verifier; their last 64 KiB. */
  public String log() {
    return log;
  }
}
