// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import dev.plumbline.datapath.openflow.MatchField.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Values of fields, and masks, as Open vSwitch writes them. */
final class ValueText {
  private static final List<String> TCP_FLAGS =
      List.of(
          "fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr", "ns", "[200]", "[400]", "[800]");
  private static final int TCP_FLAG_BITS = 0xfff;

  /** Those of address translation are left out. */
  private static final List<String> CT_STATES = List.of("new", "est", "rel", "rpl", "inv", "trk");

  private static final List<String> NAT_STATES = List.of("snat", "dnat");

  /** Fragments: name, bits, and which bits are asked for. */
  private enum Fragments {
    NO(0, 3),
    YES(1, 1),
    FIRST(1, 3),
    LATER(3, 3),
    NOT_LATER(0, 2);

    private final int value;
    private final int mask;

    Fragments(int value, int mask) {
      this.value = value;
      this.mask = mask;
    }
  }

  /** A value and which bits of it count; {@code high}: bits from 64 on. */
  record Masked(long high, long low, long maskHigh, long maskLow) {
    static Masked exact(MatchField field, long value) {
      return new Masked(0, value, 0, FieldValues.ones(field.width()));
    }

    boolean isExact(MatchField field) {
      int width = field.width();
      return maskLow == FieldValues.ones(Math.min(width, Long.SIZE))
          && maskHigh == FieldValues.ones(Math.max(0, width - Long.SIZE));
    }
  }

  private ValueText() {}

  /** As C's {@code %#x}. */
  static String hex(long value) {
    return value == 0 ? "0" : "0x" + Long.toHexString(value);
  }

  static String print(MatchField field, long high, long low) {
    return switch (field.form()) {
      case DECIMAL, PORT -> Long.toUnsignedString(low);
      case HEX -> hex(low);
      case HEX4 -> String.format(Locale.ROOT, "0x%04x", low);
      case HEX5 -> String.format(Locale.ROOT, "0x%05x", low);
      case MAC -> Addresses.mac(low);
      case IPV4 -> Addresses.ipv4((int) low);
      case IPV6 -> Addresses.ipv6(high, low);
      case FRAG -> fragments(low, 3);
      case TCP_FLAGS -> flags(low, TCP_FLAGS);
      case CT_STATE -> flags(low, CT_STATES);
    };
  }

  static String print(MatchField field, long high, long low, long maskHigh, long maskLow) {
    Masked masked = new Masked(high, low, maskHigh, maskLow);
    if (masked.isExact(field)) {
      return print(field, high, low);
    }
    return switch (field.form()) {
      case DECIMAL, PORT -> "0x" + Long.toHexString(low) + "/0x" + Long.toHexString(maskLow);
      case HEX -> hex(low) + "/" + hex(maskLow);
      case HEX4, HEX5, MAC -> print(field, 0, low) + "/" + print(field, 0, maskLow);
      case IPV4 -> {
        int bits = Addresses.prefix((int) maskLow);
        yield Addresses.ipv4((int) low)
            + "/"
            + (bits < 0 ? Addresses.ipv4((int) maskLow) : String.valueOf(bits));
      }
      case IPV6 -> {
        int bits = Addresses.prefix(maskHigh, maskLow);
        yield Addresses.ipv6(high, low)
            + "/"
            + (bits < 0 ? Addresses.ipv6(maskHigh, maskLow) : String.valueOf(bits));
      }
      case FRAG -> fragments(low, maskLow);
      case TCP_FLAGS -> maskedFlags(low, maskLow, TCP_FLAGS);
      case CT_STATE -> maskedFlags(low, maskLow, CT_STATES);
    };
  }

  private static String fragments(long value, long mask) {
    for (Fragments one : Fragments.values()) {
      if (one.value == value && one.mask == mask) {
        return one.name().toLowerCase(Locale.ROOT);
      }
    }
    return hex(value) + "/" + hex(mask);
  }

