// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.kind.DeviceField.How;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.DeviceStep.Fate;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides the fate of every device.
 *
 * <p>First each wanted device is matched with a live one; then what cannot be changed in place is
 * condemned, and all that goes with it. Only then are the fields compared, against what the kernel
 * leaves of the live device by then.
 */
final class DevicePlanner {
  private final Goal goal;
  private final LiveState live;
  private final LaterNamespaces namespaces;
  private final Map<String, String> held;
  private final Findings findings;
  private final DeviceSteps steps;
  private final DeviceComparison comparison;

  private DevicePlanner(
      Goal goal,
      LiveState live,
      LaterNamespaces namespaces,
      Map<String, String> held,
      Findings findings) {
    this.goal = goal;
    this.live = live;
    this.namespaces = namespaces;
    this.held = held;
    this.findings = findings;
    this.steps = new DeviceSteps(live);
    this.comparison = new DeviceComparison(live, steps, findings);
  }

  /**
   * Decides, and begins again where one device turns out to have to wait for another: for its name,
   * or for somebody else's device on it to go.
   */
  static DevicePlanner decided(
      Goal goal, LiveState live, LaterNamespaces namespaces, Findings findings) {
    Map<String, String> held = new HashMap<>();
    while (true) {
      int known = held.size();
      Findings found = new Findings();
      DevicePlanner attempt = new DevicePlanner(goal, live, namespaces, held, found);
      attempt.decide();
      if (held.size() == known) {
        findings.addAll(found);
        return attempt;
      }
    }
  }

  /** All devices that the plan has to do with. */
  List<DeviceStep> steps() {
    return steps.all();
  }

  private void decide() {
    match();
    condemnLeaving();
    followNames();
    DeviceCondemner condemner = new DeviceCondemner(live, steps, comparison, findings);
    hold(condemner);
    waitForMissing();
    condemner.spareHosts(held);
    do {
      condemner.condemnAll();
    } while (waitForLeaving());
    DeviceRefusals refusals = new DeviceRefusals(live, steps, held, findings);
    refusals.takenNames();
    refusals.parentsForGood();
    refusals.conflicts();
    waitForPrimaries();
    waitForMasters();
    waitForParents();
    new PortPlanner(steps, comparison, findings).settle();
    stayDown();
    for (DeviceStep step : steps.all()) {
      comparison.compare(step);
    }
    comparison.spreadDown();
  }

  /** Every device that is there once the plan is done. */
  Set<ResourceId> finalDevices() {
    return steps.finalDevices();
  }

  /** Whether traffic through the device stops when this field changes. */
  boolean interrupts(DeviceStep step, FieldChange change) {
    return comparison.interrupts(step, change);
  }

  /** Whether the device lets ports go that are up, so that they go down. */
  boolean empties(DeviceStep step) {
    ResourceId id = step.liveId();
    return id != null
        && step.fields.stream()
            .anyMatch(field -> comparison.how(step, field.name()) == How.NEEDS_EMPTY)
        && steps.ports(id).stream().anyMatch(port -> port.get("up").equals("true"));
  }

  private void match() {
    List<Wanted> devices =
        goal.wanted().stream()
            .filter(wanted -> wanted.resource().id().type() == ResourceType.DEVICE)
            .toList();
    DeviceMatcher matcher = new DeviceMatcher(live, devices);
    for (Wanted wanted : devices) {
      Resource match = matcher.matchOf(wanted);
      Fate fate = match != null ? Fate.KEEP : wanted.makes() ? Fate.CREATE : Fate.WAIT;
      steps.add(new DeviceStep(wanted.address(), wanted, match, fate));
      String kind = wanted.resource().get("kind");
      if (fate == Fate.CREATE
          && namespaces.has(wanted.resource().id().namespace())
          && live.capabilities().missingKinds().contains(kind)) {
        findings.problem(wanted.address() + ": this kernel has no " + kind + " driver");
      }
      if (!live.capabilities().bridgeVlans() && takesVlanFiltering(wanted.resource())) {
        findings.problem(
            wanted.address()
                + ": this kernel's bridge has no VLAN filtering"
                + " (it was built without CONFIG_BRIDGE_VLAN_FILTERING)");
      }
      if (fate == Fate.WAIT && namespaces.has(wanted.resource().id().namespace())) {
        findings.waits(wanted.address(), wanted.resource().id());
      }
    }
  }

