// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.spec.value.Prefix;
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
 * Plans everything but devices: against what the kernel leaves of the live state once the devices
 * have changed. What the kernel drops on the way and nobody wants gone is put back.
 */
final class RestPlanner {
  private static final Set<String> ADDRESS_IDENTITY = Set.of("label", "broadcast", "scope");

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
    foresee();
    for (Resource lost : dropped) {
      boolean removed = (goal.prune() && owned(lost)) || goal.remove().contains(lost.id());
      if (!removed && !wanted.containsKey(lost.id()) && restorable(lost)) {
        wanted.put(lost.id(), new Wanted(lost.id().toString(), lost, true));
      }
    }
    for (Wanted candidate : wanted.values()) {
      if (candidate.resource().id().type() != ResourceType.NAMESPACE && ready(candidate, wanted)) {
        compare(candidate);
      }
    }
    for (Resource resource : current.values()) {
      if (!wanted.containsKey(resource.id()) && leaves(resource)) {
        delete(resource);
      }
    }
    secondaries(wanted);
    return new ArrayList<>(changes.values());
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
      if (device.id().namespace().equals(namespace) && !device.get("kind").isEmpty() && stays) {
        return device;
      }
    }
    return null;
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
      DeviceStep step =
          resource.id().device().isEmpty() ? null : byLive.get(resource.id().ofDevice());
      ResourceId finalId = step == null ? null : step.finalId();
      if (step == null) {
        current.put(resource.id(), resource);
      } else if (finalId != null && finalId.namespace().equals(resource.id().namespace())) {
        Resource there = resource.withId(resource.id().onDevice(finalId.device()));
        if (lostOn(step, there)) {
          dropped.add(there);
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
            || !Objects.equals(step.remaining, step.live)
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
        lost |= step.torn() || step.downed;
        gone |= finalId == null || !finalId.namespace().equals(route.id().namespace());
        if (finalId != null && !finalId.device().equals(device)) {
          there = RouteText.renamed(there, device, finalId.device());
        }
      }
    }
    if (!lost) {
      current.put(there.id(), there);
    } else if (!gone) {
      dropped.add(there);
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
  private boolean ready(Wanted wanted, Map<ResourceId, Wanted> all) {
    ResourceId id = wanted.resource().id();
    if (!id.device().isEmpty() && !finalDevices.contains(id.ofDevice())) {
      findings.waits(wanted.address(), id.ofDevice());
      return false;
    }
    if (id.type() != ResourceType.ROUTE) {
      return true;
    }
    for (String device : RouteText.devices(wanted.resource())) {
      ResourceId deviceId = ResourceId.deviceIn(id.namespace(), device);
      if (!finalDevices.contains(deviceId)) {
        findings.waits(wanted.address(), deviceId);
        return false;
      }
    }
    for (String gateway : RouteText.gateways(wanted.resource())) {
      Wanted missing = waitingNetwork(id.namespace(), gateway, all);
      if (missing != null) {
        findings.waits(wanted.address(), missing.resource().id().ofDevice());
        return false;
      }
    }
    return true;
  }

  /** The address whose network a gateway needs, where its device is not there yet; or null. */
  private @Nullable Wanted waitingNetwork(
      String namespace, String gateway, Map<ResourceId, Wanted> all) {
    if (findings.waiting().isEmpty()) {
      return null;
    }
    var target = dev.plumbline.spec.value.IpAddress.parse(gateway);
    Wanted found = null;
    for (Wanted candidate : all.values()) {
      ResourceId id = candidate.resource().id();
      if (id.type() == ResourceType.ADDRESS
          && id.namespace().equals(namespace)
          && AddressText.network(id.key()).contains(target)) {
        if (finalDevices.contains(id.ofDevice())) {
          return null;
        }
        found = candidate;
      }
    }
    return found;
  }

  private void compare(Wanted wanted) {
    Resource target = wanted.resource();
    Resource there = current.get(target.id());
    if (there == null) {
      if (target.id().type() == ResourceType.SYSCTL
          && live.has(ResourceId.namespaceNamed(target.id().namespace()))) {
        findings.problem(
            wanted.address() + ": there is no sysctl " + target.id().key() + " on this kernel");
        return;
      }
      put(new Change.Create(wanted.address(), target, List.of(), creation(target.id())));
      return;
    }
    List<FieldChange> fields = new ArrayList<>();
    boolean identity = false;
    Resource full = SameText.completed(target, there);
    for (Map.Entry<String, String> field : full.fields().entrySet()) {
      if (!SameText.same(field.getKey(), field.getValue(), there.get(field.getKey()))) {
        fields.add(new FieldChange(field.getKey(), there.get(field.getKey()), field.getValue()));
        identity |=
            target.id().type() == ResourceType.ADDRESS && ADDRESS_IDENTITY.contains(field.getKey());
      }
    }
    if (fields.isEmpty()) {
      return;
    }
    Resource result = new Resource(there.id(), there.owner(), there.fields()).with(full.fields());
    put(
        identity
            ? new Change.Recreate(
                wanted.address(),
                there,
                result,
                fields,
                List.of(),
                Disruption.interrupts("connections from " + target.id().key()))
            : new Change.Modify(
                wanted.address(), there, result, fields, List.of(), Disruption.IN_PLACE));
  }

  private static Disruption creation(ResourceId id) {
    return id.type() == ResourceType.ROUTE || id.type() == ResourceType.RULE
        ? Disruption.IN_PLACE
        : Disruption.NONE;
  }

  private void delete(Resource resource) {
    put(
        new Change.Delete(
            resource.id().toString(),
            resource,
            false,
            List.of(),
            Disruption.interrupts("traffic by " + resource.id())));
  }

  /**
   * IPv4 addresses of one network on one device form a family: the first is the primary, and with
   * it the kernel removes all the others (unless the sysctl promote_secondaries is set). So the
   * primary goes first, and the others are put back, or put there, after it.
   */
  private void secondaries(Map<ResourceId, Wanted> wanted) {
    for (Change change : List.copyOf(changes.values())) {
      Resource primary = goingAddress(change);
      if (primary == null) {
        continue;
      }
      Prefix network = AddressText.network(primary.id().key());
      for (Resource other : current.values()) {
        boolean lost =
            other.id().type() == ResourceType.ADDRESS
                && other.id().ofDevice().equals(primary.id().ofDevice())
                && other.get("secondary").equals("true")
                && AddressText.network(other.id().key()).equals(network);
        if (lost && (wanted.containsKey(other.id()) || !leaves(other))) {
          Wanted again = wanted.get(other.id());
          Wanted target = again != null ? again : new Wanted(other.id().toString(), other, true);
          changes.putIfAbsent(
              target.address(),
              new Change.Create(target.address(), target.resource(), List.of(), Disruption.NONE));
        }
      }
      for (Change other : changes.values()) {
        if (other != change
            && !(other instanceof Change.Delete)
            && other.id().type() == ResourceType.ADDRESS
            && other.id().ofDevice().equals(primary.id().ofDevice())
            && AddressText.network(other.id().key()).equals(network)) {
          after.computeIfAbsent(other.address(), key -> new HashSet<>()).add(change.address());
        }
      }
    }
  }

  private static @Nullable Resource goingAddress(Change change) {
    Resource going =
        change instanceof Change.Delete delete
            ? delete.live()
            : change instanceof Change.Recreate recreate ? recreate.live() : null;
    boolean primary =
        going != null
            && going.id().type() == ResourceType.ADDRESS
            && !going.id().key().contains(":")
            && !going.get("secondary").equals("true");
    return primary ? going : null;
  }

  private void put(Change change) {
    changes.put(change.address(), change);
  }
}
