// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import org.jspecify.annotations.Nullable;

/**
 * Cuts a flow's text into entries: {@code key}, {@code key=value}, {@code key:value} or {@code
 * key(value)}, with commas and white space between them. Brackets and quotes keep together what
 * they enclose.
 */
final class FlowScanner {
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
    while (at < source.length() && isSeparator(source.charAt(at))) {
      at++;
    }
    if (at == source.length()) {
      return null;
    }
    int start = at;
    if (source.charAt(at) == '"') {
      skipQuoted();
    }
    while (at < source.length() && !endsKey(source.charAt(at))) {
      at++;
    }
    Token key = source.part(start, at);
    if (at == source.length() || isSeparator(source.charAt(at))) {
      return new Entry(key, (char) 0, source.part(at, at));
    }
    if (key.isEmpty()) {
      throw key.mistake("a name is expected");
    }
    char delimiter = source.charAt(at);
    return new Entry(key, delimiter, delimiter == '(' ? enclosed() : plain());
  }

  private static boolean isSeparator(char at) {
    return at == ',' || at == ' ' || at == '\t' || at == '\r' || at == '\n';
  }

  private static boolean endsKey(char at) {
    return at == '=' || at == ':' || at == '(' || isSeparator(at);
  }

  /** All that is left. */
  Token rest() {
    Token rest = source.from(at);
    at = source.length();
    return rest;
  }

  /** Goes back to where an entry's value begins, so that {@link #rest} gives all from there on. */
  void back(Entry entry) {
    at = entry.value().column() - source.column();
  }

  private Token enclosed() throws FlowSyntaxException {
    int open = at;
    skipEnclosed();
    if (source.startsWith("->", at)) { // only of actions that we do not have
      at--;
      plain();
      return source.part(open + 1, at);
    }
    Token value = source.part(open + 1, at - 1);
    if (at < source.length() && !isSeparator(source.charAt(at))) {
      throw source.from(at).mistake("a comma is expected behind the bracket");
    }
    return value;
  }

  private Token plain() throws FlowSyntaxException {
    int start = ++at;
    while (at < source.length() && !isSeparator(source.charAt(at))) {
      switch (source.charAt(at)) {
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
    while (at < source.length()) {
      char next = source.charAt(at);
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
    while (at < source.length() && source.charAt(at) != '"') {
      at += source.charAt(at) == '\\' ? 2 : 1;
    }
    if (at >= source.length()) {
      throw source.from(open).mistake("a quote that is not closed");
    }
    at++;
  }
}
