// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.SysctlText;
import dev.plumbline.reconciler.resource.VlansText;
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
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Plans everything but devices: against what the kernel leaves of the live state once the devices
 * have changed. What the kernel drops on the way and nobody wants gone is put back.
 */
final class RestPlanner {
  /** What replacing an IPv4 address silently keeps (docs/kernel-facts.md). */
  private static final Set<String> FIXED_IN_IPV4 =
      Set.of("label", "broadcast", "scope", "noPrefixRoute");

  private final Goal goal;
  private final LiveState live;
  private final Ownership ownership;
  private final Findings findings;
  private final Set<ResourceId> finalDevices;
  private final Map<ResourceId, DeviceStep> byLive = new HashMap<>();
  private final Map<ResourceId, DeviceStep> byFinal = new HashMap<>();
  private final Set<String> leavingNamespaces = new HashSet<>();

  /** What is there when the devices are done, by the identity it has then. */
  private final SortedMap<ResourceId, Resource> current = new TreeMap<>();

  /** What the kernel dropped meanwhile and would have to be put back. */
  private final List<Resource> dropped = new ArrayList<>();

  /** The changes with which it drops something. */
  private final Map<ResourceId, Set<String>> causes = new HashMap<>();

  private final Reach reach = new Reach();
  private final Reach outOfReach = new Reach();

  private final Map<String, Change> changes = new LinkedHashMap<>();
  private final Map<String, Set<String>> after = new HashMap<>();

