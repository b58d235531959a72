// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What has to be done to reach a goal.
 *
 * @param changes the steps, in an order in which they can be done
 * @param waiting what is wanted but can not be done yet
 * @param problems why the plan can not be applied as a whole; a plan with any is not applied
 * @param warnings what the user should know before applying
 * @param masters the kinds of the devices that others join or leave, for who shows the plan
 * @param touches what whoever applies it may depend on, such as the path of a shell, by the address
 *     of the change that touches it; of that alone which does
 * @param checks what has to hold after the last step; else all is undone
 */
public record Plan(
    List<Change> changes,
    List<Waiting> waiting,
    List<String> problems,
    List<String> warnings,
    Map<ResourceId, String> masters,
    Map<String, List<String>> touches,
    List<PlannedCheck> checks) {
  public Plan {
    changes = List.copyOf(changes);
    waiting = List.copyOf(waiting);
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
    masters = Map.copyOf(masters);
    touches = Map.copyOf(touches);
    checks = List.copyOf(checks);
  }

  /** A plan of which nobody has looked what it touches. */
  public Plan(
      List<Change> changes,
      List<Waiting> waiting,
      List<String> problems,
      List<String> warnings,
      Map<ResourceId, String> masters) {
    this(changes, waiting, problems, warnings, masters, Map.of(), List.of());
  }

  /** A plan that lets nobody join or leave anything. */
  public Plan(
      List<Change> changes, List<Waiting> waiting, List<String> problems, List<String> warnings) {
    this(changes, waiting, problems, warnings, Map.of());
  }

  /**
   * What the devices that are there are called before, by each name that a step gives them: one
   * that is renamed twice, out of the way of another first, had neither.
   */
  public Map<ResourceId, ResourceId> namesBefore() {
    Map<ResourceId, ResourceId> names = new HashMap<>();
    for (Change change : changes) {
      Resource live = change.before();
      if (live != null && live.id().type() == ResourceType.DEVICE) {
        names.put(change.id(), names.getOrDefault(live.id(), live.id()));
      }
    }
    return names;
  }

  /** The same plan with these warnings instead of its own. */
  public Plan withWarnings(List<String> others) {
    return new Plan(changes, waiting, problems, others, masters, touches, checks);
  }

  /**
   * The same plan without its problems, for who takes out whatever they are about.
   *
   * @see #only
   */
  public Plan withoutProblems() {
    return new Plan(changes, waiting, List.of(), warnings, masters, Map.of(), checks);
  }

  /** The same plan with some of its changes alone. */
  public Plan only(List<Change> some) {
    return new Plan(some, waiting, problems, warnings, masters, touches, checks);
  }

  /** The same plan, which touches this. */
  public Plan withTouches(Map<String, List<String>> others) {
    return new Plan(changes, waiting, problems, warnings, masters, others, checks);
  }

  /** The same plan after which this has to hold. */
  public Plan withChecks(List<PlannedCheck> others) {
    return new Plan(changes, waiting, problems, warnings, masters, touches, others);
  }

  /** The same plan after which nothing has to hold. */
  public Plan withoutChecks() {
    return checks.isEmpty() ? this : withChecks(List.of());
  }

  /** What a change touches that whoever applies it may depend on. */
  public List<String> touches(Change change) {
    return touches.getOrDefault(change.address(), List.of());
  }

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /** How many changes have this action. */
  public long count(Action action) {
    return changes.stream().filter(change -> change.action() == action).count();
  }

  /** The worst disruption of all changes. */
  public Disruption.Level disruption() {
    return changes.stream()
        .map(change -> change.disruption().level())
        .max(Disruption.Level::compareTo)
        .orElse(Disruption.Level.NONE);
  }
}
