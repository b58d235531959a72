// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import dev.plumbline.reconciler.desired.FlowChecks;
import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.path.Question.Traffic;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.model.Reachability;
import dev.plumbline.spec.model.Reachability.Expectation;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.value.Position;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether traffic goes where a file's {@code reachability} says that it does. */
public final class Promises {
  private Promises() {}

  /** The same options, with this check behind {@linkplain FlowChecks that of flows}. */
  public static LoadOptions in(LoadOptions options) {
    return FlowChecks.in(options).checking(Promises::run);
  }

  private static void run(DesiredState state, Problems problems) {
    if (problems.hasErrors() || state.reachability().isEmpty()) {
      return; // what cannot be read may be in the way
    }
    Topology topology =
        Topology.of(Goals.of(state).wanted().stream().map(Wanted::resource).toList(), false);
    state
        .reachability()
        .forEach(
            (key, each) -> {
              String address = "reachability." + key;
              @Nullable Position at = state.position(address);
              String broken = broken(topology, each);
              if (broken != null) {
                problems.add(
                    Problem.error(at == null ? Position.ofFile("") : at, address, broken)
                        .expecting(each.expect().spelling()));
              }
            });
  }

  /** What is not as expected; null: nothing. */
  private static @Nullable String broken(Topology topology, Reachability each) {
    int protocol =
        each.tcp() != null ? Packet.TCP : each.udp() != null ? Packet.UDP : Traffic.PING.protocol();
    Integer port = each.tcp() != null ? each.tcp() : each.udp();
    Traffic traffic =
        new Traffic(
            protocol,
            port == null ? 0 : port,
            each.source(),
            each.via(),
            each.vlan() == null ? 0 : each.vlan());
    Answer answer;
    try {
      answer = PathFinder.find(topology, new Question(each.from(), each.to(), traffic));
    } catch (PathException e) {
      return Objects.requireNonNullElse(e.getMessage(), "it cannot be asked");
    }
    String what = "what " + each.from() + " sends to " + each.to() + " is ";
    End.Kind arrives = answer.arrives().kind();
    boolean both = arrives == End.Kind.DELIVERED && answer.returns().kind() == End.Kind.DELIVERED;
    boolean holds =
        switch (each.expect()) {
          case DELIVERED -> both;
          case LEAVES -> arrives == End.Kind.LEAVES;
          case DROPPED -> arrives == End.Kind.DROPPED;
        };
    if (holds) {
      return null;
    }
    boolean noAnswer = each.expect() == Expectation.DELIVERED && arrives == End.Kind.DELIVERED;
    if (noAnswer) {
      return what + answer.arrives().text() + ", and the answer is " + answer.returns().text();
    }
    return arrives == End.Kind.LEAVES
        ? "what " + each.from() + " sends to " + each.to() + " " + answer.arrives().text()
        : what + answer.arrives().text();
  }
}
