// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.kind.DeviceField;
import dev.plumbline.reconciler.kind.DeviceField.How;
import dev.plumbline.reconciler.kind.DeviceKind;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.DeviceStep.Fate;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides the fate of every device.
 *
 * <p>First each wanted device is matched with a live one; then what cannot be changed in place is
 * condemned, and with it, until nothing moves any more, all that the kernel removes along with it:
 * devices on top, the other half of a veth. Only then are the fields compared, against what the
 * kernel leaves of the live device by then.
 */
final class DevicePlanner {
  private final Goal goal;
  private final LiveState live;
  private final Findings findings;

  /** In the order of the goal, then the deletions. */
  private final Map<String, DeviceStep> steps = new LinkedHashMap<>();

  private final Map<ResourceId, DeviceStep> byLive = new HashMap<>();
  private final Map<ResourceId, DeviceStep> byWanted = new HashMap<>();
  private final Map<ResourceId, List<Resource>> uppersOf = new HashMap<>();
  private final Map<ResourceId, List<Resource>> portsOf = new HashMap<>();

  DevicePlanner(Goal goal, LiveState live, Findings findings) {
    this.goal = goal;
    this.live = live;
    this.findings = findings;
  }

  /** All devices that the plan has to do with. */
  List<DeviceStep> decide() {
    indexLive();
    match();
    condemnLeaving();
    followNames();
    waitForMissing();
    boolean settled;
    do {
      settled = true;
      for (DeviceStep step : List.copyOf(steps.values())) {
        settled &= !condemn(step);
      }
      for (DeviceStep step : List.copyOf(steps.values())) {
        settled &= !spread(step);
      }
    } while (!settled);
    refuseTakenNames();
    refuseConflicts();
    waitForPrimaries();
    settlePorts();
    for (DeviceStep step : steps.values()) {
      compare(step);
    }
    spreadDown();
    return List.copyOf(steps.values());
  }