  /** Whether the bridge has to filter VLANs, or a setting of it that others ignore silently. */
  private static boolean takesVlanFiltering(Resource bridge) {
    return bridge.get("vlanFiltering").equals("true")
        || !List.of("", "1").contains(bridge.get("defaultPvid"))
        || !List.of("", "802.1Q").contains(bridge.get("vlanProtocol"));
  }

  /** What plumbline made and the goal no longer names. */
  private void condemnLeaving() {
    for (Resource device : live.ofType(ResourceType.DEVICE)) {
      boolean leaves =
          (goal.prune() && device.isOurs() && !device.get("kind").isEmpty())
              || goal.remove().contains(device.id())
              || (device.isOurs() && steps.ofWanted(device.id()) != null);
      if (leaves && steps.ofLive(device.id()) == null) {
        String address = device.owner() != null ? device.owner() : device.id().toString();
        if (steps.has(address)) {
          address = address + " (second, " + device.id() + ")";
        }
        steps.add(new DeviceStep(address, null, device, Fate.DELETE));
      }
    }
  }

  /** Who refers to a device by its name goes by its new name once that changes. */
  private void followNames() {
    for (DeviceStep step : steps.all()) {
      Resource device = step.live;
      if (device == null) {
        continue;
      }
      Resource later = device;
      for (String field : List.of("master", "parent", "primary")) {
        DeviceStep other =
            device.get(field).isEmpty()
                ? null
                : steps.ofLive(ResourceId.deviceIn(device.id().namespace(), device.get(field)));
        if (other != null && other.wanted != null && other.renames() && !other.moves()) {
          later = later.with(field, other.wanted.resource().id().device());
        }
      }
      step.remaining = later;
    }
  }

  /** Devices that wait for another one, or for their namespace. */
  private void hold(DeviceCondemner condemner) {
    for (DeviceStep step : steps.all()) {
      String missing = missingNamespace(step, condemner);
      String reason = missing.isEmpty() ? held.get(step.address) : missing;
      if (reason != null) {
        findings.waits(step.address, reason);
        step.hold();
      }
    }
  }

  /** What is neither there nor made of the namespaces that the device needs; empty for nothing. */
  private String missingNamespace(DeviceStep step, DeviceCondemner condemner) {
    if (step.wanted == null) {
      return "";
    }
    Resource wanted = step.wanted.resource();
    if (!namespaces.has(wanted.id().namespace())) {
      return ResourceId.namespaceNamed(wanted.id().namespace()).toString();
    }
    // Both halves of a pair are made at once.
    boolean makes = step.fate == Fate.CREATE || condemner.reason(step) != null;
    if (makes && !wanted.get("peer").isEmpty()) {
      String far = PeerText.parse(wanted.get("peer")).namespace();
      return namespaces.has(far) ? "" : ResourceId.namespaceNamed(far).toString();
    }
    return "";
  }

  /** Ports whose master is not there yet do without until then. */
  private void waitForMasters() {
    for (DeviceStep step : steps.all()) {
      Wanted wanted = step.wanted;
      String name = wanted == null ? "" : wanted.resource().get("master");
      if (wanted == null || name.isEmpty() || step.finalId() == null || step.fate == Fate.LEFT) {
        continue;
      }
      ResourceId id = ResourceId.deviceIn(wanted.resource().id().namespace(), name);
      DeviceStep master = steps.ofWanted(id);
      boolean there =
          master == null
              || (id.equals(master.finalId())
                  && (master.fate != Fate.LEFT || master.isOfKindWanted()));
      if (!there) {
        boolean part = step.address.contains(".ports.") || step.address.contains(".members.");
        String term = part || master == null ? "" : "." + FileTerms.master(master.kind());
        findings.waits(step.address + term, id);
        SortedMap<String, String> fields = new TreeMap<>(wanted.resource().fields());
        fields.keySet().removeIf(field -> field.equals("master") || field.startsWith("port."));
        Resource free = new Resource(wanted.resource().id(), wanted.resource().owner(), fields);
        step.wanted = new Wanted(wanted.address(), free, wanted.makes());
      }
    }
  }

  /** Devices whose parent is neither there nor made. */
  private void waitForMissing() {
    boolean settled;
    do {
      settled = true;
      Set<ResourceId> there = steps.finalDevices();
      for (DeviceStep step : steps.all()) {
        Wanted wanted = step.wanted;
        if (wanted == null || (step.fate != Fate.CREATE && step.fate != Fate.KEEP)) {
          continue;
        }
        String parent = wanted.resource().get("parent");
        ResourceId id = ResourceId.deviceIn(wanted.resource().id().namespace(), parent);
        if (!parent.isEmpty() && !there.contains(id) && comparison.differs(step, "parent")) {
          // One that is there stays as it is until then.
          step.fate = step.fate == Fate.CREATE ? Fate.WAIT : Fate.LEFT;
          findings.waits(step.address, id);
          settled = false;
        }
      }
    } while (!settled);
  }