  RestPlanner(
      Goal goal,
      LiveState live,
      Ownership ownership,
      Findings findings,
      List<DeviceStep> steps,
      Set<ResourceId> finalDevices) {
    this.goal = goal;
    this.live = live;
    this.ownership = ownership;
    this.findings = findings;
    this.finalDevices = finalDevices;
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

  /** Edges of the order that follow from here: change by address, and what it comes after. */
  Map<String, Set<String>> after() {
    return after;
  }

  List<Change> plan() {
    Map<ResourceId, Wanted> wanted = new LinkedHashMap<>();
    for (Wanted candidate : goal.wanted()) {
      if (candidate.resource().id().type() != ResourceType.DEVICE) {
        wanted.put(candidate.resource().id(), candidate);
      }
    }
    namespaces(wanted);
    wanted.keySet().removeIf(id -> leavingNamespaces.contains(id.namespace()));
    foresee();
    putBack(wanted);
    foreseeReach(wanted);
    settle(wanted, type -> type == ResourceType.ADDRESS);
    AddressPlanner addresses = new AddressPlanner(current.values(), changes, after);
    addresses.families(wanted, this::leaves);
    foreseeEmptied(addresses.emptied(), wanted);
    settle(wanted, type -> type != ResourceType.ADDRESS && type != ResourceType.NAMESPACE);
    return new ArrayList<>(changes.values());
  }

  private void settle(Map<ResourceId, Wanted> wanted, Predicate<ResourceType> which) {
    for (Wanted candidate : wanted.values()) {
      if (which.test(candidate.resource().id().type()) && ready(candidate)) {
        compare(candidate);
      }
    }
    Set<String> destinations = destinations(wanted);
    for (Resource resource : current.values()) {
      ResourceId id = resource.id();
      if (which.test(id.type()) && leaves(resource, wanted)) {
        boolean route = id.type() == ResourceType.ROUTE;
        delete(resource, route && destinations.contains(destination(id)));
      }
    }
  }

  /** What the kernel drops and nobody wants gone. */
  private void putBack(Map<ResourceId, Wanted> wanted) {
    for (Resource lost : dropped) {
      if (!wanted.containsKey(lost.id()) && !leaves(lost) && restorable(lost)) {
        wanted.put(lost.id(), new Wanted(lost.id().toString(), lost, true));
      }
      Wanted again = wanted.get(lost.id());
      if (again != null) {
        comesAfter(again.address(), causes.getOrDefault(lost.id(), Set.of()));
      }
    }
    dropped.clear();
  }

  private void comesAfter(String address, Set<String> changesBefore) {
    after.computeIfAbsent(address, key -> new TreeSet<>()).addAll(changesBefore);
  }

  /** What will lie behind each device, and what would if its device were there and up. */
  private void foreseeReach(Map<ResourceId, Wanted> wanted) {
    for (Resource resource : current.values()) {
      if (!leaves(resource, wanted)) {
        (obstacle(resource) == null ? reach : outOfReach).add(resource);
      }
    }
    for (Wanted candidate : wanted.values()) {
      Resource resource = candidate.resource();
      (obstacle(resource) == null ? reach : outOfReach).add(resource);
    }
  }

  /** The device that an address or route needs and that is not there or not up; or null. */
  private @Nullable ResourceId obstacle(Resource resource) {
    ResourceId id = resource.id();
    if (id.type() == ResourceType.ADDRESS) {
      return isUp(id.ofDevice()) ? null : id.ofDevice();
    }
    if (id.type() == ResourceType.ROUTE) {
      for (String device : RouteText.devices(resource)) {
        ResourceId deviceId = ResourceId.deviceIn(id.namespace(), device);
        if (!isUp(deviceId)) {
          return deviceId;
        }
      }
    }
    return null;
  }

  private boolean isUp(ResourceId device) {
    if (!finalDevices.contains(device)) {
      return false;
    }
    return !later(device, "up").equals("false");
  }

  /** With the last IPv4 address of a device go all IPv4 routes through it. */
  private void foreseeEmptied(
      Map<ResourceId, Set<String>> emptied, Map<ResourceId, Wanted> wanted) {
    if (emptied.isEmpty()) {
      return;
    }
    for (Wanted each : wanted.values()) {
      // Also one that is there and only comes to such a device now.
      if (isIpv4Route(each.resource().id())) {
        String namespace = each.resource().id().namespace();
        for (String device : RouteText.devices(withDevice(each.resource()))) {
          ResourceId id = ResourceId.deviceIn(namespace, device);
          comesAfter(each.address(), emptied.getOrDefault(id, Set.of()));
        }
      }
    }
    for (Resource route : List.copyOf(current.values())) {
      ResourceId id = route.id();
      if (!isIpv4Route(id)) {
        continue;
      }
      for (String device : RouteText.devices(route)) {
        Set<String> causes = emptied.get(ResourceId.deviceIn(id.namespace(), device));
        if (causes != null && !leaves(route, wanted)) {
          lostWithAddresses(route, device, causes, wanted);
        }
      }
    }
  }

  private static boolean isIpv4Route(ResourceId id) {
    return id.type() == ResourceType.ROUTE && !RouteText.destination(id).contains(":");
  }

  private void lostWithAddresses(
      Resource route, String device, Set<String> causes, Map<ResourceId, Wanted> wanted) {
    Wanted again = wanted.get(route.id());
    if (again != null && !otherDevice(again.resource(), route).isEmpty()) {
      // It gets another way before this one is broken.
      String moved = again.address();
      causes.forEach(cause -> comesAfter(cause, Set.of(moved)));
      return;
    }
    current.remove(route.id());
    boolean reached =
        RouteText.gateways(route).stream()
            .allMatch(gateway -> !reach.devices(route.id().namespace(), gateway).isEmpty());
    if (again == null && !reached) {
      findings.warning(
          route.id() + " is lost with the addresses of " + device + ", which reach its gateway");
    } else if (again == null && restorable(route)) {
      again = new Wanted(route.id().toString(), route, true);
      wanted.put(route.id(), again);
    }
    if (again != null) {
      comesAfter(again.address(), causes);
    }
  }

  /**
   * The device that a route moves to because the present one does not reach its gateway any more;
   * empty where it stays, or where the file names the device.
   */
  private String otherDevice(Resource target, Resource there) {
    String gateway = target.get("via");
    boolean chosen =
        !target.has("dev")
            && !gateway.isEmpty()
            && gateway.equals(there.get("via"))
            && !target.get("onlink").equals("true");
    if (!chosen) {
      return "";
    }
    List<String> devices = reach.devices(target.id().namespace(), gateway);
    return devices.isEmpty() || devices.contains(there.get("dev")) ? "" : devices.get(0);
  }

  private void namespaces(Map<ResourceId, Wanted> wanted) {
    for (Wanted candidate : wanted.values()) {
      if (candidate.resource().id().type() == ResourceType.NAMESPACE
          && !live.has(candidate.resource().id())) {
        put(
            new Change.Create(
                candidate.address(), candidate.resource(), List.of(), Disruption.NONE));
      }
    }
    for (Resource namespace : live.ofType(ResourceType.NAMESPACE)) {
      boolean leaves =
          (goal.prune() && namespace.isOurs()) || goal.remove().contains(namespace.id());
      if (!leaves || wanted.containsKey(namespace.id())) {
        continue;
      }
      String name = namespace.id().key();
      String address = "namespaces." + name;
      Resource guest = guestOf(name);
      if (guest != null) {
        findings.waits(address, "the removal of " + guest.id() + ", which plumbline did not make");
        continue;
      }
      leavingNamespaces.add(name);
      put(
          new Change.Delete(
              address, namespace, false, List.of(), Disruption.interrupts("all in " + name)));
    }
  }

  /** A device of somebody else's that would go down with the namespace, or null. */
  private @Nullable Resource guestOf(String namespace) {
    for (Resource device : live.ofType(ResourceType.DEVICE)) {
      DeviceStep step = byLive.get(device.id());
      boolean stays = step == null || (step.fate != DeviceStep.Fate.DELETE && !step.moves());
      if (device.id().namespace().equals(namespace)
          && !device.id().device().equals("lo")
          && stays) {
        return device;
      }
    }
    return null;
  }

  private static ResourceId deviceOf(ResourceId sysctl) {
    return ResourceId.deviceIn(sysctl.namespace(), SysctlText.device(sysctl));
  }

  /** Works out what is left of everything else when the devices have changed. */
  private void foresee() {
    for (Resource resource : live.resources()) {
      ResourceType type = resource.id().type();
      if (type == ResourceType.DEVICE || type == ResourceType.NAMESPACE) {
        continue;
      }
      if (type == ResourceType.ROUTE) {
        foreseeRoute(resource);
        continue;
      }
      if (type == ResourceType.SYSCTL) {
        DeviceStep of = byLive.get(deviceOf(resource.id()));
        if (of == null || !(of.torn() || of.renames())) {
          current.put(resource.id(), resource);
        }
        continue;
      }
      DeviceStep step =
          resource.id().device().isEmpty() ? null : byLive.get(resource.id().ofDevice());
      ResourceId finalId = step == null ? null : step.finalId();
      if (step == null) {
        current.put(resource.id(), resource);
      } else if (finalId != null && finalId.namespace().equals(resource.id().namespace())) {
        Resource there = resource.withId(resource.id().onDevice(finalId.device()));
        if (lostOn(step, there)) {
          dropped.add(there);
          causes.computeIfAbsent(there.id(), key -> new TreeSet<>()).add(step.cause);
        } else {
          current.put(there.id(), there);
        }
      }
    }
  }

  private static boolean lostOn(DeviceStep step, Resource resource) {
    switch (resource.id().type()) {
      case ADDRESS -> {
        return step.torn() || (step.downed && resource.id().key().contains(":"));
      }
      case VLANS -> {
        return step.torn()
            || step.released()
            || step.fields.stream().anyMatch(change -> change.name().equals("master"));
      }
      default -> {
        return step.torn();
      }
    }
  }

  private void foreseeRoute(Resource route) {
    boolean lost = false;
    boolean gone = false;
    Resource there = route;
    for (String device : RouteText.devices(route)) {
      DeviceStep step = byLive.get(ResourceId.deviceIn(route.id().namespace(), device));
      if (step != null) {
        ResourceId finalId = step.finalId();
        if (step.torn() || step.downed) {
          lost = true;
          causes.computeIfAbsent(route.id(), key -> new TreeSet<>()).add(step.cause);
        }
        gone |=
            finalId == null
                || !finalId.namespace().equals(route.id().namespace())
                || !isUp(finalId);
        if (finalId != null && !finalId.device().equals(device)) {
          there = RouteText.renamed(there, device, finalId.device());
        }
      }
    }
    if (!lost) {
      current.put(there.id(), there);
    } else if (!gone) {
      dropped.add(there);
    } else if (!there.isOurs()) {
      findings.warning(route.id() + " is lost with its device");
    }
  }

  private boolean owned(Resource resource) {
    return resource.isOurs() || ownership.made(resource.id());
  }

  private boolean restorable(Resource lost) {
    boolean transientOne =
        lost.get("dynamic").equals("true")
            || lost.get("protocol").equals("ra")
            || lost.get("protocol").equals("redirect");
    if (transientOne) {
      findings.warning(lost.id() + " is lost for a moment and comes back by itself");
    }
    return !transientOne && lost.id().type() != ResourceType.VLANS;
  }

  private boolean leaves(Resource resource, Map<ResourceId, Wanted> wanted) {
    return !wanted.containsKey(resource.id()) && leaves(resource);
  }

  private boolean leaves(Resource resource) {
    if (leavingNamespaces.contains(resource.id().namespace())) {
      return false;
    }
    if (goal.remove().contains(resource.id())) {
      return true;
    }
    if (!goal.prune()) {
      return false;
    }
    switch (resource.id().type()) {
      case SYSCTL, VLANS, NAMESPACE, DEVICE -> {
        return false;
      }
      case FDB -> {
        DeviceStep step = byFinal.get(resource.id().ofDevice());
        return step != null && step.wanted != null && step.live != null && step.live.isOurs();
      }
      default -> {
        return owned(resource);
      }
    }
  }

  /** Whether what the resource rests on is there; else it waits. */
  private boolean ready(Wanted wanted) {
    Resource resource = wanted.resource();
    ResourceId id = resource.id();
    // Only the file's own wishes can wait; what would only be restored is pointless by then.
    boolean ofTheFile = !wanted.address().equals(id.toString());
    if (!id.device().isEmpty() && !finalDevices.contains(id.ofDevice())) {
      if (ofTheFile) {
        findings.waits(wanted.address(), id.ofDevice());
      }
      return false;
    }
    if (id.type() == ResourceType.SYSCTL
        && !SysctlText.device(id).isEmpty()
        && !finalDevices.contains(deviceOf(id))) {
      findings.waits(wanted.address(), deviceOf(id));
      return false;
    }
    if (id.type() == ResourceType.VLANS && !ofTheFile) {
      return filtersVlans(id.ofDevice());
    }
    if (id.type() != ResourceType.ROUTE) {
      return true;
    }
    ResourceId missing = obstacle(resource);
    for (String gateway : RouteText.gateways(resource)) {
      if (missing == null && reach.devices(id.namespace(), gateway).isEmpty()) {
        missing = first(id.namespace(), outOfReach.devices(id.namespace(), gateway));
      }
    }
    String source = resource.get("source");
    if (missing == null
        && !source.isEmpty()
        && reach.holder(id.namespace(), source) == null
        && outOfReach.holder(id.namespace(), source) != null) {
      missing =
          ResourceId.deviceIn(
              id.namespace(), Objects.requireNonNull(outOfReach.holder(id.namespace(), source)));
    }
    if (missing == null) {
      return true;
    }
    String down = finalDevices.contains(missing) ? ", which is down" : "";
    findings.waits(wanted.address(), missing + down);
    return false;
  }

  /** Whether a device will be a bridge that filters VLANs, or a port of one. */
  private boolean filtersVlans(ResourceId device) {
    String master = later(device, "master");
    ResourceId bridge = master.isEmpty() ? device : ResourceId.deviceIn(device.namespace(), master);
    return later(bridge, "vlanFiltering").equals("true");
  }

  /** The value of a device's field once the plan is done. */
  private String later(ResourceId device, String field) {
    DeviceStep step = byFinal.get(device);
    Resource there = step == null ? live.find(device) : step.remaining;
    Wanted wanted = step == null ? null : step.wanted;
    if (wanted != null && wanted.resource().has(field)) {
      return wanted.resource().get(field);
    }
    return there == null ? "" : there.get(field);
  }

  private static @Nullable ResourceId first(String namespace, List<String> devices) {
    return devices.isEmpty() ? null : ResourceId.deviceIn(namespace, devices.get(0));
  }

  /** What is new on a device that another change takes down comes when that is done. */
  private void afterTakenDown(String address, Resource created) {
    List<String> devices =
        created.id().type() == ResourceType.ROUTE
            ? RouteText.devices(created)
            : List.of(created.id().device());
    for (String device : devices) {
      DeviceStep step = byFinal.get(ResourceId.deviceIn(created.id().namespace(), device));
      if (step != null && step.downed && !step.cause.equals(step.address)) {
        comesAfter(address, Set.of(step.cause));
      }
    }
  }

  private void compare(Wanted wanted) {
    Resource target = wanted.resource();
    Resource there = current.get(target.id());
    if (there == null) {
      if (target.id().type() == ResourceType.SYSCTL
          && SysctlText.device(target.id()).isEmpty()
          && live.has(ResourceId.namespaceNamed(target.id().namespace()))) {
        findings.problem(
            wanted.address() + ": there is no sysctl " + target.id().key() + " on this kernel");
        return;
      }
      Resource whole = withDevice(target);
      put(new Change.Create(wanted.address(), whole, List.of(), creation(target.id())));
      afterTakenDown(wanted.address(), whole);
      return;
    }
    Resource whole = SameText.completed(target, there);
    String device = otherDevice(target, there);
    if (!device.isEmpty()) {
      whole = whole.with("dev", device);
    }
    List<FieldChange> fields = new ArrayList<>();
    boolean anew = false;
    for (Map.Entry<String, String> field : whole.fields().entrySet()) {
      String name = field.getKey();
      if (!SameText.same(target.id(), name, there.get(name), field.getValue())) {
        fields.add(new FieldChange(name, there.get(name), field.getValue()));
        anew |= isFixed(target.id(), name);
      }
    }
    if (!fields.isEmpty()) {
      put(changed(wanted.address(), there, result(there, whole), fields, anew));
    }
  }

  /**
   * A new route with the device that its gateway will be behind. Left to itself the kernel might
   * take one that only leaves later, and drop the route with it.
   */
  private Resource withDevice(Resource target) {
    boolean open =
        target.id().type() == ResourceType.ROUTE
            && !target.has("dev")
            && !target.get("via").isEmpty()
            && !target.get("onlink").equals("true");
    List<String> devices =
        open ? reach.devices(target.id().namespace(), target.get("via")) : List.of();
    return devices.isEmpty() ? target : target.with("dev", devices.get(0));
  }

  private static boolean isFixed(ResourceId id, String field) {
    return id.type() == ResourceType.ADDRESS
        && !id.key().contains(":")
        && FIXED_IN_IPV4.contains(field);
  }

  private static Resource result(Resource there, Resource whole) {
    Resource result = new Resource(there.id(), there.owner(), there.fields()).with(whole.fields());
    boolean otherWay =
        there.id().type() == ResourceType.ROUTE
            && !whole.has("dev")
            && !whole.get("via").equals(there.get("via"));
    // The kernel finds the device of another gateway itself.
    return otherWay ? result.with("dev", "") : result;
  }

  private static Change changed(
      String address, Resource there, Resource result, List<FieldChange> fields, boolean anew) {
    if (anew) {
      String what = "connections from " + AddressText.local(there.id().key());
      return new Change.Recreate(
          address, there, result, fields, List.of(), Disruption.interrupts(what));
    }
    return new Change.Modify(address, there, result, fields, List.of(), disruption(there, result));
  }

  /** A port that leaves a VLAN, or carries it otherwise, interrupts that VLAN and no other. */
  private static Disruption disruption(Resource there, Resource result) {
    if (there.id().type() != ResourceType.VLANS) {
      return Disruption.IN_PLACE;
    }
    SortedMap<Integer, VlansText.Flags> lost = VlansText.parse(there.get("vlans"));
    SortedMap<Integer, VlansText.Flags> kept = VlansText.parse(result.get("vlans"));
    lost.entrySet().removeIf(vlan -> vlan.getValue().equals(kept.get(vlan.getKey())));
    lost.replaceAll((id, flags) -> VlansText.Flags.TAGGED);
    return lost.isEmpty()
        ? Disruption.IN_PLACE
        : Disruption.interrupts("VLAN " + VlansText.print(lost) + " on " + there.id().device());
  }

  private static Disruption creation(ResourceId id) {
    return id.type() == ResourceType.ROUTE || id.type() == ResourceType.RULE
        ? Disruption.IN_PLACE
        : Disruption.NONE;
  }

  private void delete(Resource resource, boolean replaced) {
    Disruption disruption =
        replaced ? Disruption.IN_PLACE : Disruption.interrupts("traffic by " + resource.id());
    put(new Change.Delete(resource.id().toString(), resource, false, List.of(), disruption));
  }

  /** The destinations that the goal has routes to. */
  private static Set<String> destinations(Map<ResourceId, Wanted> wanted) {
    Set<String> destinations = new HashSet<>();
    for (ResourceId id : wanted.keySet()) {
      if (id.type() == ResourceType.ROUTE) {
        destinations.add(destination(id));
      }
    }
    return destinations;
  }

  /** A route's key but for its metric. */
  private static String destination(ResourceId route) {
    return route.namespace() + " " + RouteText.destination(route) + " " + RouteText.table(route);
  }

  private void put(Change change) {
    changes.put(change.address(), change);
  }
}
