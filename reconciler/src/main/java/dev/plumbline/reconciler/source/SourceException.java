// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.io.IOException;

/** A repository that cannot be read now; the message is one line for the user. */
public final class SourceException extends IOException {
  private static final long serialVersionUID = 1L;

  SourceException(String message, Throwable cause) {
    super(message, cause);
  }

  SourceException(String message) {
    super(message);
  }
}
