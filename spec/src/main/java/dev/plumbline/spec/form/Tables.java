// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.form;

import dev.plumbline.spec.model.NumberRange;
import dev.plumbline.spec.value.ValueException;
import java.util.Map;

/** Numbers that may have names or be ranges: routing tables, protocols, ports, user ids. */
final class Tables {
  /** include/uapi/linux/rtnetlink.h, rt_class_t. */
  private static final Map<String, Long> TABLES =
      Map.of("default", 253L, "main", 254L, "local", 255L);

  /** IANA protocol numbers of those that {@code ip rule} users name. */
  private static final Map<String, Integer> PROTOCOLS =
      Map.of("icmp", 1, "tcp", 6, "udp", 17, "icmpv6", 58, "sctp", 132);

  static final long U32 = 0xffff_ffffL;

  private Tables() {}

  /** A table's number, 1 to 2^32 - 1, from its number or name. */
  static long parse(String text) {
    Long named = TABLES.get(text);
    if (named != null) {
      return named;
    }
    return number(text, 1, U32, "a number from 1 to 4294967295, or main, default or local");
  }

  static int protocol(String text) {
    Integer named = PROTOCOLS.get(text);
    return named != null
        ? named
        : (int) number(text, 1, 255, "tcp, udp, icmp, icmpv6, sctp or a number from 1 to 255");
  }

  static NumberRange ports(String text) {
    return range(text, 1, 65535, "a port such as 443 or a range such as 8000-8099");
  }

  static NumberRange uids(String text) {
    return range(text, 0, U32, "a user id such as 1000 or a range such as 1000-1999");
  }

  private static NumberRange range(String text, long low, long high, String expected) {
    int dash = text.indexOf('-');
    long first = number(dash < 0 ? text : text.substring(0, dash), low, high, expected);
    long last = dash < 0 ? first : number(text.substring(dash + 1), low, high, expected);
    if (last < first) {
      throw new ValueException("the range `" + text + "` is empty", "the lower number first");
    }
    return new NumberRange(first, last);
  }

  private static long number(String text, long low, long high, String expected) {
    if (text.matches("[0-9]{1,10}")) {
      long number = Long.parseLong(text);
      if (number >= low && number <= high) {
        return number;
      }
    }
    throw new ValueException("`" + text + "` is not allowed here", expected);
  }
}
