// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of drift, object by object.
 *
 * @param policy for what no other rule is about
 * @param objects rules by address, or by a pattern ({@code *}, {@code ?}) of addresses; one is
 *     about all below its address too
 */
public record DriftRules(DriftPolicy policy, Map<String, Rule> objects) {
  /** Everything is repaired. */
  public static final DriftRules USUAL = new DriftRules(DriftPolicy.REPAIR, Map.of());

  /**
   * What becomes of the drift of some objects.
   *
   * @param policy null: what the file says of all others
   * @param ignore attributes that are left as they are, whatever the policy
   */
  public record Rule(@Nullable DriftPolicy policy, List<String> ignore) {
    public Rule {
      ignore = List.copyOf(ignore);
    }
  }

  public DriftRules {
    objects = Collections.unmodifiableMap(new LinkedHashMap<>(objects));
  }

  /**
   * The rule for what has this address in a plan: of several that fit the longest, which says most.
   */
  public Rule of(String address) {
    Rule found = null;
    int longest = -1;
    List<String> around = around(address);
    for (Map.Entry<String, Rule> each : objects.entrySet()) {
      String key = each.getKey();
      if (key.length() > longest && around.stream().anyMatch(part -> fits(key, part))) {
        found = each.getValue();
        longest = key.length();
      }
    }
    DriftPolicy usual = found == null ? null : found.policy();
    return new Rule(usual == null ? policy : usual, found == null ? List.of() : found.ignore());
  }

  /** The address, and all that it is a part of. */
  private static List<String> around(String address) {
    List<String> parts = new ArrayList<>();
    parts.add(address);
    int bracket = address.indexOf('[');
    String part = bracket < 0 ? address : address.substring(0, bracket);
    while (true) {
      parts.add(part);
      int cut = part.lastIndexOf('.');
      if (cut < 0) {
        return parts;
      }
      part = part.substring(0, cut);
    }
  }

  private static boolean fits(String pattern, String address) {
    if (pattern.equals(address)) {
      return true;
    }
    if (pattern.indexOf('*') < 0 && pattern.indexOf('?') < 0) {
      return false;
    }
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.matches(regex.toString(), address);
  }
}
