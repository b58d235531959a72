// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.kind.DeviceKind;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.DeviceStep.Fate;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.HashMap;
import java.util.Map;

/** What a device that stays where it is stands in the way of. */
final class DeviceRefusals {
  private final LiveState live;
  private final DeviceSteps steps;
  private final Map<String, String> held;
  private final Findings findings;

  /**
   * @param held gets, by address, what is waited for
   */
  DeviceRefusals(LiveState live, DeviceSteps steps, Map<String, String> held, Findings findings) {
    this.live = live;
    this.steps = steps;
    this.held = held;
    this.findings = findings;
  }

  /** A name that another device has and keeps. */
  void takenNames() {
    for (DeviceStep step : steps.all()) {
      ResourceId target = step.finalId();
      Resource there = target == null ? null : live.find(target);
      boolean arrives = step.fate == Fate.CREATE || step.moves() || step.renames();
      DeviceStep holder = there == null ? null : steps.ofLive(there.id());
      if (arrives && there != null && holder == null) {
        findings.problem(
            step.address + ": its name is taken by " + target + ", which plumbline did not make");
      } else if (arrives && holder != null && holder != step && holder.fate == Fate.LEFT) {
        held.put(step.address, "the name of " + target + ", which waits itself");
      } else if (step.fate == Fate.CREATE) {
        farEnd(step);
      }
    }
  }

  /** Both halves of a pair are made at once, so the far end's name must be free as well. */
  private void farEnd(DeviceStep step) {
    String peer = step.wanted == null ? "" : step.wanted.resource().get("peer");
    DeviceStep holder = peer.isEmpty() ? null : steps.ofLive(PeerText.parse(peer));
    if (holder != null && holder.fate == Fate.LEFT) {
      held.put(step.address, "the name of " + PeerText.parse(peer) + ", which waits itself");
    }
  }

  private static String removal(Resource device) {
    String in = device.id().namespace();
    return "ip "
        + (in.isEmpty() ? "" : "-n " + in + " ")
        + "link delete "
        + device.id().device()
        + ", or change the file";
  }

  /** The device as it is once what it is over has the name that it gets. */
  private Resource onRenamedParent(Resource device) {
    DeviceStep parent =
        device.get("parent").isEmpty()
            ? null
            : steps.ofLive(ResourceId.deviceIn(device.id().namespace(), device.get("parent")));
    return parent != null && parent.wanted != null && parent.renames() && !parent.moves()
        ? device.with("parent", parent.wanted.resource().id().device())
        : device;
  }

  /** A parent that a device of somebody else's would have for ever: nothing could take it back. */
  void parentsForGood() {
    for (DeviceStep step : steps.all()) {
      Resource device = step.live;
      DeviceKind kind = DeviceKinds.of(step.kind());
      String parent = step.wanted == null ? "" : step.wanted.resource().get("parent");
      if (device != null
          && kind != null
          && step.fate == Fate.KEEP
          && !live.isOurs(device)
          && device.get("parent").isEmpty()
          && !parent.isEmpty()
          && kind.refusal().refuses(device.with("parent", parent), "parent", "")) {
        findings.problem(
            step.address
                + ": "
                + device.id()
                + " was not made by plumbline, and no "
                + kind.name()
                + " device can be taken off its parent again; set the parent by hand, or delete"
                + " the device, so that plumbline makes it");
      }
    }
  }

  /** What two devices can not share, such as a VXLAN id, and another device has. */
  void conflicts() {
    Map<String, Resource> staying = new HashMap<>();
    for (Resource device : live.ofType(ResourceType.DEVICE)) {
      DeviceStep step = steps.ofLive(device.id());
      boolean stays = step == null || step.fate == Fate.KEEP || step.fate == Fate.LEFT;
      String key = stays ? DeviceKinds.conflict(onRenamedParent(device)) : null;
      if (key != null) {
        staying.put(key, device);
      }
    }
    for (DeviceStep step : steps.all()) {
      Wanted wanted = step.wanted;
      boolean makes = step.fate == Fate.CREATE || step.fate == Fate.RECREATE;
      String key = wanted == null || !makes ? null : DeviceKinds.conflict(wanted.resource());
      Resource other = key == null ? null : staying.get(key);
      DeviceStep holder = other == null ? null : steps.ofLive(other.id());
      if (other != null && holder != null && holder.fate == Fate.LEFT) {
        held.put(
            step.address,
            other.id() + ", beside which the kernel refuses it and which waits itself");
      } else if (other != null) {
        findings.problem(
            step.address
                + ": the kernel refuses it beside "
                + other.id()
                + ", which stays"
                + (other.isOurs() ? "" : " because plumbline did not make it: " + removal(other)));
      }
    }
  }
}
