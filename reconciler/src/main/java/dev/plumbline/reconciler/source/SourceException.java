// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.io.IOException;

/** A repository that cannot be read now; the message is one line for the user. */
public final class SourceException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean needsUser;

  SourceException(String message, Throwable cause, boolean needsUser) {
    super(message, cause);
    this.needsUser = needsUser;
  }

  SourceException(String message) {
    super(message);
    this.needsUser = true;
  }

  /**
   * Whether trying again is of no use before somebody has changed something: the address, the
   * password, the branch. Else it may pass by itself: the network, the server.
   */
  public boolean needsUser() {
    return needsUser;
  }
}
