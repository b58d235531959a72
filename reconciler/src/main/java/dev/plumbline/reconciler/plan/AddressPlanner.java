// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.spec.value.Prefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel removes along with an address, and what has to come before what because of it.
 *
 * <p>IPv4 addresses of one network on one device form a family: the first is the primary, and with
 * it the kernel removes all the others unless the sysctl promote_secondaries is set. Where the
 * primary leaves, the applier sets that for the moment: so new ones come before, the other ones
 * that leave go before, and the next becomes the primary; the network is connected all the time.
 * Where the primary is made anew it shall be the primary again: the others go with it, and are put
 * back, or put there, after it.
 *
 * <p>With the last IPv4 address of a device go all IPv4 routes through it (fib_inetaddr_event,
 * net/ipv4). IPv6 has an address once on a device, whatever its prefix length: the old one goes
 * first.
 */
final class AddressPlanner {
  private final Map<String, Change> changes;
  private final Map<String, Set<String>> after;
  private final Map<ResourceId, List<Resource>> current = new HashMap<>();
  private final Map<ResourceId, List<Change>> byDevice = new HashMap<>();

  /**
   * @param changes of addresses and more by their addresses in the file; gets what is put back
   * @param after gets the order
   */
  AddressPlanner(
      Iterable<Resource> current, Map<String, Change> changes, Map<String, Set<String>> after) {
    this.changes = changes;
    this.after = after;
    for (Resource each : current) {
      if (each.id().type() == ResourceType.ADDRESS) {
        this.current.computeIfAbsent(each.id().ofDevice(), id -> new ArrayList<>()).add(each);
      }
    }
  }

  /** Puts back what goes along with a primary that is made anew. */
  void families(Map<ResourceId, Wanted> wanted, Predicate<Resource> leaves) {
    for (Change change : List.copyOf(changes.values())) {
      Resource going = change instanceof Change.Recreate ? going(change) : null;
      if (going == null || isIpv6(going.id()) || isSecondary(going)) {
        continue;
      }
      for (Resource other : current.getOrDefault(going.id().ofDevice(), List.of())) {
        boolean lost = isSecondary(other) && sameNetwork(other.id(), going.id());
        if (lost && (wanted.containsKey(other.id()) || !leaves.test(other))) {
          Wanted again = wanted.get(other.id());
          Wanted target = again != null ? again : new Wanted(other.id().toString(), other, true);
          changes.putIfAbsent(
              target.address(),
              new Change.Create(target.address(), target.resource(), List.of(), Disruption.NONE));
        }
      }
    }
    for (Change change : changes.values()) {
      if (change.id().type() == ResourceType.ADDRESS) {
        byDevice.computeIfAbsent(change.id().ofDevice(), id -> new ArrayList<>()).add(change);
      }
    }
    byDevice.values().forEach(this::order);
  }

  private void order(List<Change> ofDevice) {
    Map<String, List<Change>> families = new HashMap<>();
    for (Change change : ofDevice) {
      String key = change.id().key();
      String family =
          isIpv6(change.id()) ? AddressText.local(key) : AddressText.network(key).toString();
      families.computeIfAbsent(family, each -> new ArrayList<>()).add(change);
    }
    for (List<Change> family : families.values()) {
      for (Change change : family) {
        Resource going = going(change);
        if (going != null && (isIpv6(going.id()) || !isSecondary(going))) {
          orderAround(change, family);
        }
      }
    }
  }

  private void orderAround(Change first, List<Change> family) {
    boolean makesRoom = isIpv6(first.id()) || first instanceof Change.Recreate;
    for (Change other : family) {
      boolean comes = !(other instanceof Change.Delete);
      if (other != first && makesRoom && comes) {
        after.computeIfAbsent(other.address(), key -> new HashSet<>()).add(first.address());
      } else if (other != first && !makesRoom) {
        after.computeIfAbsent(first.address(), key -> new HashSet<>()).add(other.address());
      }
    }
  }

  /** The devices that are without any IPv4 address for a moment, with the changes that do it. */
  Map<ResourceId, Set<String>> emptied() {
    Map<ResourceId, Set<String>> emptied = new HashMap<>();
    byDevice.forEach(
        (device, ofDevice) -> {
          Set<String> going = new TreeSet<>();
          for (Change change : ofDevice) {
            Resource gone = going(change);
            if (gone != null && !isIpv6(gone.id())) {
              going.add(change.address());
            }
          }
          Set<ResourceId> stay = new HashSet<>();
          for (Resource each : current.getOrDefault(device, List.of())) {
            stay.add(each.id());
          }
          for (Change change : ofDevice) {
            boolean late =
                after.getOrDefault(change.address(), Set.of()).stream().anyMatch(going::contains);
            if (late || going.contains(change.address())) {
              stay.remove(change.id());
            } else {
              stay.add(change.id());
            }
          }
          stay.removeIf(AddressPlanner::isIpv6);
          if (!going.isEmpty() && stay.isEmpty()) {
            emptied.put(device, going);
          }
        });
    return emptied;
  }

  private static boolean isIpv6(ResourceId address) {
    return address.key().contains(":");
  }

  private static boolean sameNetwork(ResourceId one, ResourceId other) {
    Prefix network = AddressText.network(one.key());
    return network.equals(AddressText.network(other.key()));
  }

  private static boolean isSecondary(Resource address) {
    return address.get("secondary").equals("true");
  }

  private static @Nullable Resource going(Change change) {
    Resource going =
        change instanceof Change.Delete delete
            ? delete.live()
            : change instanceof Change.Recreate recreate ? recreate.live() : null;
    return going != null && going.id().type() == ResourceType.ADDRESS ? going : null;
  }
}
