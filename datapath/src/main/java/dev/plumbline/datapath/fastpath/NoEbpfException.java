// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import java.io.IOException;

/** The kernel has no eBPF for us; the cause says in whose words. */
public final class NoEbpfException extends IOException {
  private static final long serialVersionUID = 1L;

  NoEbpfException(Exception cause) {
    super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
  }
}
