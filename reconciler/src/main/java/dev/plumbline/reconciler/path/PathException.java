// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

/** A question that cannot be answered; the message says what there is, and what to do. */
public final class PathException extends Exception {
  private static final long serialVersionUID = 1L;

  PathException(String message) {
    super(message);
  }
}
