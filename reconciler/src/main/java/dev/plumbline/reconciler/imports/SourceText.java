// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.imports;

/** The bytes of one file that is imported. */
public final class SourceText {
  private final String name;
  private final byte[] content;

  /**
   * A text.
   *
   * @param name as messages call it
   */
  public SourceText(String name, byte[] content) {
    this.name = name;
    this.content = content.clone();
  }

  String name() {
    return name;
  }

  byte[] content() {
    return content.clone();
  }
}
