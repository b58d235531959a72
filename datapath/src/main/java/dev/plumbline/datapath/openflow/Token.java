// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

/**
 * A piece of a flow's text.
 *
 * @param column of its first character, from 1
 */
record Token(String text, int column) {
  /** The characters from one index to before another. */
  Token part(int from, int to) {
    return new Token(text.substring(from, to), column + from);
  }

  /** The characters from an index on. */
  Token from(int index) {
    return part(index, text.length());
  }

  boolean isEmpty() {
    return text.isEmpty();
  }

  FlowSyntaxException mistake(String message) {
    return new FlowSyntaxException(column, message);
  }
}
