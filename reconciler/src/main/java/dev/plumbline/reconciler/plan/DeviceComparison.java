// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.kind.DeviceField;
import dev.plumbline.reconciler.kind.DeviceField.How;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.DeviceStep.Fate;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compares devices field by field, and knows what a change of a field takes: whether the device has
 * to go down, or be made anew, and what goes down with it.
 */
final class DeviceComparison {
  private final LiveState live;
  private final DeviceSteps steps;
  private final Findings findings;

  DeviceComparison(LiveState live, DeviceSteps steps, Findings findings) {
    this.live = live;
    this.steps = steps;
    this.findings = findings;
  }

  /** Fills in the fields that change, and whether the device goes down for it. */
  void compare(DeviceStep step) {
    Wanted wanted = step.wanted;
    Resource device = step.remaining;
    if (wanted == null || device == null || step.fate != Fate.KEEP) {
      if (step.fate == Fate.RECREATE) {
        step.fields = differences(step);
      }
      return;
    }
    step.fields = differences(step);
    if (step.released() && step.live != null) {
      released(step, step.live);
    }
    for (FieldChange change : step.fields) {
      step.downed |= device.get("up").equals("true") && takesDown(step, change);
    }
  }

  private void released(DeviceStep step, Resource device) {
    Resource master = masterOf(device);
    String cause = masterCause(step.cause, master);
    if (device.get("up").equals("true")) {
      step.downed = master != null && takesPortsDown(master.get("kind"));
      if (step.fields.stream().noneMatch(field -> field.name().equals("master"))) {
        step.cause = cause;
      }
    }
    if (step.fields.isEmpty()) {
      // It has no step of its own: it is to be down, as a bond leaves it.
      findings.warning(cause + ": releases its port " + device.id());
      findings.touches(cause, "let go", device.id());
    }
  }

  private List<FieldChange> differences(DeviceStep step) {
    Wanted wanted = Objects.requireNonNull(step.wanted);
    Resource device = Objects.requireNonNull(step.remaining);
    List<FieldChange> changes = new ArrayList<>();
    if (step.moves()) {
      changes.add(
          new FieldChange(
              "namespace", device.id().namespace(), wanted.resource().id().namespace()));
    }
    if (step.renames()) {
      changes.add(new FieldChange("device", device.id().device(), wanted.resource().id().device()));
    }
    String owner = wanted.resource().owner();
    if (device.isOurs() && owner != null && !owner.equals(device.owner())) {
      changes.add(new FieldChange("owner", String.valueOf(device.owner()), owner));
    }
    for (Map.Entry<String, String> field : wanted.resource().fields().entrySet()) {
      String name = field.getKey();
      String before = name.equals("master") && step.moves() ? "" : device.get(name);
      if (name.equals("peer")
          ? step.fate == Fate.RECREATE && peerDiffers(step)
          : !before.equals(field.getValue())) {
        changes.add(new FieldChange(name, before, field.getValue()));
      }
    }
    return changes;
  }

  /** Whether a field of what is left of the device is not as wanted. */
  boolean differs(DeviceStep step, String field) {
    Wanted wanted = step.wanted;
    Resource device = step.remaining;
    if (wanted == null) {
      return false;
    }
    if (device == null) {
      return !wanted.resource().get(field).isEmpty();
    }
    if (field.equals("peer")) {
      return peerDiffers(step);
    }
    return !device.get(field).equals(wanted.resource().get(field));
  }

  /** A veth's peer may be renamed or moved in place; what counts is whether it is the same. */
  private boolean peerDiffers(DeviceStep step) {
    Wanted wanted = Objects.requireNonNull(step.wanted);
    ResourceId peer = PeerText.parse(wanted.resource().get("peer"));
    DeviceStep other = steps.ofWanted(peer);
    if (other != null) {
      return step.live == null
          || other.live == null
          || !PeerText.parse(step.live.get("peer")).equals(other.live.id());
    }
    return step.live == null || !step.live.get("peer").equals(wanted.resource().get("peer"));
  }

  private boolean takesDown(DeviceStep step, FieldChange change) {
    if (change.name().equals("up")) {
      return change.after().equals("false");
    }
    if (change.name().equals("device")) {
      return !live.capabilities().liveRename();
    }
    if (change.name().equals("master")) {
      String namespace = Objects.requireNonNull(step.wanted).resource().id().namespace();
      // Another kind of device may have the name of the one that it leaves when all is done.
      Resource left = step.live == null || change.before().isEmpty() ? null : masterOf(step.live);
      return (left != null && takesPortsDown(left.get("kind")))
          || takesPortsDown(steps.kindOf(ResourceId.deviceIn(namespace, change.after())));
    }
    How how = how(step, change.name());
    return how == How.NEEDS_DOWN || how == How.NEEDS_EMPTY;
  }

  private @Nullable Resource masterOf(Resource port) {
    return live.find(ResourceId.deviceIn(port.id().namespace(), port.get("master")));
  }

  /** A bond wants its members down when they join; a VRF takes them down and up. */
  private static boolean takesPortsDown(String kind) {
    return kind.equals("bond") || kind.equals("vrf");
  }

  /** The change of the master that lets a port go. */
  private String masterCause(String own, @Nullable Resource master) {
    DeviceStep step = master == null ? null : steps.ofLive(master.id());
    return step == null ? own : step.cause;
  }

  /** A VLAN device goes down and up with its parent. */
  void spreadDown() {
    for (DeviceStep step : steps.all()) {
      if (step.downed && step.live != null) {
        for (Resource upper : steps.uppers(step.live.id())) {
          if (upper.get("kind").equals("vlan")) {
            DeviceStep upperStep = steps.ofLive(upper.id());
            if (upperStep == null) {
              upperStep = new DeviceStep(upper.id().toString(), null, upper, Fate.KEEP);
              steps.add(upperStep);
            }
            upperStep.downed |= upper.get("up").equals("true");
            if (upperStep.downed && upperStep.fields.isEmpty()) {
              upperStep.cause = step.cause;
            }
            if (upperStep.downed) {
              findings.touches(step.address, "take down", upper.id());
            }
          }
        }
      }
    }
  }

  /** What a change of the field takes. */
  How how(DeviceStep step, String field) {
    switch (field) {
      case "kind", "peer" -> {
        return How.RECREATE;
      }
      case "up", "owner", "device", "namespace" -> {
        return How.IN_PLACE;
      }
      case "master" -> {
        return How.INTERRUPTS;
      }
      default -> {
        DeviceField known = DeviceKinds.field(step.kind(), field);
        return known == null ? How.IN_PLACE : known.change();
      }
    }
  }

  /** Whether traffic through the device stops when this field changes. */
  boolean interrupts(DeviceStep step, FieldChange change) {
    return takesDown(step, change)
        || how(step, change.name()) == How.INTERRUPTS
        || change.name().equals("namespace");
  }
}
