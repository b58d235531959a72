// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

import java.io.IOException;

/**
 * What was to be dumped changed during every one of several attempts (NLM_F_DUMP_INTR), so that no
 * consistent picture could be had. Worth trying again later.
 */
public final class DumpInterruptedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int attempts;

  DumpInterruptedException(String request, int attempts) {
    super(request + ": changed while it was read, " + attempts + " times in a row");
    this.attempts = attempts;
  }

  public int attempts() {
    return attempts;
  }
}
