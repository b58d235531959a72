// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.form;

import dev.plumbline.spec.model.DriftPolicy;
import dev.plumbline.spec.model.DriftRules;
import dev.plumbline.spec.problem.NearMiss;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What becomes of drift: a policy, or a map with exceptions from it. */
final class DriftForm {
  private DriftForm() {}

  static DriftRules read(Fields file) {
    DriftPolicy plain = word(file, "drift");
    Fields fields = file.map("drift");
    if (fields == null) {
      return plain == null ? DriftRules.USUAL : new DriftRules(plain, Map.of());
    }
    DriftPolicy policy = fields.choice("policy", DriftPolicy.values());
    Map<String, DriftRules.Rule> objects = new LinkedHashMap<>();
    Fields each = fields.map("objects");
    if (each != null) {
      for (String address : each.keys()) {
        DriftPolicy word = word(each, address);
        Fields rule = each.map(address);
        objects.put(
            address,
            rule == null
                ? new DriftRules.Rule(word, List.of())
                : new DriftRules.Rule(
                    rule.choice("policy", DriftPolicy.values()),
                    Fields.orNone(rule.texts("ignore"))));
      }
    }
    return new DriftRules(policy == null ? DriftPolicy.REPAIR : policy, objects);
  }

  /** A policy that stands for itself; the schema knows those that are beside other keys. */
  private static @Nullable DriftPolicy word(Fields fields, String key) {
    DriftPolicy policy = fields.choice(key, DriftPolicy.values());
    String text = fields.text(key);
    if (policy == null && text != null) {
      fields.problem(
          fields.valuePosition(key),
          "`" + text + "` is no policy for drift",
          "repair, report or ignore",
          NearMiss.find(text, List.of("repair", "report", "ignore")));
    }
    return policy;
  }

  /** What is written for them; null for the usual ones. */
  static @Nullable Object write(DriftRules rules) {
    if (rules.objects().isEmpty()) {
      return rules.policy() == DriftPolicy.REPAIR ? null : rules.policy();
    }
    Map<String, Object> objects = new LinkedHashMap<>();
    rules
        .objects()
        .forEach(
            (address, rule) -> {
              Tree tree = new Tree().put("policy", rule.policy());
              if (!rule.ignore().isEmpty()) {
                tree.put("ignore", rule.ignore());
              }
              objects.put(address, tree.map());
            });
    return new Tree()
        .putUnless(DriftPolicy.REPAIR, "policy", rules.policy())
        .put("objects", objects)
        .map();
  }
}
