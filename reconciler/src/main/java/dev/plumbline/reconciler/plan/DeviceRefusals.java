// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.DeviceStep.Fate;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.HashMap;
import java.util.Map;

/** What somebody else's device stands in the way of. */
final class DeviceRefusals {
  private final LiveState live;
  private final DeviceSteps steps;
  private final Findings findings;

  DeviceRefusals(LiveState live, DeviceSteps steps, Findings findings) {
    this.live = live;
    this.steps = steps;
    this.findings = findings;
  }

  /** A name that somebody else's device has and keeps. */
  void takenNames() {
    for (DeviceStep step : steps.all()) {
      ResourceId target = step.finalId();
      Resource there = target == null ? null : live.find(target);
      boolean arrives = step.fate == Fate.CREATE || step.moves() || step.renames();
      if (arrives && there != null && steps.ofLive(there.id()) == null) {
        findings.problem(
            step.address + ": its name is taken by " + target + ", which plumbline did not make");
      }
    }
  }

  /** What two devices can not share, such as a VXLAN id, and somebody else's device has. */
  void conflicts() {
    Map<String, Resource> staying = new HashMap<>();
    for (Resource device : live.ofType(ResourceType.DEVICE)) {
      DeviceStep step = steps.ofLive(device.id());
      boolean stays = step == null || step.fate == Fate.KEEP || step.fate == Fate.LEFT;
      String key = stays ? DeviceKinds.conflict(device) : null;
      if (key != null) {
        staying.put(key, device);
      }
    }
    for (DeviceStep step : steps.all()) {
      Wanted wanted = step.wanted;
      boolean makes = step.fate == Fate.CREATE || step.fate == Fate.RECREATE;
      String key = wanted == null || !makes ? null : DeviceKinds.conflict(wanted.resource());
      Resource other = key == null ? null : staying.get(key);
      if (other != null) {
        findings.problem(
            step.address
                + ": the kernel refuses it beside "
                + other.id()
                + ", which stays"
                + (other.isOurs() ? "" : " because plumbline did not make it"));
      }
    }
  }
}
