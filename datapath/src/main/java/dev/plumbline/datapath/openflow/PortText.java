// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ports by number and by name, as Open vSwitch's ofputil_port_from_string has it. */
final class PortText {
  /** The highest number that a port can have. */
  static final int LAST = 0xfeff;

  /** Back by the port that a packet came in by. */
  static final int IN_PORT = 0xfff8;

  static final int NORMAL = 0xfffa;
  static final int FLOOD = 0xfffb;
  static final int ALL = 0xfffc;

  /** The port with the bridge's own name. */
  static final int LOCAL = 0xfffe;

  /** What OpenFlow reserves; those that this switch has nothing for are here to be named. */
  private static final Map<String, Integer> RESERVED =
      Map.of(
          "in_port",
          IN_PORT,
          "table",
          0xfff9,
          "normal",
          NORMAL,
          "flood",
          FLOOD,
          "all",
          ALL,
          "controller",
          0xfffd,
          "local",
          LOCAL,
          "any",
          0xffff,
          "none",
          0xffff,
          "unset",
          0xfff7);

  private PortText() {}

  /** The number of a reserved port, of a port with that number or name; -1: there is none. */
  static int find(Token token, PortNames names) throws FlowSyntaxException {
    String text = token.text();
    if (text.startsWith("\"")) {
      return names.number(unquoted(token));
    }
    Integer reserved = RESERVED.get(text.toLowerCase(Locale.ROOT));
    if (reserved != null) {
      if (reserved == LOCAL && names.areNamed()) {
        throw token.mistake("ports are named here: LOCAL is the internal port's own name");
      }
      return reserved;
    }
    if (!text.isEmpty() && Character.isDigit(text.charAt(0))) {
      int named = names.number(text);
      if (named < 0 && names.areNamed()) {
        throw token.mistake("no port " + text + ": ports are named here, for numbers may change");
      }
      return named >= 0 ? named : (int) ValueText.number(token, 0xffff, "a port");
    }
    return names.number(text);
  }

  private static String unquoted(Token token) throws FlowSyntaxException {
    String text = token.text();
    StringBuilder name = new StringBuilder();
    int at = 1;
    for (; at < text.length() && text.charAt(at) != '"'; at++) {
      if (text.charAt(at) == '\\') {
        at++;
        if (at == text.length() || "\"\\/".indexOf(text.charAt(at)) < 0) {
          throw token.mistake("of escapes in names there are \\\" and \\\\");
        }
      }
      name.append(text.charAt(at));
    }
    if (at != text.length() - 1) {
      throw token.from(at).mistake("a name ends with its quote");
    }
    return name.toString();
  }

  /** The name, in quotes where Open vSwitch has them, or the number. */
  static String print(int port, PortNames names) {
    if (port == LOCAL) {
      return "LOCAL";
    }
    if (port == IN_PORT) {
      return "IN_PORT";
    }
    String name = names.name(port);
    return name == null ? String.valueOf(port) : quoted(name);
  }

  private static String quoted(String name) {
    boolean isPlain =
        !name.isEmpty()
            && Character.isLetter(name.charAt(0))
            && name.chars().allMatch(Character::isLetterOrDigit)
            && reserved(name) == null;
    return isPlain ? name : '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static @Nullable Integer reserved(String name) {
    return RESERVED.get(name.toLowerCase(Locale.ROOT));
  }
}
