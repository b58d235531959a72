// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import org.jspecify.annotations.Nullable;

/**
 * Cuts a flow's text into entries: {@code key}, {@code key=value}, {@code key:value} or {@code
 * key(value)}, with commas and white space between them. Brackets and quotes keep together what
 * they enclose.
 */
final class FlowScanner {
  private static final String SEPARATORS = ", \t\r\n";

  /**
   * An entry.
   *
   * @param delimiter {@code =}, {@code :} or {@code (}; 0: there is no value
   * @param value empty if there is none
   */
  record Entry(Token key, char delimiter, Token value) {
    boolean hasValue() {
      return delimiter != 0;
    }
  }

  private final Token source;
  private int at;

  FlowScanner(Token source) {
    this.source = source;
  }

  /** The next entry; null: there are no more. */
  @Nullable Entry next() throws FlowSyntaxException {
    String text = source.text();
    while (at < text.length() && SEPARATORS.indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at == text.length()) {
      return null;
    }
    int start = at;
    if (text.charAt(at) == '"') {
      skipQuoted();
    }
    while (at < text.length() && "=:(, \t\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    Token key = source.part(start, at);
    if (at == text.length() || SEPARATORS.indexOf(text.charAt(at)) >= 0) {
      return new Entry(key, (char) 0, source.part(at, at));
    }
    if (key.isEmpty()) {
      throw key.mistake("a name is expected");
    }
    char delimiter = text.charAt(at);
    return new Entry(key, delimiter, delimiter == '(' ? enclosed() : plain());
  }

  /** All that is left. */
  Token rest() {
    Token rest = source.from(at);
    at = source.text().length();
    return rest;
  }

  /** Goes back to where an entry's value begins, so that {@link #rest} gives all from there on. */
  void back(Entry entry) {
    at = entry.value().column() - source.column();
  }

  private Token enclosed() throws FlowSyntaxException {
    int open = at;
    skipEnclosed();
    if (source.text().startsWith("->", at)) { // only of actions that we do not have
      at--;
      plain();
      return source.part(open + 1, at);
    }
    Token value = source.part(open + 1, at - 1);
    if (at < source.text().length() && SEPARATORS.indexOf(source.text().charAt(at)) < 0) {
      throw source.from(at).mistake("a comma is expected behind the bracket");
    }
    return value;
  }

  private Token plain() throws FlowSyntaxException {
    int start = ++at;
    while (at < source.text().length() && SEPARATORS.indexOf(source.text().charAt(at)) < 0) {
      switch (source.text().charAt(at)) {
        case '(' -> skipEnclosed();
        case '"' -> skipQuoted();
        default -> at++;
      }
    }
    return source.part(start, at);
  }

  private void skipEnclosed() throws FlowSyntaxException {
    int open = at;
    int depth = 0;
    while (at < source.text().length()) {
      char next = source.text().charAt(at);
      if (next == '"') {
        skipQuoted();
        continue;
      }
      at++;
      depth += next == '(' ? 1 : next == ')' ? -1 : 0;
      if (depth == 0) {
        return;
      }
    }
    throw source.from(open).mistake("a bracket that is not closed");
  }

  private void skipQuoted() throws FlowSyntaxException {
    int open = at++;
    while (at < source.text().length() && source.text().charAt(at) != '"') {
      at += source.text().charAt(at) == '\\' ? 2 : 1;
    }
    if (at >= source.text().length()) {
      throw source.from(open).mistake("a quote that is not closed");
    }
    at++;
  }
}
