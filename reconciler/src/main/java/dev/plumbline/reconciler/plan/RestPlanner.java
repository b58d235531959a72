// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.SysctlText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Plans everything but devices: against what the kernel leaves of the live state once the devices
 * have changed. What the kernel drops on the way and nobody wants gone is put back.
 */
final class RestPlanner {
  private final Goal goal;
  private final LiveState live;
  private final Ownership ownership;
  private final Findings findings;
  private final LaterNamespaces namespaces;
  private final LaterDevices devices;
  private final Leaving leaving;
  private final Forecast forecast;
  private final RouteWays ways;
  private final SwitchPorts ports;
  private final Map<String, Change> changes = new LinkedHashMap<>();
  private final Map<String, Set<String>> after = new HashMap<>();

  RestPlanner(
      Goal goal,
      LiveState live,
      Ownership ownership,
      Findings findings,
      LaterNamespaces namespaces,
      LaterDevices devices) {
    this.goal = goal;
    this.live = live;
    this.ownership = ownership;
    this.findings = findings;
    this.namespaces = namespaces;
    this.devices = devices;
    this.leaving = new Leaving(goal, live, ownership, namespaces, devices);
    this.forecast = new Forecast(live, devices, findings);
    this.ways = new RouteWays(devices);
    this.ports = new SwitchPorts(live, devices, findings);
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
    wanted.keySet().removeIf(leaving::withNamespace);
    putBack(wanted);
    foreseeReach(wanted);
    settle(wanted, type -> type == ResourceType.ADDRESS);
    AddressPlanner addresses = new AddressPlanner(forecast.current.values(), changes, after);
    addresses.families(wanted, leaving::leaves);
    new EmptiedDevices(forecast, ways, leaving, findings, after)
        .foresee(addresses.emptied(), wanted);
    settle(wanted, type -> type != ResourceType.ADDRESS && type != ResourceType.NAMESPACE);
    new RulePlanner(changes, after).order(forecast.current.values(), wanted);
    new FlowPlanner(changes, after).order(forecast.current.values(), wanted);
    tellWhatGoesAlong(wanted);
    return new ArrayList<>(changes.values());
  }

  private void namespaces(Map<ResourceId, Wanted> wanted) {
    for (Wanted candidate : wanted.values()) {
      Resource there = live.find(candidate.resource().id());
      if (candidate.resource().id().type() != ResourceType.NAMESPACE) {
        continue;
      }
      if (there != null && LaterNamespaces.isUnreadable(there)) {
        findings.waits(
            candidate.address(), "the right to look into it: " + there.get(Resource.UNREADABLE));
      } else if (!LaterNamespaces.isWhole(there)) {
        put(
            new Change.Create(
                candidate.address(), candidate.resource(), List.of(), Disruption.NONE));
      }
    }
    leaving.namespaces(wanted, findings).forEach(this::put);
  }

  private void settle(Map<ResourceId, Wanted> wanted, Predicate<ResourceType> which) {
    for (Wanted candidate : wanted.values()) {
      if (which.test(candidate.resource().id().type()) && ready(candidate)) {
        compare(candidate);
      }
    }
    Departures departures = new Departures(staying(wanted));
    for (Resource resource : forecast.current.values()) {
      if (which.test(resource.id().type()) && leaving.leaves(resource, wanted)) {
        put(departures.asked(resource));
      }
    }
  }

  /** What the kernel drops and nothing makes again. */
  private void tellWhatGoesAlong(Map<ResourceId, Wanted> wanted) {
    new GoingAlong(live, forecast, leaving, devices, findings)
        .deletions(made(), new Departures(staying(wanted)), each -> concerns(each, wanted))
        .forEach(
            deletion -> {
              // The same on a device that takes the name of this one has a step of its own.
              if (changes.putIfAbsent(deletion.address(), deletion) == null) {
                comesAfter(
                    deletion.address(), forecast.causes.getOrDefault(deletion.id(), Set.of()));
              }
            });
  }

  /** What the changes leave behind. */
  private Set<ResourceId> made() {
    Set<ResourceId> made = new HashSet<>();
    for (Change change : changes.values()) {
      if (change.after() != null) {
        made.add(change.id());
      }
    }
    return made;
  }

