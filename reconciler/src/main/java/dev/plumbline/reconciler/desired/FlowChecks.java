// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.desired;

import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.value.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with the flows and groups of a file, each mistake at its column; and what is
 * doubtful. What a flow can say only the switch knows, so that whoever loads a host file has this
 * looked for too.
 */
public final class FlowChecks {
  private FlowChecks() {}

  /** The same options, with these checks. */
  public static LoadOptions in(LoadOptions options) {
    return options.checking(FlowChecks::run);
  }

  private static void run(DesiredState state, Problems problems) {
    if (state.bridges().values().stream()
        .allMatch(
            bridge ->
                bridge.flows().isEmpty()
                    && bridge.groups().isEmpty()
                    && bridge.meters().isEmpty())) {
      return;
    }
    Map<String, Set<String>> ports = problems.hasErrors() ? Map.of() : Flows.ports(state);
    boolean isSure = !problems.hasErrors();
    state
        .bridges()
        .forEach(
            (key, bridge) -> {
              if (!bridge.isEmbedded()) {
                return; // has no flows, which is said elsewhere
              }
              Set<String> known = isSure ? ports.getOrDefault(key, Set.of()) : null;
              Flows flows = Flows.of(state, key, bridge, known);
              for (Flows.Mistake mistake : flows.mistakes()) {
                problems.add(
                    Problem.error(place(mistake.position()), mistake.address(), mistake.message()));
              }
              List<Flows.Mistake> doubts = new ArrayList<>(flows.doubts());
              doubts.addAll(IdleFlows.among(flows.entries()));
              for (Flows.Mistake doubt : doubts) {
                problems.add(
                    Problem.warning(place(doubt.position()), doubt.address(), doubt.message()));
              }
            });
  }

  private static Position place(@Nullable Position position) {
    return position == null ? Position.ofFile("") : position;
  }
}
