// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.value;

/** A text is not a value of the wanted kind; the message is a sentence part for the user. */
public final class ValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String expected;

  /**
   * @param message what is wrong with the text, for example {@code `10.0.0` is not an IP address}
   * @param expected what would be right, for example {@code an address such as 192.0.2.1}
   */
  public ValueException(String message, String expected) {
    super(message);
    this.expected = expected;
  }

  /** What would be right, as a noun phrase. */
  public String expected() {
    return expected;
  }
}
