// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.classifier;

import dev.plumbline.datapath.openflow.FieldValues;
import java.util.ArrayList;
import java.util.List;

/** What {@link RuleTable} promises, the plain way: all rules are looked at. */
final class LinearTable {
  private final List<Rule<Integer>> rules = new ArrayList<>();

  void put(Rule<Integer> rule) {
    remove(rule);
    rules.add(rule);
  }

  void remove(Rule<Integer> rule) {
    rules.removeIf(rule::replaces);
  }

  List<Rule<Integer>> rules() {
    return rules;
  }

  /** The highest priority of those that match; -1: none does. */
  int priority(FieldValues packet) {
    int priority = -1;
    for (Rule<Integer> rule : rules) {
      if (rule.match().matches(packet)) {
        priority = Math.max(priority, rule.priority());
      }
    }
    return priority;
  }
}
