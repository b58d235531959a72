// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A rule's key: all that it says. The kernel tells rules apart by what each of them says, so that
 * one which says less is like all that say the same and more.
 */
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

  /** What the rules have in common that may be taken for each other: family and priority. */
  public static String rank(ResourceId rule) {
    return rule.key().substring(0, rule.key().indexOf(':'));
  }

  /**
   * Whether a request to delete one rule fits another too: all that it says the other one says
   * (rule_find, net/core/fib_rules.c). Of those that fit the kernel takes the first of its list, in
   * which rules of one priority are in the order in which they were made. Both have one protocol.
   */
  public static boolean covers(Resource wide, Resource narrow) {
    return !wide.id().equals(narrow.id()) && agree(wide, narrow, WORDS);
  }

  /** Whether a rule {@linkplain #covers covers} any of some resources. */
  public static boolean hasNarrower(Resource wide, Collection<Resource> others) {
    return wide.id().type() == ResourceType.RULE
        && others.stream().anyMatch(narrow -> covers(wide, narrow));
  }

  /**
   * Whether the kernel refuses to make a rule where the other one is (rule_exists, ibidem): but for
   * where packets come from and go to, both have to say the same.
   */
  public static boolean isTakenFor(Resource made, Resource there) {
    for (String word : WORDS) {
      boolean exact = !Set.of("invert", "from", "to", "tos").contains(word);
      if (exact && !said(made, word).equals(said(there, word))) {
        return false;
      }
    }
    return agree(made, there, WORDS);
  }

  private static boolean agree(Resource said, Resource other, List<String> words) {
    boolean same =
        said.id().namespace().equals(other.id().namespace())
            && said.isOurs() == other.isOurs()
            && rank(said.id()).equals(rank(other.id()));
    return same
        && words.stream()
            .allMatch(
                word ->
                    word.equals("invert") // it is not looked at
                        || said(said, word).isEmpty()
                        || said(said, word).equals(said(other, word)));
  }

  private static String said(Resource rule, String word) {
    String value = rule.get(word);
    boolean usual = value.equals("false") || (word.equals("action") && value.equals("table"));
    return usual ? "" : value;
  }
}
