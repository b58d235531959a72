// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.plan.Action;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.FieldChange;
import dev.plumbline.reconciler.plan.FileTerms;
import dev.plumbline.reconciler.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Changes in the words of a log. */
final class Drift {
  private static final int SHOWN = 4;

  private Drift() {}

  /** {@code 4 created, 1 modified}; "nothing to do" for an empty plan. */
  static String counts(Plan plan) {
    List<String> parts = new ArrayList<>();
    add(parts, plan.count(Action.CREATE), "created");
    add(parts, plan.count(Action.MODIFY), "modified");
    add(parts, plan.count(Action.RECREATE), "recreated");
    add(parts, plan.count(Action.DELETE), "deleted");
    return parts.isEmpty() ? "nothing to do" : String.join(", ", parts);
  }

  private static void add(List<String> parts, long count, String done) {
    if (count > 0) {
      parts.add(count + " " + done);
    }
  }

  /** How many changes of which kind, by the file's words: {@code bridges → create → 2}. */
  static Map<String, Map<String, Integer>> kinds(Plan plan) {
    Map<String, Map<String, Integer>> kinds = new TreeMap<>();
    for (Change change : plan.changes()) {
      kinds
          .computeIfAbsent(kind(change.address()), key -> new TreeMap<>())
          .merge(change.action().label(), 1, Integer::sum);
    }
    return kinds;
  }

  /** The kind that an address is of: {@code bridges} of {@code bridges.br0}. */
  static String kind(String address) {
    return address.split("[.\\[]", 2)[0];
  }

  /** {@code veths.vm1 bridge none → br0; dummies.lo1 is missing and 3 more}. */
  static String describe(Plan plan) {
    List<Change> changes = plan.changes();
    String text =
        changes.stream()
            .limit(SHOWN)
            .map(change -> describe(change, plan))
            .collect(Collectors.joining("; "));
    int more = changes.size() - SHOWN;
    return more > 0 ? text + " and " + more + " more" : text;
  }

  /** {@code veths.vm1 bridge none → br0}. */
  static String describe(Change change, Plan plan) {
    return switch (change.action()) {
      case CREATE -> change.address() + " is missing";
      case DELETE -> change.address() + " is there again";
      case MODIFY -> change.address() + " " + fields(change, plan);
      case RECREATE -> change.address() + " " + fields(change, plan) + " (made anew)";
    };
  }

  private static String fields(Change change, Plan plan) {
    return FileTerms.of(change, plan).stream()
        .map(field -> field.name() + " " + shown(field.before()) + " → " + shown(field.after()))
        .collect(Collectors.joining(", "));
  }

  /** What a fight is about: {@code mtu is set to 1400 by somebody else, the file says 1500}. */
  static String dispute(Change change, Plan plan) {
    if (change.action() == Action.CREATE) {
      return "somebody else removes it";
    }
    List<FieldChange> fields = FileTerms.of(change, plan);
    if (change.action() == Action.DELETE || fields.isEmpty()) {
      return "somebody else makes it again";
    }
    FieldChange field = fields.get(0);
    return field.name()
        + " is set to "
        + shown(field.before())
        + " by somebody else, the file says "
        + shown(field.after());
  }

  private static String shown(String value) {
    return value.isEmpty() ? "none" : value;
  }
}