  /** What of the wanted is there then: it is made, or is there already. */
  private Set<ResourceId> staying(Map<ResourceId, Wanted> wanted) {
    Set<ResourceId> staying = made();
    staying.addAll(forecast.current.keySet());
    staying.retainAll(wanted.keySet());
    return staying;
  }

  private boolean concerns(Resource lost, Map<ResourceId, Wanted> wanted) {
    Wanted named = wanted.get(lost.id());
    return lost.isOurs()
        || ownership.made(lost.id())
        || goal.remove().contains(lost.id())
        || (named != null && isOfTheFile(named));
  }

  /** What the kernel drops and nobody wants gone. */
  private void putBack(Map<ResourceId, Wanted> wanted) {
    for (Resource lost : forecast.dropped) {
      if (!wanted.containsKey(lost.id()) && !leaving.leaves(lost) && forecast.restorable(lost)) {
        wanted.put(lost.id(), new Wanted(lost.id().toString(), lost, true));
      }
      Wanted again = wanted.get(lost.id());
      if (again != null) {
        comesAfter(again.address(), forecast.causes.getOrDefault(lost.id(), Set.of()));
      }
    }
  }

  private void comesAfter(String address, Set<String> changesBefore) {
    after.computeIfAbsent(address, key -> new TreeSet<>()).addAll(changesBefore);
  }

  private void foreseeReach(Map<ResourceId, Wanted> wanted) {
    for (Resource resource : forecast.current.values()) {
      if (!leaving.leaves(resource, wanted)) {
        ways.add(resource);
      }
    }
    for (Wanted candidate : wanted.values()) {
      ways.add(candidate.resource());
    }
  }

  /** Whether what the resource rests on is there; else it waits. */
  private boolean ready(Wanted wanted) {
    Resource resource = wanted.resource();
    ResourceId id = resource.id();
    // Only the file's own wishes can wait; what would only be restored is pointless by then.
    if (!namespaces.has(id.namespace())) {
      if (isOfTheFile(wanted)) {
        findings.waits(wanted.address(), ResourceId.namespaceNamed(id.namespace()));
      }
      return false;
    }
    if (!id.device().isEmpty() && !devices.has(id.ofDevice())) {
      if (isOfTheFile(wanted)) {
        findings.waits(wanted.address(), id.ofDevice());
      }
      return false;
    }
    if (id.type() == ResourceType.SYSCTL && !SysctlText.device(id).isEmpty()) {
      ResourceId device = ResourceId.deviceIn(id.namespace(), SysctlText.device(id));
      if (!devices.has(device)) {
        findings.waits(wanted.address(), device);
        return false;
      }
    }
    if (id.type() == ResourceType.VLANS && !devices.filtersVlans(id.ofDevice())) {
      if (isOfTheFile(wanted)) {
        findings.waits(wanted.address(), "the bridge of " + id.ofDevice());
      }
      return false;
    }
    if (id.type() == ResourceType.PORT) {
      ports.expect(wanted);
      return true;
    }
    ResourceId missing = id.type() == ResourceType.ROUTE ? ways.missing(resource) : null;
    if (missing == null) {
      boolean route = id.type() == ResourceType.ROUTE;
      return !route || (isOfTheFile(wanted) ? takesGateways(wanted) : takesBack(wanted));
    }
    String down = devices.has(missing) ? ", which is down" : "";
    findings.waits(wanted.address(), missing + down);
    return false;
  }

  private static boolean isOfTheFile(Wanted wanted) {
    return !wanted.address().equals(wanted.resource().id().toString());
  }