  private void indexLive() {
    for (Resource device : live.ofType(ResourceType.DEVICE)) {
      String namespace = device.id().namespace();
      if (!device.get("parent").isEmpty()) {
        ResourceId parent = ResourceId.deviceIn(namespace, device.get("parent"));
        uppersOf.computeIfAbsent(parent, id -> new ArrayList<>()).add(device);
      }
      if (!device.get("master").isEmpty()) {
        ResourceId master = ResourceId.deviceIn(namespace, device.get("master"));
        portsOf.computeIfAbsent(master, id -> new ArrayList<>()).add(device);
      }
    }
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
      add(new DeviceStep(wanted.address(), wanted, match, fate));
      String kind = wanted.resource().get("kind");
      if (fate == Fate.CREATE && live.capabilities().missingKinds().contains(kind)) {
        findings.problem(wanted.address() + ": this kernel has no " + kind + " driver");
      }
      if (wanted.resource().get("vlanFiltering").equals("true")
          && !live.capabilities().bridgeVlans()) {
        findings.problem(
            wanted.address()
                + ": this kernel's bridge has no VLAN filtering"
                + " (it was built without CONFIG_BRIDGE_VLAN_FILTERING)");
      }
      if (fate == Fate.WAIT) {
        findings.waits(wanted.address(), wanted.resource().id());
      }
    }
  }

  private void add(DeviceStep step) {
    steps.put(step.address, step);
    if (step.live != null) {
      byLive.put(step.live.id(), step);
    }
    if (step.wanted != null) {
      byWanted.put(step.wanted.resource().id(), step);
    }
  }

  /** What plumbline made and the goal no longer names. */
  private void condemnLeaving() {
    for (Resource device : live.ofType(ResourceType.DEVICE)) {
      boolean leaves =
          (goal.prune() && device.isOurs() && !device.get("kind").isEmpty())
              || goal.remove().contains(device.id())
              || (device.isOurs() && byWanted.containsKey(device.id()));
      if (leaves && !byLive.containsKey(device.id())) {
        String address = device.owner() != null ? device.owner() : device.id().toString();
        if (steps.containsKey(address)) {
          address = address + " (second, " + device.id() + ")";
        }
        add(new DeviceStep(address, null, device, Fate.DELETE));
      }
    }
  }

  /** Who refers to a device by its name goes by its new name once that changes. */
  private void followNames() {
    for (DeviceStep step : steps.values()) {
      Resource device = step.live;
      if (device == null) {
        continue;
      }
      Resource later = device;
      for (String field : List.of("master", "parent", "primary")) {
        DeviceStep other =
            device.get(field).isEmpty()
                ? null
                : byLive.get(ResourceId.deviceIn(device.id().namespace(), device.get(field)));
        if (other != null && other.wanted != null && other.renames() && !other.moves()) {
          later = later.with(field, other.wanted.resource().id().device());
        }
      }
      step.remaining = later;
    }
  }

  /** A name that somebody else's device has and keeps. */
  private void refuseTakenNames() {
    for (DeviceStep step : steps.values()) {
      ResourceId target = step.finalId();
      Resource there = target == null ? null : live.find(target);
      boolean arrives = step.fate == Fate.CREATE || step.moves() || step.renames();
      if (arrives && there != null && !byLive.containsKey(there.id())) {
        findings.problem(
            step.address + ": its name is taken by " + target + ", which plumbline did not make");
      }
    }
  }

  /** What two devices can not share, such as a VXLAN id, and somebody else's device has. */
  private void refuseConflicts() {
    Map<String, Resource> staying = new HashMap<>();
    for (Resource device : live.ofType(ResourceType.DEVICE)) {
      DeviceStep step = byLive.get(device.id());
      boolean stays = step == null || step.fate == Fate.KEEP || step.fate == Fate.LEFT;
      String key = stays ? DeviceKinds.conflict(device) : null;
      if (key != null) {
        staying.put(key, device);
      }
    }
    for (DeviceStep step : steps.values()) {
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

  /** Devices whose parent is neither there nor made. */
  private void waitForMissing() {
    boolean settled;
    do {
      settled = true;
      Set<ResourceId> there = finalDevices();
      for (DeviceStep step : steps.values()) {
        Wanted wanted = step.wanted;
        if (wanted == null || (step.fate != Fate.CREATE && step.fate != Fate.KEEP)) {
          continue;
        }
        String parent = wanted.resource().get("parent");
        ResourceId id = ResourceId.deviceIn(wanted.resource().id().namespace(), parent);
        if (!parent.isEmpty() && !there.contains(id) && differs(step, "parent")) {
          // One that is there stays as it is until then.
          step.fate = step.fate == Fate.CREATE ? Fate.WAIT : Fate.LEFT;
          findings.waits(step.address, id);
          settled = false;
        }
      }
    } while (!settled);
  }

  /** Every device that is there once the plan is done. */
  Set<ResourceId> finalDevices() {
    Set<ResourceId> there = new HashSet<>();
    for (Resource device : live.ofType(ResourceType.DEVICE)) {
      if (!byLive.containsKey(device.id())) {
        there.add(device.id());
      }
    }
    for (DeviceStep step : steps.values()) {
      ResourceId id = step.finalId();
      if (id != null) {
        there.add(id);
      }
    }
    return there;
  }

  /** Whether the device has to be made anew for its own sake; true if that is news. */
  private boolean condemn(DeviceStep step) {
    Wanted wanted = step.wanted;
    Resource device = step.live;
    if (wanted == null || device == null || step.fate != Fate.KEEP) {
      return false;
    }
    for (Map.Entry<String, String> field : wanted.resource().fields().entrySet()) {
      boolean anew = how(step, field.getKey()) == How.RECREATE || otherFamily(device, field);
      if (anew && differs(step, field.getKey())) {
        return recreate(
            step, field.getKey() + " can not be changed from " + shown(device, field.getKey()));
      }
    }
    DeviceKind kind = DeviceKinds.of(step.kind());
    if (step.moves() && kind != null && kind.staysInNamespace()) {
      return recreate(step, "a " + kind.name() + " can not leave its namespace");
    }
    return false;
  }

  /** A tunnel's end may change, but not from IPv4 to IPv6 (EAFNOSUPPORT). */
  private static boolean otherFamily(Resource device, Map.Entry<String, String> field) {
    boolean end = field.getKey().equals("local") || field.getKey().equals("remote");
    String before = device.get(field.getKey());
    return end
        && !before.isEmpty()
        && !field.getValue().isEmpty()
        && before.contains(":") != field.getValue().contains(":");
  }

  private static String shown(Resource device, String field) {
    return device.get(field).isEmpty() ? "none" : device.get(field);
  }

  private boolean recreate(DeviceStep step, String reason) {
    Resource device = step.live;
    if (device == null || step.fate != Fate.KEEP) {
      return false;
    }
    if (!device.isOurs()) {
      findings.problem(
          step.address
              + ": "
              + device.id()
              + " was not made by plumbline and would have to be made anew ("
              + reason
              + "); change the file to match it, or delete it by hand");
    }
    step.fate = Fate.RECREATE;
    step.reasons.add(reason);
    return true;
  }

  /** Condemns what the kernel removes along with this device; true if there was any. */
  private boolean spread(DeviceStep step) {
    Resource device = step.live;
    if (device == null || !step.torn()) {
      return false;
    }
    boolean news = false;
    for (Resource upper : uppersOf.getOrDefault(device.id(), List.of())) {
      news |= drag(upper, step, step.fate != Fate.KEEP);
    }
    if (step.fate != Fate.KEEP && device.get("kind").equals("veth")) {
      Resource mate = live.find(PeerText.parse(device.get("peer")));
      if (mate != null) {
        news |= drag(mate, step, true);
      }
    }
    return news;
  }

  private boolean drag(Resource victim, DeviceStep cause, boolean byKernel) {
    DeviceStep step = byLive.get(victim.id());
    if (step == null) {
      findings.problem(
          cause.address
              + ": would remove "
              + victim.id()
              + ", which plumbline did not make and the file does not name");
      step = new DeviceStep(victim.id().toString(), null, victim, Fate.DELETE);
      step.implied = true;
      add(step);
      return true;
    }
    if (step.fate == Fate.DELETE) {
      boolean news = byKernel && !step.implied && !cause.implied;
      step.implied |= news;
      return news;
    }
    if (!victim.isOurs() && cause.live != null && !cause.live.isOurs()) {
      // The cause is a problem already; this one would say the same again.
      step.implied |= step.fate == Fate.KEEP;
      boolean first = step.fate == Fate.KEEP;
      step.fate = Fate.RECREATE;
      return first;
    }
    boolean news = recreate(step, "it goes with " + cause.address);
    step.implied |= news && byKernel;
    return news;
  }

  /** A bond prefers only who is a member of it. */
  private void waitForPrimaries() {
    Set<ResourceId> there = finalDevices();
    for (DeviceStep step : steps.values()) {
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

  /**
   * Ports of a master that goes leave it first, so that a bond's members do not stay down; foreign
   * ports of a master that is made anew come back to it.
   */
  private void settlePorts() {
    for (DeviceStep step : List.copyOf(steps.values())) {
      Resource device = step.live;
      if (device != null && (step.torn() || empties(step))) {
        for (Resource port : portsOf.getOrDefault(device.id(), List.of())) {
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
    DeviceStep step = byLive.get(port.id());
    if (step == null) {
      findings.warning(master.address + ": releases its port " + port.id());
      findings.touches(master.address, "let go", port.id());
      Resource free = new Resource(port.id(), port.owner(), Map.of("master", ""));
      add(
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
    DeviceStep step = byLive.get(port.id());
    if (step == null) {
      if (target == null || !target.namespace().equals(port.id().namespace())) {
        findings.warning(master.address + ": releases its port " + port.id());
        findings.touches(master.address, "let go", port.id());
        return;
      }
      step = new DeviceStep(port.id().toString(), back(port, target), port, Fate.KEEP);
      add(step);
    }
    Wanted wanted = step.wanted;
    Resource before = step.remaining;
    if (wanted != null && before != null) {
      ResourceId next =
          ResourceId.deviceIn(wanted.resource().id().namespace(), wanted.resource().get("master"));
      boolean fromBond = now != null && now.get("kind").equals("bond");
      joinSuccessor(step, wanted, fromBond && !kindOf(next).equals("bond"));
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
            .anyMatch(field -> how(step, field) == How.NEEDS_EMPTY && differs(step, field));
  }

  private void compare(DeviceStep step) {
    Wanted wanted = step.wanted;
    Resource device = step.remaining;
    if (wanted == null || device == null || step.fate != Fate.KEEP) {
      if (step.fate == Fate.RECREATE) {
        step.fields = differences(step);
      }
      return;
    }
    step.fields = differences(step);
    if (step.released() && step.live != null && step.live.get("up").equals("true")) {
      Resource master =
          live.find(ResourceId.deviceIn(step.live.id().namespace(), step.live.get("master")));
      step.downed = master != null && takesPortsDown(master.get("kind"));
      if (step.fields.stream().noneMatch(field -> field.name().equals("master"))) {
        step.cause = masterCause(step.cause, master);
      }
    }
    for (FieldChange change : step.fields) {
      step.downed |= device.get("up").equals("true") && takesDown(step, change);
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

  private boolean differs(DeviceStep step, String field) {
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
    DeviceStep other = byWanted.get(peer);
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
      return downsItsPorts(namespace, change.before()) || downsItsPorts(namespace, change.after());
    }
    How how = how(step, change.name());
    return how == How.NEEDS_DOWN || how == How.NEEDS_EMPTY;
  }

  /** A bond wants its members down when they join; a VRF takes them down and up. */
  private boolean downsItsPorts(String namespace, String master) {
    return takesPortsDown(kindOf(ResourceId.deviceIn(namespace, master)));
  }

  private static boolean takesPortsDown(String kind) {
    return kind.equals("bond") || kind.equals("vrf");
  }

  /** The change of the master that lets a port go. */
  private String masterCause(String own, @Nullable Resource master) {
    DeviceStep step = master == null ? null : byLive.get(master.id());
    return step == null ? own : step.cause;
  }

  private String kindOf(ResourceId id) {
    DeviceStep step = byWanted.get(id);
    if (step != null && step.finalId() != null) {
      return step.kind();
    }
    Resource device = live.find(id);
    return device == null ? "" : device.get("kind");
  }

  /** A VLAN device goes down and up with its parent. */
  private void spreadDown() {
    for (DeviceStep step : List.copyOf(steps.values())) {
      if (step.downed && step.live != null) {
        for (Resource upper : uppersOf.getOrDefault(step.live.id(), List.of())) {
          if (upper.get("kind").equals("vlan")) {
            DeviceStep upperStep = byLive.get(upper.id());
            if (upperStep == null) {
              upperStep = new DeviceStep(upper.id().toString(), null, upper, Fate.KEEP);
              add(upperStep);
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

  private How how(DeviceStep step, String field) {
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
