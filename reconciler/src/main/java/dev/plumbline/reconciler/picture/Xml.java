// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.render.Shown;
import java.util.Locale;

/** Writes XML. */
final class Xml {
  private final StringBuilder out = new StringBuilder();

  /** An element that stays open. */
  Xml open(String name, Object... attributes) {
    return element(name, ">", attributes);
  }

  Xml close(String name) {
    out.append("</").append(name).append(">\n");
    return this;
  }

  /** An element with nothing in it. */
  Xml empty(String name, Object... attributes) {
    element(name, "/>", attributes);
    out.append('\n');
    return this;
  }

  /** An element with a text. */
  Xml text(String name, String text, Object... attributes) {
    element(name, ">", attributes);
    out.append(escaped(text)).append("</").append(name).append(">\n");
    return this;
  }

  /** What is XML already. */
  Xml raw(String text) {
    out.append(text);
    return this;
  }

  Xml line() {
    out.append('\n');
    return this;
  }

  private Xml element(String name, String end, Object... attributes) {
    out.append('<').append(name);
    for (int i = 0; i < attributes.length; i += 2) {
      Object value = attributes[i + 1];
      String text = value instanceof Double number ? number(number) : String.valueOf(value);
      out.append(' ').append(attributes[i]).append("=\"").append(escaped(text)).append('"');
    }
    out.append(end);
    return this;
  }

  /** With one digit after the point, and none where it is a zero. */
  static String number(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    String cut = text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    return cut.equals("-0") ? "0" : cut;
  }

  /** Fit for text and attributes alike; what XML 1.0 cannot say at all is shown as an escape. */
  static String escaped(String text) {
    StringBuilder safe = new StringBuilder();
    Shown.text(text)
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> {
                  boolean isSurrogate = c >= 0xd800 && c <= 0xdfff;
                  if (isSurrogate || (c & 0xfffe) == 0xfffe) {
                    safe.append(String.format("\\u%04x", c));
                  } else {
                    safe.appendCodePoint(c);
                  }
                }
              }
            });
    return safe.toString();
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
