// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import java.io.IOException;

/** JSON that is not what it should be; the message, of one line, names file, line and column. */
public final class JsonFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  JsonFormatException(String message) {
    super(Shown.text(message));
  }
}
