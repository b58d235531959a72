// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

import java.util.List;
import java.util.Map;

/** A rule's key: all that it says, for the kernel tells rules apart by everything. */
public final class RuleText {
  private static final List<String> WORDS =
      List.of(
          "invert",
          "from",
          "to",
          "iif",
          "oif",
          "fwmark",
          "tos",
          "uidRange",
          "ipProto",
          "sourcePort",
          "destinationPort",
          "l3mdev",
          "action",
          "table",
          "suppressPrefixLength");

  private RuleText() {}

  /** {@code ipv4 1000: from 10.1.0.0/16 table 100}. */
  public static String key(Map<String, String> fields) {
    StringBuilder text = new StringBuilder();
    text.append(fields.get("family")).append(' ').append(fields.get("priority")).append(':');
    for (String word : WORDS) {
      String value = fields.getOrDefault(word, "");
      boolean said =
          !value.isEmpty()
              && !value.equals("false")
              && !(word.equals("action") && value.equals("table"));
      if (said) {
        text.append(' ').append(word);
        if (!value.equals("true")) {
          text.append(' ').append(value);
        }
      }
    }
    return text.toString();
  }
}
