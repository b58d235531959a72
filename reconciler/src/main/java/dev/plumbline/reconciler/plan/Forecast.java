// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.SysctlText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What the kernel leaves of everything else when the devices have changed. */
final class Forecast {
  /** What is there when the devices are done, by the identity it has then. */
  final Map<ResourceId, Resource> current = new LinkedHashMap<>();

  /** What the kernel dropped meanwhile and would have to be put back. */
  final List<Resource> dropped = new ArrayList<>();

  /**
   * All that the kernel drops of what is no part of its device, by the identity it has now, with
   * the identity under which it would have to be put back.
   */
  final Map<Resource, ResourceId> lost = new LinkedHashMap<>();

  /** The changes with which it drops something, by the identity it has, or would have then. */
  final Map<ResourceId, Set<String>> causes = new HashMap<>();

  private final LaterDevices devices;
  private final Findings findings;

  Forecast(LiveState live, LaterDevices devices, Findings findings) {
    this.devices = devices;
    this.findings = findings;
    for (Resource resource : live.resources()) {
      switch (resource.id().type()) {
        case DEVICE, NAMESPACE -> {}
        case ROUTE -> route(resource);
        case SYSCTL -> sysctl(resource);
        default -> onDevice(resource);
      }
    }
  }

  private void sysctl(Resource sysctl) {
    ResourceId id = sysctl.id();
    ResourceId device = ResourceId.deviceIn(id.namespace(), SysctlText.device(id));
    DeviceStep of = devices.ofLive(device);
    if (of == null || !(of.torn() || of.renames())) {
      current.put(id, sysctl);
    }
  }

  private void onDevice(Resource resource) {
    ResourceId id = resource.id();
    DeviceStep step = id.device().isEmpty() ? null : devices.ofLive(id.ofDevice());
    ResourceId finalId = step == null ? null : step.finalId();
    if (step == null) {
      current.put(id, resource);
    } else if (finalId != null && finalId.namespace().equals(id.namespace())) {
      Resource there = renamed(resource, finalId.device());
      if (lostOn(step, there)) {
        dropped.add(there);
        lost(resource, there.id(), Set.of(step.cause));
      } else {
        current.put(there.id(), there);
      }
    } else {
      lost(resource, id, Set.of(step.cause));
    }
  }

  /**
   * The kernel drops something.
   *
   * @param then the identity under which it would have to be put back
   * @param with the addresses of the changes that do it
   */
  void lost(Resource resource, ResourceId then, Set<String> with) {
    for (ResourceId id : List.of(resource.id(), then)) {
      causes.computeIfAbsent(id, key -> new TreeSet<>()).addAll(with);
    }
    if (resource.id().type() == ResourceType.ADDRESS
        || resource.id().type() == ResourceType.ROUTE) {
      lost.put(resource, then);
    }
  }

  private static Resource renamed(Resource resource, String device) {
    ResourceId id = resource.id();
    Resource there = resource.withId(id.onDevice(device));
    String position = resource.get(AddressText.POSITION);
    if (device.equals(id.device()) || position.isEmpty()) {
      return there;
    }
    String label = Labels.renamed(resource.get("label"), Integer.parseInt(position), device);
    return there.with("label", label);
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

  private void route(Resource route) {
    boolean gone = false;
    int down = 0;
    Set<String> torn = new TreeSet<>();
    Set<String> with = new TreeSet<>();
    Resource there = route;
    List<String> ways = RouteText.devices(route);
    for (String device : ways) {
      DeviceStep step = devices.ofLive(ResourceId.deviceIn(route.id().namespace(), device));
      if (step != null) {
        ResourceId finalId = step.finalId();
        // What leads no further than the host outlives its device's going down (fib_sync_down_dev).
        boolean own = route.get("scope").equals("host") && !route.id().key().contains(":");
        if (step.torn() || (step.downed && !own)) {
          if (step.torn()) {
            torn.add(finalId == null ? device : finalId.device());
          }
          down++;
          with.add(step.cause);
        }
        gone |=
            finalId == null
                || !finalId.namespace().equals(route.id().namespace())
                || !devices.isUp(finalId);
        if (finalId != null && !finalId.device().equals(device)) {
          there = RouteText.renamed(there, device, finalId.device());
        }
      }
    }
    // Of several ways one that is down is dead alone. Where its device leaves, an IPv4 route goes
    // as
    // a whole, while one of IPv6 keeps the others.
    boolean goes = !torn.isEmpty() || (down > 0 && down == ways.size());
    boolean partly = gone && down < ways.size() && route.id().key().contains(":");
    if (goes && partly && !route.isOurs()) {
      findings.warning(route.id() + " loses its way over " + String.join(", ", torn));
    }
    if (!goes || partly) {
      current.put(there.id(), RouteText.without(there, torn));
      return;
    }
    lost(route, there.id(), with);
    if (!gone) {
      dropped.add(there);
    }
  }

  /** Whether what the kernel dropped can be put back; says so where it need not be. */
  boolean restorable(Resource lost) {
    boolean transientOne =
        lost.get("dynamic").equals("true")
            || lost.get("protocol").equals("ra")
            || lost.get("protocol").equals("redirect");
    if (transientOne) {
      findings.warning(lost.id() + " is lost for a moment and comes back by itself");
    }
    return !transientOne && lost.id().type() != ResourceType.VLANS;
  }
}
