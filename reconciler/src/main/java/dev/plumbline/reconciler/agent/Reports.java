// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.agent.Holds.Split;
import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Unheld;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.PlannedCheck;
import dev.plumbline.reconciler.plan.Waiting;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** How the loop puts into the log what it found and did. For one thread. */
final class Reports {
  static final int LINES = 50;

  private final AgentLog log;
  private List<Waiting> waiting = List.of();
  private Map<String, String> reported = Map.of();
  private Map<String, String> unreadable = Map.of();
  private Set<String> problems = Set.of();

  Reports(AgentLog log) {
    this.log = log;
  }

  /** Sentences of one sort, the first few. */
  void lines(List<String> lines, String event, String prefix) {
    lines.stream().limit(LINES).forEach(line -> log.say(event, prefix + line));
    if (lines.size() > LINES) {
      log.say(event, prefix + "and " + (lines.size() - LINES) + " more");
    }
  }

  /** What is in the way of repairing drift: says each once, and again when it was gone. */
  void problems(List<String> now) {
    List<String> news = now.stream().filter(each -> !problems.contains(each)).toList();
    lines(news, "problem", "drift cannot be repaired: ");
    problems = Set.copyOf(now);
  }

  void failure(String what, Outcome outcome) {
    Failure failure = Objects.requireNonNull(outcome.failure());
    boolean undone = outcome.result() == Outcome.Result.UNDONE;
    log.say(
        "failed",
        what
            + " failed at "
            + failure
            + (undone ? "; all was undone" : "; not all could be undone, the host is in between:"),
        Map.of("address", failure.address(), "undone", undone));
    lines(outcome.left(), "failed", "  ");
  }

  /** Checks did not hold, or were broken off, after a revision was applied. */
  void unheld(Candidate candidate, Outcome outcome) {
    boolean undone = outcome.result() == Outcome.Result.UNDONE;
    int checks = outcome.plan().checks().size();
    List<Unheld> failed = outcome.failed();
    String end =
        outcome.plan().isEmpty()
            ? "; there was nothing to undo"
            : undone ? "; all was undone" : "; not all could be undone, the host is in between:";
    if (outcome.isBrokenOff()) {
      String what = candidate.label() + ": its checks were broken off" + end;
      log.say("checks-broken-off", what, id(candidate));
    } else {
      for (Unheld each : failed) {
        Map<String, Object> said = new TreeMap<>(id(candidate));
        said.put("address", each.address());
        said.put("place", each.place());
        said.put("before", each.before());
        log.say("check-failed", candidate.label() + ": " + each, said);
      }
      Map<String, Object> said = new TreeMap<>(id(candidate));
      said.put("address", failed.get(0).address());
      said.put("undone", undone);
      log.say(
          "failed",
          candidate.label()
              + " failed: "
              + failed.size()
              + " of "
              + PlannedCheck.count(checks)
              + (failed.size() == 1 ? " does not hold" : " do not hold")
              + end,
          said);
    }
    lines(outcome.left(), "failed", "  ");
  }

  /** What is added about the checks of a plan that was applied. */
  static String holding(Plan plan) {
    int checks = plan.checks().size();
    return checks == 0
        ? ""
        : "; " + PlannedCheck.count(checks) + (checks == 1 ? " holds" : " hold");
  }

  /**
   * Says what waits for what, when that changes.
   *
   * @return whether the plan does something that waited before
   */
  boolean waiting(Plan plan) {
    if (plan.waiting().equals(waiting)) {
      return false;
    }
    Set<Waiting> now = new HashSet<>(plan.waiting());
    Set<Waiting> before = new HashSet<>(waiting);
    for (Waiting each : plan.waiting()) {
      if (!before.contains(each)) {
        log.say("waiting", each.address() + " waits for " + each.waitsFor());
      }
    }
    boolean over = before.stream().anyMatch(each -> !now.contains(each));
    waiting = plan.waiting();
    return over && !plan.isEmpty();
  }

  /** Says what is only reported, once, and again when it is over or something else. */
  void drifted(Split split) {
    Map<String, String> now = new TreeMap<>();
    for (Condition each : split.why().values()) {
      if (each.word().equals(Holds.REPORTED)) {
        now.put(each.address(), each.why());
      }
    }
    now.forEach(
        (address, what) -> {
          if (!what.equals(reported.get(address))) {
            log.say(
                "drifted",
                "drifted: " + what,
                Map.of("address", address, "kind", Drift.kind(address)));
          }
        });
    for (String address : reported.keySet()) {
      if (!now.containsKey(address)) {
        log.say(
            "drift-over",
            address + " is as the file says again",
            Map.of("address", address, "kind", Drift.kind(address)));
      }
    }
    reported = now;
  }

  /** Says which namespaces may not be looked into, once, and when that is over. */
  void unreadable(LiveState live) {
    Map<String, String> now = new TreeMap<>();
    for (Resource namespace : live.ofType(ResourceType.NAMESPACE)) {
      if (namespace.has(Resource.UNREADABLE)) {
        now.put(namespace.id().key(), namespace.get(Resource.UNREADABLE));
      }
    }
    now.forEach(
        (name, why) -> {
          if (!why.equals(unreadable.get(name))) {
            log.say(
                "namespace-unreadable",
                "cannot look into network namespace " + name + ": " + why + "; it is left alone",
                Map.of("namespace", name));
          }
        });
    for (String name : unreadable.keySet()) {
      if (!now.containsKey(name)) {
        log.say(
            "namespace-readable",
            "network namespace " + name + " can be looked into, or is gone",
            Map.of("namespace", name));
      }
    }
    unreadable = now;
  }

  /** What waits for what by now. */
  List<Waiting> waiting() {
    return waiting;
  }

  /** A new revision: what waits is said anew. */
  void forgetWaiting() {
    waiting = List.of();
  }

  static Map<String, ?> id(Candidate candidate) {
    return Map.of("revision", candidate.id(), "label", candidate.label());
  }

  /** The properties of what was done. */
  static Map<String, ?> measured(Candidate candidate, Plan plan, long nanos) {
    return Map.of(
        "revision", candidate.id(),
        "label", candidate.label(),
        "changes", plan.changes().size(),
        "kinds", Drift.kinds(plan),
        "micros", nanos / 1000);
  }

  /** The same of a repair. */
  static Map<String, ?> repair(
      Candidate candidate,
      Plan plan,
      long nanos,
      boolean repaired,
      boolean appeared,
      boolean whole) {
    Map<String, Object> all = new TreeMap<>(measured(candidate, plan, nanos));
    all.put("repaired", repaired);
    all.put("appeared", appeared);
    all.put("whole", whole);
    return all;
  }
}
