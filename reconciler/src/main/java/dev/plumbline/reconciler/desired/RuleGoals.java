// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.desired;

import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.RuleText;
import dev.plumbline.spec.model.Rule;
import dev.plumbline.spec.value.Prefix;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Routing rules. */
final class RuleGoals {
  private RuleGoals() {}

  static void collect(Goals goals) {
    for (Rule rule : goals.state().rules()) {
      Map<String, String> fields = new TreeMap<>();
      put(fields, "family", rule.family().spelling());
      put(fields, "priority", rule.priority());
      put(fields, "from", part(rule.from()));
      put(fields, "to", part(rule.to()));
      put(fields, "iif", goals.deviceName(rule.namespace(), rule.iif()));
      put(fields, "oif", goals.deviceName(rule.namespace(), rule.oif()));
      put(fields, "fwmark", mark(rule));
      put(fields, "tos", rule.tos());
      put(fields, "table", rule.table());
      put(fields, "action", rule.action().spelling());
      put(fields, "invert", rule.invert());
      put(fields, "uidRange", rule.uidRange());
      put(fields, "ipProto", rule.ipProto());
      put(fields, "sourcePort", rule.sourcePort());
      put(fields, "destinationPort", rule.destinationPort());
      put(fields, "suppressPrefixLength", rule.suppressPrefixLength());
      put(fields, "l3mdev", rule.l3mdev());
      String key = RuleText.key(fields);
      String place = rule.namespace().isEmpty() ? "" : " in " + rule.namespace();
      Draft draft =
          goals.add(
              new Draft(
                  "rules[" + key + place + "]",
                  ResourceId.rule(rule.namespace(), key),
                  true,
                  Resource.OURS));
      fields.forEach(draft::set);
    }
  }

  /** Everything is what the kernel takes no network for, and gives back none. */
  private static @Nullable Prefix part(@Nullable Prefix network) {
    return network == null || network.length() == 0 ? null : network;
  }

  private static void put(Map<String, String> fields, String name, @Nullable Object value) {
    if (value != null && !value.equals(false)) {
      fields.put(name, value.toString());
    }
  }

  /** Mark and mask in hexadecimal, as people write them. */
  private static @Nullable String mark(Rule rule) {
    if (rule.fwmark() == null) {
      return null;
    }
    long mask = rule.fwmask() == null ? 0xffffffffL : rule.fwmask();
    return "0x" + Long.toHexString(rule.fwmark()) + "/0x" + Long.toHexString(mask);
  }
}
