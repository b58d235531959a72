// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import dev.plumbline.datapath.flow.NatRange;
import dev.plumbline.datapath.openflow.FlowScanner.Entry;
import org.jspecify.annotations.Nullable;

/** What is in the brackets of {@code nat}: {@code src=10.0.0.1-10.0.0.4:1024-2047}. */
final class NatText {
  private static final int PORTS = 0xffff;

  private NatText() {}

  /** Reads it; null: nothing is said but to translate. */
  static @Nullable NatRange parse(Token text, SubfieldText packets) throws FlowSyntaxException {
    NatRange range = null;
    FlowScanner scanner = new FlowScanner(text);
    for (Entry entry = scanner.next(); entry != null; entry = scanner.next()) {
      switch (entry.key().text()) {
        case "src", "dst" -> {
          if (range != null) {
            throw entry.key().mistake("nat translates one end of a connection: src or dst");
          }
          range = range(entry.key().text().equals("src"), entry.value(), packets);
        }
        case "persistent", "hash", "random" ->
            throw entry
                .key()
                .mistake(
                    "the switch cannot do "
                        + entry.key().text()
                        + " in nat: a port is kept where it is free, or searched for from there on");
        default -> throw entry.key().mistake("src or dst, not " + entry.key().text());
      }
    }
    return range;
  }

  private static NatRange range(boolean isSource, Token value, SubfieldText packets)
      throws FlowSyntaxException {
    String text = value.text();
    boolean isSix = text.startsWith("[") || text.indexOf(':') != text.lastIndexOf(':');
    if (!packets.isOfVersion(isSix ? 6 : 4)) {
      throw value.mistake(
          "these are addresses of IPv"
              + (isSix ? "6: the match must ask for ipv6" : "4: the match must ask for ip"));
    }
    int colon = isSix ? (text.startsWith("[") ? text.lastIndexOf("]:") + 1 : 0) : text.indexOf(':');
    boolean hasPorts = colon > 0;
    Token addresses = hasPorts ? value.part(0, colon) : value;
    Token ports = hasPorts ? value.from(colon + 1) : value.from(text.length());
    int dash = addresses.text().indexOf('-');
    Token first = dash < 0 ? addresses : addresses.part(0, dash);
    Token last = dash < 0 ? addresses : addresses.from(dash + 1);
    long[] from = address(first, isSix);
    long[] to = address(last, isSix);
    long count = (to[1] & 0xffff_ffffL) - (from[1] & 0xffff_ffffL) + 1;
    if (count < 1 || from[0] != to[0] || (from[1] ^ to[1]) >>> Integer.SIZE != 0) {
      throw last.mistake(
          isSix
              ? "the last address comes behind the first, and differs in its last 32 bits alone"
              : "the last address comes behind the first");
    }
    if (count > Integer.MAX_VALUE) {
      throw last.mistake("more than 2147483647 addresses");
    }
    int firstPort = 0;
    int lastPort = 0;
    if (hasPorts) {
      int between = ports.text().indexOf('-');
      firstPort = port(between < 0 ? ports : ports.part(0, between));
      lastPort = between < 0 ? firstPort : port(ports.from(between + 1));
      if (lastPort < firstPort) {
        throw ports.mistake("the last port comes behind the first");
      }
    }
    return new NatRange(
        isSource, isSix ? 6 : 4, from[0], from[1], (int) count, firstPort, lastPort);
  }

  private static int port(Token token) throws FlowSyntaxException {
    int port = (int) ValueText.number(token, PORTS, "a port");
    if (port == 0) {
      throw token.mistake("there is no port 0");
    }
    return port;
  }

  private static long[] address(Token token, boolean isSix) throws FlowSyntaxException {
    String text = token.text();
    if (!isSix) {
      return new long[] {0, Addresses.ipv4(token) & 0xffff_ffffL};
    }
    boolean isInBrackets = text.startsWith("[") && text.endsWith("]");
    return Addresses.ipv6(isInBrackets ? token.part(1, text.length() - 1) : token);
  }

  static String print(NatRange range) {
    boolean hasPorts = range.firstPort() != 0;
    StringBuilder text = new StringBuilder(range.isSource() ? "src=" : "dst=");
    text.append(address(range, 0, hasPorts));
    if (range.addresses() > 1) {
      text.append('-').append(address(range, range.addresses() - 1, hasPorts));
    }
    if (hasPorts) {
      text.append(':').append(range.firstPort());
    }
    if (range.lastPort() != range.firstPort()) {
      text.append('-').append(range.lastPort());
    }
    return text.toString();
  }

  private static String address(NatRange range, int index, boolean hasPorts) {
    if (range.version() == 4) {
      return Addresses.ipv4((int) range.low() + index);
    }
    String text = Addresses.ipv6(range.high(), range.low() + index);
    return hasPorts ? "[" + text + "]" : text;
  }
}