  /**
   * Whether the kernel would take the gateways of a new or changed route. One on no network may
   * come with a lease: the route waits where it names the device, or where there is no network yet.
   * Else it is a mistake, and told before anything is touched.
   */
  private boolean takesGateways(Wanted wanted) {
    Resource route = wanted.resource();
    Resource there = forecast.current.get(route.id());
    if (there != null && RouteText.gateways(there).equals(RouteText.gateways(route))) {
      return true;
    }
    RouteWays.Stray stray = ways.stray(route);
    if (stray == null) {
      return true;
    }
    if (!stray.device().isEmpty() || stray.networks().isEmpty()) {
      String on = stray.device().isEmpty() ? "" : " on " + stray.device();
      findings.waits(wanted.address(), "a network with " + stray.gateway() + on);
    } else {
      findings.problem(
          wanted.address()
              + ": the gateway "
              + stray.gateway()
              + " is on no connected network ("
              + String.join(", ", stray.networks())
              + "); if its network comes later, as by a lease, name its device as `dev`");
    }
    return false;
  }

  /**
   * Whether the kernel would take a route again that it drops. One whose gateway was left without a
   * network works until then, and cannot come back.
   */
  private boolean takesBack(Wanted wanted) {
    Resource route = wanted.resource();
    RouteWays.Stray stray = forecast.current.containsKey(route.id()) ? null : ways.stray(route);
    if (stray != null && goal.prune()) {
      findings.warning(
          route.id() + " is lost: its gateway " + stray.gateway() + " is on no connected network");
    } else if (stray != null) {
      findings.waits(wanted.address(), "a network with " + stray.gateway());
    }
    return stray == null;
  }

  private void compare(Wanted wanted) {
    Resource target = wanted.resource();
    Resource there = forecast.current.get(target.id());
    if (there == null) {
      create(wanted);
      return;
    }
    Resource whole = SameText.completed(target, there);
    if (target.id().type() == ResourceType.PORT) {
      // Of another type it has other fields, and none of those that it had.
      for (String field : there.fields().keySet()) {
        whole = whole.has(field) ? whole : whole.with(field, "");
      }
    }
    boolean route = target.id().type() == ResourceType.ROUTE;
    String device = route ? ways.otherDevice(target, there) : "";
    if (!device.isEmpty()) {
      whole = whole.with("dev", device);
    } else if (route && ways.keepsDevice(target, there)) {
      // Left to itself the kernel may take another one in the same network.
      whole = whole.with("dev", there.get("dev"));
    }
    ResourceId now = devices.before(target.id()); // remembered by the name that it has
    Change change =
        Comparison.of(
            wanted.address(),
            whole,
            there,
            (field, value) ->
                Lifetimes.same(there, field, value, ownership.find(now, field), !goal.prune()));
    if (change != null) {
      if (target.id().type() == ResourceType.PORT) {
        ports.touch(wanted.address(), target);
      }
      put(change);
      if (route) {
        afterTakenDown(wanted.address(), whole);
      }
    }
  }

  private void create(Wanted wanted) {
    ResourceId id = wanted.resource().id();
    if (id.type() == ResourceType.SYSCTL
        && SysctlText.device(id).isEmpty()
        && LaterNamespaces.isWhole(live.find(ResourceId.namespaceNamed(id.namespace())))) {
      findings.problem(wanted.address() + ": there is no sysctl " + id.key() + " on this kernel");
      return;
    }
    Resource whole = ways.withDevice(wanted.resource());
    boolean steers =
        id.type() == ResourceType.ROUTE
            || id.type() == ResourceType.RULE
            || id.type().isDecidedBy();
    Disruption disruption =
        id.type() == ResourceType.PORT
            ? ports.joining(whole)
            : steers ? Disruption.IN_PLACE : Disruption.NONE;
    if (id.type() == ResourceType.PORT) {
      ports.touch(wanted.address(), whole);
    }
    put(new Change.Create(wanted.address(), whole, List.of(), disruption));
    afterTakenDown(wanted.address(), whole);
  }

  /** What comes to a device that another change takes down comes when that is done. */
  private void afterTakenDown(String address, Resource created) {
    List<String> on =
        created.id().type() == ResourceType.ROUTE
            ? RouteText.devices(created)
            : List.of(created.id().device());
    for (String device : on) {
      DeviceStep step = devices.ofFinal(ResourceId.deviceIn(created.id().namespace(), device));
      if (step != null && step.downed && !step.cause.equals(step.address)) {
        comesAfter(address, Set.of(step.cause));
      }
    }
  }

  private void put(Change change) {
    changes.put(change.address(), change);
  }
}
