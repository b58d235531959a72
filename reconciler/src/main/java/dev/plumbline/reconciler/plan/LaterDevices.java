// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The devices as they will be once the plan is done, for all that hangs on them. */
final class LaterDevices {
  private final LiveState live;
  private final Set<ResourceId> there;
  private final Map<ResourceId, DeviceStep> byLive = new HashMap<>();
  private final Map<ResourceId, DeviceStep> byFinal = new HashMap<>();

  /**
   * @param there every device that is there once the plan is done, whoever it belongs to
   */
  LaterDevices(LiveState live, List<DeviceStep> steps, Set<ResourceId> there) {
    this.live = live;
    this.there = there;
    for (DeviceStep step : steps) {
      ResourceId liveId = step.liveId();
      if (liveId != null) {
        byLive.put(liveId, step);
      }
      ResourceId finalId = step.finalId();
      if (finalId != null) {
        byFinal.put(finalId, step);
      }
    }
  }

  /** What happens with the device that has this identity now; null for nothing. */
  @Nullable DeviceStep ofLive(ResourceId device) {
    return byLive.get(device);
  }

  /** What makes the device that will have this identity what it will be; null for nothing. */
  @Nullable DeviceStep ofFinal(ResourceId device) {
    return byFinal.get(device);
  }

  /** The identity that something has now, on a device that may get another name. */
  ResourceId before(ResourceId id) {
    DeviceStep step = id.device().isEmpty() ? null : ofFinal(id.ofDevice());
    ResourceId device = step == null ? null : step.liveId();
    return device == null ? id : id.onDevice(device.device());
  }

  boolean has(ResourceId device) {
    return there.contains(device);
  }

  boolean isUp(ResourceId device) {
    return has(device) && (!get(device, "up").equals("false") || joinsBond(device));
  }

  /**
   * A bond sets up what joins it (bond_enslave, drivers/net/bonding/bond_main.c), and it stays so
   * unless the file wants it down.
   */
  private boolean joinsBond(ResourceId device) {
    DeviceStep step = byFinal.get(device);
    Wanted wanted = step == null ? null : step.wanted;
    if (wanted != null && wanted.resource().get("up").equals("false")) {
      return false;
    }
    Resource before = step == null ? null : step.live;
    String master = get(device, "master");
    boolean joins = before != null && !master.isEmpty() && !before.get("master").equals(master);
    return joins && get(ResourceId.deviceIn(device.namespace(), master), "kind").equals("bond");
  }

  /** The value of a device's field. */
  String get(ResourceId device, String field) {
    DeviceStep step = byFinal.get(device);
    // What is made anew has nothing of what it was but what the file names.
    boolean anew = step != null && step.fate == DeviceStep.Fate.RECREATE;
    Resource now = step == null ? live.find(device) : anew ? null : step.remaining;
    Wanted wanted = step == null ? null : step.wanted;
    if (wanted != null && wanted.resource().has(field)) {
      return wanted.resource().get(field);
    }
    return now == null ? "" : now.get(field);
  }

  /** Whether a device will be a bridge that filters VLANs, or a port of one. */
  boolean filtersVlans(ResourceId device) {
    String master = get(device, "master");
    ResourceId bridge = master.isEmpty() ? device : ResourceId.deviceIn(device.namespace(), master);
    return get(bridge, "vlanFiltering").equals("true");
  }
}
