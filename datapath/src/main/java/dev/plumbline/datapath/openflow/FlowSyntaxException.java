// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

/** A text is no flow; the message says what was expected. */
public final class FlowSyntaxException extends Exception {
  private static final long serialVersionUID = 1;

  private final int column;

  /**
   * Says where.
   *
   * @param column of the mistake's first character, from 1
   */
  public FlowSyntaxException(int column, String message) {
    super(message);
    this.column = column;
  }

  /** Of the mistake's first character, from 1. */
  public int column() {
    return column;
  }
}
