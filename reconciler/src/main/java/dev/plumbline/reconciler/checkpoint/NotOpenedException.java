// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.checkpoint;

import java.io.IOException;

/** There is no checkpoint, so nothing was changed. */
public final class NotOpenedException extends IOException {
  private static final long serialVersionUID = 1L;

  NotOpenedException(IOException cause) {
    super("no checkpoint: " + cause.getMessage() + "; nothing was changed", cause);
  }
}
