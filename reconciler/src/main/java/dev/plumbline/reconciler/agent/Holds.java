// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.FieldChange;
import dev.plumbline.reconciler.plan.FileTerms;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.spec.model.DriftPolicy;
import dev.plumbline.spec.model.DriftRules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of a plan what is left alone, so that it does not hold back the rest: objects that are
 * paused; of repairs also those whose drift the file says is not to be repaired, those that
 * somebody else keeps changing ({@link Fights}), and those whose repair the kernel refuses.
 *
 * <p>What waits for a change that is left out, to be made on what it makes, is left out with it.
 * For one thread; nanoseconds of one clock.
 */
final class Holds {
  static final Duration FIRST_HOLD = Duration.ofSeconds(1);
  static final Duration LONGEST_HOLD = Duration.ofMinutes(5);

  static final String REPORTED = "reported";

  private static final class Trouble {
    private final Backoff backoff = new Backoff(FIRST_HOLD, LONGEST_HOLD);
    private long heldUntil;
    private String why = "";
  }

  private final Fights fights;
  private final ObjectPauses pauses;
  private final Map<String, Trouble> troubles = new HashMap<>();
  private DriftRules rules = DriftRules.USUAL;
  private Set<String> known = Set.of();

  Holds(Fights fights, ObjectPauses pauses) {
    this.fights = fights;
    this.pauses = pauses;
  }

  /**
   * A plan in two parts.
   *
   * @param kept what is to be done now
   * @param held what is left alone
   * @param why by address; not of what is ignored, and of what only goes with something else
   * @param nanos until the first of them may be done; {@link Long#MAX_VALUE} where no time ends it
   */
  record Split(Plan kept, List<Change> held, Map<String, Condition> why, long nanos) {}

  /**
   * Parts a repair. Objects that a problem is about are left alone like those that the kernel
   * refuses, and the rest is repaired, but for what removes or makes anew a device: who knows what
   * of that the problem is about. Where a problem is about no object, it stays the plan's.
   */
  Split split(Plan plan) {
    Map<String, String> problems = new LinkedHashMap<>();
    for (String sentence : plan.problems()) {
      String about = about(sentence);
      if (about == null) {
        return split(plan, true, Map.of());
      }
      problems.merge(about, sentence, (one, other) -> one + "; " + other);
    }
    return split(problems.isEmpty() ? plan : plan.withoutProblems(), true, problems);
  }

  /** The object whose address a problem begins with; null: none of the file. */
  private @Nullable String about(String sentence) {
    for (int end = sentence.indexOf(": "); end >= 0; end = sentence.indexOf(": ", end + 1)) {
      if (known.contains(sentence.substring(0, end))) {
        return sentence.substring(0, end);
      }
    }
    return null;
  }

  /** Parts the plan for a new revision: it sets all but what is paused. */
  Split splitNew(Plan plan) {
    return split(plan, false, Map.of());
  }

  private Split split(Plan plan, boolean drift, Map<String, String> problems) {
    long now = System.nanoTime();
    List<Change> kept = new ArrayList<>();
    List<Change> held = new ArrayList<>();
    Map<String, Condition> why = new LinkedHashMap<>();
    Set<String> missing = new HashSet<>();
    long shortest = Long.MAX_VALUE;
    problems.forEach(
        (address, sentence) -> why.put(address, new Condition(address, "failed", sentence)));
    for (Change change : plan.changes()) {
      String address = change.address();
      DriftRules.Rule rule = drift ? rules.of(address) : DriftRules.USUAL.of(address);
      Change left = without(change, rule.ignore(), plan);
      Instant paused = pauses.until(address);
      boolean unsure = !problems.isEmpty() && takesAway(change);
      if (unsure
          || problems.containsKey(address)
          || change.waitsFor().stream().anyMatch(missing::contains)) {
        held.add(change);
        missing.add(address);
        continue;
      }
      if (paused != null) {
        shortest = Math.min(shortest, pauses.nanosUntil(paused));
        String what = Drift.describe(change, plan) + ": paused";
        why.put(address, new Condition(address, "paused", what));
      } else if (left == null || rule.policy() == DriftPolicy.IGNORE) {
        // Nobody is told, and no time ends it.
      } else if (rule.policy() == DriftPolicy.REPORT) {
        String what = Drift.describe(left, plan) + ": only reported, as the file says";
        why.put(address, new Condition(address, REPORTED, what));
      } else {
        long nanos = drift ? heldNanos(address, now) : 0;
        if (nanos <= 0) {
          kept.add(left);
          continue;
        }
        shortest = Math.min(shortest, nanos);
        why.put(address, reason(left, plan));
      }
      held.add(change);
      if (!(change instanceof Change.Modify modify) || modify.changes("up")) {
        missing.add(address);
      }
    }
    return new Split(
        held.isEmpty() && kept.equals(plan.changes()) ? plan : plan.only(kept),
        held,
        why,
        shortest);
  }

