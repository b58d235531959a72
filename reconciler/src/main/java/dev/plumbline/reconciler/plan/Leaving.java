// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.embedded.FlowText;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What of that which is no device goes because the goal does not name it: namespaces first. */
final class Leaving {
  private final Goal goal;
  private final LiveState live;
  private final Ownership ownership;
  private final LaterNamespaces later;
  private final LaterDevices devices;
  private final Set<String> namespaces = new HashSet<>();

  /** Null until somebody asks. */
  private @Nullable Set<String> patient;

  Leaving(
      Goal goal, LiveState live, Ownership ownership, LaterNamespaces later, LaterDevices devices) {
    this.goal = goal;
    this.live = live;
    this.ownership = ownership;
    this.later = later;
    this.devices = devices;
  }

  /** Decides which namespaces go; to be asked before anything else. */
  List<Change> namespaces(Map<ResourceId, Wanted> wanted, Findings findings) {
    List<Change> changes = new ArrayList<>();
    for (Resource namespace : live.ofType(ResourceType.NAMESPACE)) {
      boolean leaves =
          (goal.prune() && namespace.isOurs()) || goal.remove().contains(namespace.id());
      if (!leaves
          || wanted.containsKey(namespace.id())
          || LaterNamespaces.isUnreadable(namespace)) {
        continue;
      }
      String name = namespace.id().key();
      String address = "namespaces." + name;
      if (namespace.has(Resource.UNFINISHED)) {
        changes.add(new Change.Delete(address, namespace, false, List.of(), Disruption.NONE));
        continue;
      }
      if (later.isInUse(name)) {
        findings.waits(address, "what the file still names in it to leave the file");
        continue;
      }
      Resource guest = guestOf(name);
      if (guest != null) {
        findings.waits(address, "the removal of " + guest.id() + ", which plumbline did not make");
        continue;
      }
      namespaces.add(name);
      Disruption disruption = Disruption.interrupts("all in " + name);
      changes.add(new Change.Delete(address, namespace, false, List.of(), disruption));
    }
    return changes;
  }

  /** A device of somebody else's that would go down with the namespace, or null. */
  private @Nullable Resource guestOf(String namespace) {
    for (Resource device : live.ofType(ResourceType.DEVICE)) {
      DeviceStep step = devices.ofLive(device.id());
      boolean stays = step == null || (step.fate != DeviceStep.Fate.DELETE && !step.moves());
      if (device.id().namespace().equals(namespace)
          && !device.id().device().equals("lo")
          && stays) {
        return device;
      }
    }
    return null;
  }

  /** Whether all around it goes. */
  boolean withNamespace(ResourceId id) {
    return namespaces.contains(id.namespace());
  }

  /** Whether the file names the device under another identity, to which it can not come yet. */
  private boolean staysBehind(ResourceId device) {
    DeviceStep step = devices.ofLive(device);
    return step != null
        && step.fate == DeviceStep.Fate.LEFT
        && step.wanted != null
        && !step.wanted.resource().id().equals(device);
  }

  /**
   * The embedded bridges of the goal that let be what leaves by itself. One without flows forwards
   * as a learning switch, and does so beside others only by NORMAL: without that one, what is left
   * alone would stop all the rest until its time is up.
   */
  private Set<String> patient() {
    Set<String> known = patient;
    if (known == null) {
      known = new HashSet<>();
      Set<String> bridges = new HashSet<>();
      for (Wanted each : goal.wanted()) {
        ResourceId id = each.resource().id();
        if (id.type() == ResourceType.BRIDGE) {
          bridges.add(id.key());
        } else if (id.type() == ResourceType.FLOW) {
          known.add(FlowText.bridge(id));
        }
      }
      for (Resource flow : live.ofType(ResourceType.FLOW)) {
        if (FlowText.isNormal(flow)) {
          known.add(FlowText.bridge(flow.id()));
        }
      }
      known.retainAll(bridges);
      patient = known;
    }
    return known;
  }

  /** Whether it is removed for its own sake. */
  boolean leaves(Resource resource, Map<ResourceId, Wanted> wanted) {
    return !wanted.containsKey(resource.id()) && leaves(resource);
  }

  /** The same of what the goal is known not to name. */
  boolean leaves(Resource resource) {
    if (withNamespace(resource.id())) {
      return false;
    }
    if (goal.remove().contains(devices.before(resource.id()))) {
      return true;
    }
    if (!goal.prune()) {
      return false;
    }
    if (!resource.id().device().isEmpty() && staysBehind(resource.id().ofDevice())) {
      return false;
    }
    switch (resource.id().type()) {
      case SYSCTL, VLANS, NAMESPACE, DEVICE -> {
        return false;
      }
      case FLOW -> {
        boolean stays =
            FlowText.leavesByItself(resource) && patient().contains(FlowText.bridge(resource.id()));
        return !stays && (resource.isOurs() || ownership.made(resource.id()));
      }
      case FDB -> {
        DeviceStep step = devices.ofFinal(resource.id().ofDevice());
        return step != null && step.wanted != null && step.live != null && step.live.isOurs();
      }
      default -> {
        return resource.isOurs() || ownership.made(resource.id());
      }
    }
  }
}