  private static String flags(long value, List<String> flags) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < flags.size(); i++) {
      if ((value >> i & 1) != 0) {
        names.add(flags.get(i));
      }
    }
    return names.isEmpty() ? "0" : String.join("|", names);
  }

  private static String maskedFlags(long value, long mask, List<String> flags) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < flags.size(); i++) {
      if ((mask >> i & 1) != 0) {
        text.append((value >> i & 1) != 0 ? '+' : '-').append(flags.get(i));
      }
    }
    return text.toString();
  }

  /** A value, perhaps with a mask behind a slash; bits that the mask leaves out become 0. */
  static Masked parse(MatchField field, Token token) throws FlowSyntaxException {
    if (token.isEmpty()) {
      throw token.mistake(field.text() + " needs a value");
    }
    if (field.form() == Form.FRAG) {
      return parseFragments(token);
    }
    if (field.form() == Form.TCP_FLAGS && !Character.isDigit(token.charAt(0))) {
      return parseFlags(token, field);
    }
    if (field.form() == Form.CT_STATE) {
      return parseState(token, field);
    }
    int slash = token.indexOf('/', 0);
    if (slash < 0 && field.width() <= Long.SIZE) {
      return Masked.exact(field, narrow(field, token));
    }
    long[] value = value(field, slash < 0 ? token : token.part(0, slash));
    if (slash < 0) {
      return new Masked(
          value[0],
          value[1],
          FieldValues.ones(Math.max(0, field.width() - Long.SIZE)),
          FieldValues.ones(Math.min(field.width(), Long.SIZE)));
    }
    Token behind = token.from(slash + 1);
    long[] mask = mask(field, behind);
    Masked masked = new Masked(value[0] & mask[0], value[1] & mask[1], mask[0], mask[1]);
    if (field.mask() == MatchField.Mask.NONE && !masked.isExact(field)) {
      throw behind.mistake(field.text() + " takes no mask");
    }
    return masked;
  }

  private static long[] value(MatchField field, Token token) throws FlowSyntaxException {
    return field.form() == Form.IPV6 ? Addresses.ipv6(token) : new long[] {0, narrow(field, token)};
  }

  private static long narrow(MatchField field, Token token) throws FlowSyntaxException {
    return switch (field.form()) {
      case MAC -> Addresses.mac(token);
      case IPV4 -> Addresses.ipv4(token) & 0xffff_ffffL;
      default -> number(token, FieldValues.ones(field.width()), field.text());
    };
  }

  private static long[] mask(MatchField field, Token token) throws FlowSyntaxException {
    boolean isLength =
        field.form() == Form.IPV6
            ? token.text().indexOf(':') < 0
            : field.form() == Form.IPV4 && token.text().indexOf('.') < 0;
    if (!isLength) {
      return value(field, token);
    }
    int bits = (int) number(token, field.width(), "a prefix length");
    if (field.form() == Form.IPV4) {
      return new long[] {0, bits == 0 ? 0 : (-1L << (32 - bits)) & 0xffff_ffffL};
    }
    long high = bits == 0 ? 0 : -1L << (Long.SIZE - Math.min(bits, Long.SIZE));
    return new long[] {high, bits <= Long.SIZE ? 0 : -1L << (128 - bits)};
  }

  /**
   * A number in decimal or, behind 0x, hexadecimal.
   *
   * @param most unsigned
   */
  static long number(Token token, long most, String what) throws FlowSyntaxException {
    boolean isHex = token.startsWith("0x", 0) || token.startsWith("0X", 0);
    int digits = isHex ? 2 : 0;
    long value;
    try {
      if (token.startsWith("+", digits)) {
        throw new NumberFormatException("+");
      }
      value = token.unsigned(digits, token.length(), isHex ? 16 : 10);
    } catch (NumberFormatException e) {
      throw outside(token, most, what);
    }
    if (!isHex && token.length() > 1 && token.charAt(0) == '0') {
      throw token.mistake(token.text() + " may be meant to be octal: leave out the leading 0");
    }
    if (Long.compareUnsigned(value, most) > 0) {
      throw outside(token, most, what);
    }
    return value;
  }

  private static FlowSyntaxException outside(Token token, long most, String what) {
    return token.mistake(
        what + " is a number from 0 to " + Long.toUnsignedString(most) + ", not " + token.text());
  }

  private static Masked parseFragments(Token token) throws FlowSyntaxException {
    for (Fragments one : Fragments.values()) {
      if (one.name().equalsIgnoreCase(token.text())) {
        return new Masked(0, one.value, 0, one.mask);
      }
    }
    throw token.mistake("fragments are no, yes, first, later or not_later, not " + token.text());
  }

  /** A number is one of the flags that there are. */
  private static Masked parseState(Token token, MatchField field) throws FlowSyntaxException {
    if (!Character.isDigit(token.text().charAt(0))) {
      return parseFlags(token, field);
    }
    int slash = token.text().indexOf('/');
    long most = FieldValues.ones(CT_STATES.size());
    long value = number(slash < 0 ? token : token.part(0, slash), most, field.text());
    long all = FieldValues.ones(field.width());
    long mask = slash < 0 ? all : number(token.from(slash + 1), all, field.text());
    // No packet has any of the bits beyond, so that to ask for them is to ask for nothing.
    mask = mask == all ? all : mask & most;
    return new Masked(0, value & mask, 0, mask);
  }

  private static Masked parseFlags(Token token, MatchField field) throws FlowSyntaxException {
    String text = token.text();
    long all = field.form() == Form.TCP_FLAGS ? TCP_FLAG_BITS : FieldValues.ones(field.width());
    boolean isMasked = text.charAt(0) == '+' || text.charAt(0) == '-';
    long value = 0;
    long mask = 0;
    int at = 0;
    while (at < text.length()) {
      char sign = isMasked ? text.charAt(at++) : '+';
      int end = at;
      while (end < text.length() && "+-|".indexOf(text.charAt(end)) < 0) {
        end++;
      }
      long bits = flag(token.part(at, end), field);
      value |= sign == '+' ? bits : 0;
      if ((mask & bits) != 0 || (isMasked && end < text.length() && text.charAt(end) == '|')) {
        throw token.mistake(
            field.form() == Form.TCP_FLAGS
                ? "flags are written as fin|ack or as +fin-ack"
                : "states are written as new|trk or as +new-est+trk");
      }
      mask |= bits;
      at = isMasked ? end : end + 1;
    }
    return new Masked(0, value, 0, isMasked ? mask : all);
  }

  private static long flag(Token token, MatchField field) throws FlowSyntaxException {
    boolean isTcp = field.form() == Form.TCP_FLAGS;
    List<String> names = isTcp ? TCP_FLAGS : CT_STATES;
    String name = token.text();
    int index = names.indexOf(name.toLowerCase(Locale.ROOT));
    if (index >= 0) {
      return 1L << index;
    }
    if (!isTcp && NAT_STATES.contains(name)) {
      throw token.mistake(
          "the switch does not tell flows whether a connection is translated: no " + name);
    }
    throw token.mistake(
        (isTcp ? "no TCP flag: " : "no state of connections: ")
            + name
            + "; there are "
            + String.join(", ", names));
  }
}
