// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import org.jspecify.annotations.Nullable;

/**
 * Ends a verb with a message for its user (a sentence without a full stop) and {@link
 * ExitCode#ERROR}.
 */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommandException(String message) {
    super(message);
  }

  CommandException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