  /** Whether it takes a device or a namespace away, with all that is on it. */
  private static boolean takesAway(Change change) {
    boolean holds =
        change.id().type() == ResourceType.DEVICE || change.id().type() == ResourceType.NAMESPACE;
    return holds && !(change instanceof Change.Create) && !(change instanceof Change.Modify);
  }

  /** A change without the attributes that are ignored; null where nothing is left of it. */
  private static @Nullable Change without(Change change, List<String> ignored, Plan plan) {
    if (ignored.isEmpty()) {
      return change;
    }
    if (change.id().type() == ResourceType.ADDRESS) {
      return ignored.contains("addresses") ? null : change;
    }
    List<FieldChange> fields = new ArrayList<>();
    for (FieldChange field : change.fields()) {
      if (!ignored.contains(term(change, field, plan))) {
        fields.add(field);
      }
    }
    if (fields.size() == change.fields().size() || change instanceof Change.Create) {
      return change;
    }
    if (!(change instanceof Change.Modify modify)) {
      return fields.isEmpty() ? null : change;
    }
    if (fields.isEmpty()) {
      return null;
    }
    Resource wanted = modify.wanted();
    for (FieldChange field : change.fields()) {
      if (!fields.contains(field)) {
        wanted = wanted.with(field.name(), modify.live().get(field.name()));
      }
    }
    return new Change.Modify(
        modify.address(), modify.live(), wanted, fields, modify.waitsFor(), modify.disruption());
  }

  /** What the file calls the attribute. */
  private static String term(Change change, FieldChange field, Plan plan) {
    if (change.id().type() == ResourceType.SYSCTL) {
      return "sysctl";
    }
    if (!field.name().equals("master")) {
      return FileTerms.name(field.name());
    }
    return FileTerms.of(change, plan).stream()
        .map(FieldChange::name)
        .filter(Set.of("bridge", "bond", "vrf")::contains)
        .findFirst()
        .orElse("bridge");
  }

  private Condition reason(Change change, Plan plan) {
    String address = change.address();
    Trouble trouble = troubles.get(address);
    return trouble != null
        ? new Condition(address, "failed", address + " cannot be repaired: " + trouble.why)
        : new Condition(address, "fight", "left alone for now: " + Drift.describe(change, plan));
  }

  private long heldNanos(String address, long now) {
    long nanos = fights.heldNanos(Set.of(address), now);
    Trouble trouble = troubles.get(address);
    return trouble == null ? nanos : Math.max(nanos, trouble.heldUntil - now);
  }

  /**
   * An object whose repair did not succeed.
   *
   * @return how long it is left alone
   */
  long failed(String address, String why) {
    Trouble trouble = troubles.computeIfAbsent(address, key -> new Trouble());
    long hold = trouble.backoff.nextNanos();
    trouble.heldUntil = System.nanoTime() + hold;
    trouble.why = why;
    return hold;
  }

  /** These are as they shall be. */
  void succeeded(Plan plan) {
    plan.changes().forEach(change -> troubles.remove(change.address()));
  }

  /** The host is as it shall be. */
  void allWell() {
    troubles.clear();
  }

  /** A new revision is a new start. */
  void clear() {
    fights.clear();
    troubles.clear();
  }

  /** What the revision that is kept says of drift, and what objects it has. */
  void keep(Attempt attempt) {
    rules = attempt.candidate.state() == null ? rules : attempt.candidate.state().drift();
    Set<String> addresses = new HashSet<>();
    attempt.goal.wanted().forEach(wanted -> addresses.add(wanted.address()));
    pauses.know(addresses);
    known = addresses;
  }
}
