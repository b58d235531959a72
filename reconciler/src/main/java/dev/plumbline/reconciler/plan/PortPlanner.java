// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.kind.DeviceField.How;
import dev.plumbline.reconciler.plan.DeviceStep.Fate;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Ports of a master that goes leave it first, so that a bond's members do not stay down; foreign
 * ports of a master that is made anew come back to it.
 */
final class PortPlanner {
  private final DeviceSteps steps;
  private final DeviceComparison comparison;
  private final Findings findings;

  PortPlanner(DeviceSteps steps, DeviceComparison comparison, Findings findings) {
    this.steps = steps;
    this.comparison = comparison;
    this.findings = findings;
  }

  void settle() {
    for (DeviceStep step : steps.all()) {
      Resource device = step.live;
      if (device != null && (step.torn() || empties(step))) {
        for (Resource port : steps.ports(device.id())) {
          if (step.fate == Fate.DELETE) {
            leave(step, port);
          } else {
            rejoin(step, port);
          }
        }
      }
    }
  }

  private void leave(DeviceStep master, Resource port) {
    DeviceStep step = steps.ofLive(port.id());
    if (step == null) {
      findings.warning(master.address + ": releases its port " + port.id());
      findings.touches(master.address, "let go", port.id());
      Resource free = new Resource(port.id(), port.owner(), Map.of("master", ""));
      steps.add(
          new DeviceStep(
              port.id().toString(),
              new Wanted(port.id().toString(), free, false),
              port,
              Fate.KEEP));
    } else if (step.wanted != null && !step.wanted.resource().has("master")) {
      step.wanted =
          new Wanted(step.address, step.wanted.resource().with("master", ""), step.wanted.makes());
    } else if (step.wanted != null
        && step.wanted.resource().get("master").equals(port.get("master"))) {
      joinSuccessor(step, step.wanted, master.kind().equals("bond"));
    }
  }

  /** The master lets the port go before the plan comes to the port. */
  private static void joinSuccessor(DeviceStep port, Wanted wanted, boolean comesDown) {
    Resource before = Objects.requireNonNull(port.remaining);
    Resource after = released(before);
    if (comesDown && before.get("up").equals("true")) {
      // A bond leaves down whom it lets go.
      after = after.with("up", "false");
      if (!wanted.resource().has("up")) {
        port.wanted =
            new Wanted(port.address, wanted.resource().with("up", "true"), wanted.makes());
      }
    }
    port.remaining = after;
  }

  private void rejoin(DeviceStep master, Resource port) {
    Resource now = master.live;
    boolean sameKind = now != null && master.kind().equals(now.get("kind"));
    ResourceId target = sameKind ? master.finalId() : null;
    DeviceStep step = steps.ofLive(port.id());
    if (step == null) {
      if (target == null || !target.namespace().equals(port.id().namespace())) {
        findings.warning(master.address + ": releases its port " + port.id());
        findings.touches(master.address, "let go", port.id());
        return;
      }
      step = new DeviceStep(port.id().toString(), back(port, target), port, Fate.KEEP);
      steps.add(step);
    }
    Wanted wanted = step.wanted;
    Resource before = step.remaining;
    boolean out = wanted != null && wanted.resource().get("master").isEmpty();
    if (wanted != null && out && master.torn() && step.fate == Fate.KEEP && !step.moves()) {
      // It comes back to none: that is told, and done, before its master changes.
      step.wanted = new Wanted(step.address, wanted.resource().with("master", ""), wanted.makes());
    } else if (wanted != null && before != null) {
      ResourceId next =
          ResourceId.deviceIn(wanted.resource().id().namespace(), wanted.resource().get("master"));
      boolean fromBond = now != null && now.get("kind").equals("bond");
      joinSuccessor(step, wanted, fromBond && !steps.kindOf(next).equals("bond"));
    } else if (before != null) {
      step.remaining = released(before);
    }
  }

  private static Wanted back(Resource port, ResourceId master) {
    SortedMap<String, String> fields = new TreeMap<>();
    port.fields()
        .forEach(
            (name, value) -> {
              if (name.startsWith("port.")) {
                fields.put(name, value);
              }
            });
    fields.put("master", master.device());
    return new Wanted(port.id().toString(), new Resource(port.id(), port.owner(), fields), false);
  }

  private static Resource released(Resource port) {
    SortedMap<String, String> fields = new TreeMap<>(port.fields());
    fields.keySet().removeIf(name -> name.startsWith("port."));
    fields.put("master", "");
    return new Resource(port.id(), port.owner(), fields);
  }

  private boolean empties(DeviceStep step) {
    Wanted wanted = step.wanted;
    return wanted != null
        && step.fate == Fate.KEEP
        && wanted.resource().fields().keySet().stream()
            .anyMatch(
                field ->
                    comparison.how(step, field) == How.NEEDS_EMPTY
                        && comparison.differs(step, field));
  }
}
