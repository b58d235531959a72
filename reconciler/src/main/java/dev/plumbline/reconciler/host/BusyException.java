// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import java.io.IOException;

/**
 * Another process applies with the same state directory, or has applied since the live state was
 * read, so that the plan may be wrong by now. Nothing was changed.
 */
public final class BusyException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long holder;

  BusyException(String message) {
    this(message, 0);
  }

  /**
   * @param holder the number of the process that applies
   */
  BusyException(String message, long holder) {
    super(message);
    this.holder = holder;
  }

  /** The number of the process that applies; 0 if that is not known. */
  public long holder() {
    return holder;
  }
}
