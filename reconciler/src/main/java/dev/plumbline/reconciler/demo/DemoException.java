// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.demo;

/** The demo cannot go on; the message is for the user and says what to do. */
public final class DemoException extends Exception {
  private static final long serialVersionUID = 1L;

  DemoException(String message) {
    super(message);
  }
}
