// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import org.jspecify.annotations.Nullable;

/**
 * A piece of a flow's text. Pieces of it share the text: most of them are read character by
 * character, and never become a string.
 */
final class Token {
  private final String source;
  private final int begin;
  private final int end;
  private final int column;
  private @Nullable String text;

  /**
   * A whole text.
   *
   * @param column of its first character, from 1
   */
  Token(String text, int column) {
    this(text, 0, text.length(), column);
    this.text = text;
  }

  private Token(String source, int begin, int end, int column) {
    this.source = source;
    this.begin = begin;
    this.end = end;
    this.column = column;
  }

  String text() {
    String made = text;
    if (made == null) {
      made = source.substring(begin, end);
      text = made;
    }
    return made;
  }

  /** Of its first character, from 1. */
  int column() {
    return column;
  }

  int length() {
    return end - begin;
  }

  char charAt(int index) {
    return source.charAt(begin + index);
  }

  /** Index of the first such character from an index on; -1: there is none. */
  int indexOf(char wanted, int from) {
    for (int i = begin + from; i < end; i++) {
      if (source.charAt(i) == wanted) {
        return i - begin;
      }
    }
    return -1;
  }

  boolean startsWith(String prefix, int from) {
    return from + prefix.length() <= length() && source.startsWith(prefix, begin + from);
  }

  /**
   * The characters from one index to before another, as a number without a sign.
   *
   * @throws NumberFormatException they are none
   */
  long unsigned(int from, int to, int radix) {
    return Long.parseUnsignedLong(source, begin + from, begin + to, radix);
  }

  /** The characters from one index to before another. */
  Token part(int from, int to) {
    return new Token(source, begin + from, begin + to, column + from);
  }

  /** The characters from an index on. */
  Token from(int index) {
    return part(index, length());
  }

  boolean isEmpty() {
    return begin == end;
  }

  FlowSyntaxException mistake(String message) {
    return new FlowSyntaxException(column, message);
  }
}
