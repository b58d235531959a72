// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import java.io.IOException;

/**
 * Another process applies with the same state directory, or has applied since the live state was
 * read, so that the plan may be wrong by now. Nothing was changed.
 */
public final class BusyException extends IOException {
  private static final long serialVersionUID = 1L;

  BusyException(String message) {
    super(message);
  }
}