  /**
   * Devices whose parent goes with this plan: one that goes along is not made anew before there is
   * another parent, one that is new is not made.
   *
   * @return whether there was any, so that more may go with it
   */
  private boolean waitForLeaving() {
    Set<ResourceId> there = steps.finalDevices();
    boolean any = false;
    for (DeviceStep step : steps.all()) {
      Wanted wanted = step.wanted;
      boolean makes = step.fate == Fate.CREATE || step.fate == Fate.RECREATE;
      String parent = wanted == null || !makes ? "" : wanted.resource().get("parent");
      if (wanted == null || parent.isEmpty()) {
        continue;
      }
      ResourceId id = ResourceId.deviceIn(wanted.resource().id().namespace(), parent);
      if (!there.contains(id)) {
        step.fate = step.fate == Fate.CREATE ? Fate.WAIT : Fate.DELETE;
        findings.waits(step.address, id);
        any = true;
      }
    }
    return any;
  }

  /**
   * VLAN devices whose parent stays down do so too: setting one up is refused (vlan_dev_open), and
   * the kernel does it by itself once the parent is up (vlan_device_event).
   */
  private void waitForParents() {
    boolean settled;
    do {
      settled = true;
      for (DeviceStep step : steps.all()) {
        Wanted wanted = step.wanted;
        boolean takesUp =
            wanted != null
                && wanted.resource().get("kind").equals("vlan")
                && wanted.resource().get("up").equals("true")
                && (step.fate == Fate.CREATE || isDown(step.live));
        if (wanted == null || !takesUp) {
          continue;
        }
        ResourceId parent =
            ResourceId.deviceIn(
                wanted.resource().id().namespace(), wanted.resource().get("parent"));
        if (staysDown(parent)) {
          findings.waits(step.address + ".up", parent + ", which is down");
          step.wanted =
              new Wanted(wanted.address(), wanted.resource().without("up"), wanted.makes());
          settled = false;
        }
      }
    } while (!settled);
  }

  private boolean staysDown(ResourceId device) {
    DeviceStep step = steps.ofWanted(device);
    if (step == null || step.wanted == null) {
      return isDown(live.find(device));
    }
    String up = step.wanted.resource().get("up");
    boolean changes = step.fate == Fate.CREATE || step.fate == Fate.KEEP;
    boolean joins = changes && comparison.differs(step, "master");
    if (joins && !up.equals("false") && joinsBond(step.wanted.resource())) {
      return false; // the bond takes it up (bond_enslave)
    }
    if (changes && !up.isEmpty()) {
      return up.equals("false");
    }
    return step.fate == Fate.CREATE || isDown(step.live);
  }

  private boolean joinsBond(Resource wanted) {
    ResourceId master = ResourceId.deviceIn(wanted.id().namespace(), wanted.get("master"));
    return !wanted.get("master").isEmpty() && steps.kindOf(master).equals("bond");
  }

  /** What joins a bond and is to be down is set down once more: the bond sets it up. */
  private void stayDown() {
    for (DeviceStep step : steps.all()) {
      Wanted wanted = step.wanted;
      Resource device = step.remaining;
      if (wanted == null || device == null || step.fate != Fate.KEEP) {
        continue;
      }
      boolean joins = step.moves() || comparison.differs(step, "master");
      if (joins && wanted.resource().get("up").equals("false") && joinsBond(wanted.resource())) {
        step.remaining = device.with("up", "true");
      }
    }
  }

  private static boolean isDown(@Nullable Resource device) {
    return device != null && device.get("up").equals("false");
  }

  /** A bond prefers only who is a member of it. */
  private void waitForPrimaries() {
    Set<ResourceId> there = steps.finalDevices();
    for (DeviceStep step : steps.all()) {
      Wanted wanted = step.wanted;
      String primary = wanted == null ? "" : wanted.resource().get("primary");
      if (wanted == null || primary.isEmpty()) {
        continue;
      }
      ResourceId member = ResourceId.deviceIn(wanted.resource().id().namespace(), primary);
      if (!there.contains(member)) {
        findings.waits(step.address + ".primary", member);
        step.wanted =
            new Wanted(wanted.address(), wanted.resource().without("primary"), wanted.makes());
      }
    }
  }
}
