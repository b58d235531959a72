// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Ownership;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.Planner;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.reconciler.render.PlanHeader;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.spec.value.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A plan and all that it was made from.
 *
 * @param plan with the dangers among its warnings
 * @param dangers paths that it touches and that whoever applies it may depend on
 */
record Planned(GoalFile file, LiveState live, Plan plan, List<String> dangers) {

  /** What to do about a plan that needs the switch where nobody runs one. */
  static final String NO_SWITCH =
      "embedded bridges are run by the agent, and none is running here: start one with"
          + " `plumbline agent --file FILE`";

  /** What is to be known where a switch forwards on that nobody runs. */
  static final String LEFT_SWITCH =
      "the embedded switch forwards what an agent taught it, but none is running: new flows wait for"
          + " one; start it with `plumbline agent --file FILE`";

  /**
   * Plans a file against a live state.
   *
   * @param ssh the environment's SSH_CONNECTION; null without one
   * @param repository the addresses of the host that the agent fetches from
   */
  static Planned of(
      GoalFile file,
      LiveState live,
      Ownership ownership,
      @Nullable String ssh,
      List<IpAddress> repository) {
    Plan plan = Planner.plan(file.goal(), live, ownership);
    List<Danger.Touched> touched = Danger.of(plan, live, ssh, repository);
    List<String> dangers = touched.stream().map(Danger.Touched::sentence).toList();
    return new Planned(file, live, warned(plan.withTouches(bySteps(touched)), dangers), dangers);
  }

  private static Map<String, List<String>> bySteps(List<Danger.Touched> touched) {
    Map<String, List<String>> touches = new HashMap<>();
    for (Danger.Touched each : touched) {
      for (String step : each.steps()) {
        touches.computeIfAbsent(step, key -> new ArrayList<>()).add(each.path());
      }
    }
    return touches;
  }

  /** The same where nobody runs the embedded switch, which is warned of if it is needed. */
  Planned withoutSwitch() {
    if (needsSwitch()) {
      return new Planned(file, live, warned(plan, List.of(NO_SWITCH)), dangers);
    }
    boolean left = live.resources().stream().anyMatch(each -> isOfSwitch(each.id()));
    return left ? new Planned(file, live, warned(plan, List.of(LEFT_SWITCH)), dangers) : this;
  }

  private static boolean isOfSwitch(ResourceId id) {
    return id.type().isOfSwitch();
  }

  /** Whether the plan has to do with the embedded switch. */
  boolean needsSwitch() {
    return plan.changes().stream().anyMatch(change -> isOfSwitch(change.id()));
  }

  /**
   * Plans a file against a recorded state, in which nothing is known of sysctls: those that the
   * file names are set, and a warning says that they may be set already.
   */
  static Planned ofRecorded(GoalFile file, LiveState recorded) {
    List<Resource> resources = new ArrayList<>(recorded.resources());
    List<String> warnings = new ArrayList<>();
    for (Wanted wanted : file.goal().wanted()) {
      ResourceId id = wanted.resource().id();
      boolean unknown =
          id.type() == ResourceType.SYSCTL
              && !recorded.has(id)
              && (id.namespace().isEmpty()
                  || recorded.has(ResourceId.namespaceNamed(id.namespace())));
      if (unknown) {
        resources.add(new Resource(id, null, Map.of()));
        warnings.add(wanted.address() + ": the recorded state does not say its value");
      }
    }
    LiveState live =
        new LiveState(recorded.host(), recorded.capabilities(), resources, recorded.indexes());
    Planned planned = of(file, live, Ownership.NONE, null, List.of());
    return new Planned(file, recorded, warned(planned.plan(), warnings), planned.dangers());
  }

  private static Plan warned(Plan plan, List<String> more) {
    List<String> warnings = new ArrayList<>(more);
    warnings.addAll(plan.warnings());
    return plan.withWarnings(warnings);
  }

  PlanHeader header() {
    return new PlanHeader(live.host(), file.file().toString(), null);
  }
}
