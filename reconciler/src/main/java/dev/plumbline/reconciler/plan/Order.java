// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.embedded.FlowText;
import dev.plumbline.reconciler.embedded.PortText;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.SysctlText;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.Prefix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Puts changes in an order in which the kernel accepts them.
 *
 * <p>Edges say what must come before what: a master before its ports, an address before the routes
 * through its network, whatever lies on a device off it before it is removed. Among what is free to
 * go, making comes before breaking, and changes of one type and namespace stand together so that
 * they share a netlink message.
 *
 * <p>Flows of the embedded switch, and the groups and meters that they name, come right after their
 * bridge and before its ports, without waiting for them: a bridge that has ports and not yet its
 * flows forwards as a learning switch. For the same reason flows go together with those that come,
 * and the last of a bridge goes after its ports.
 *
 * <p>Two devices that swap names wait for each other: one of them then first takes a name that
 * nobody has.
 */
final class Order {
  private final Comparator<Change> free =
      Comparator.<Change>comparingInt(change -> breaks(change) ? 1 : 0)
          .thenComparingInt(this::rank)
          .thenComparing(Change::id)
          .thenComparing(Change::address);

  private final Map<String, Change> byAddress = new HashMap<>();
  private final Map<ResourceId, Change> makers = new HashMap<>();
  private final Map<ResourceId, Change> leavers = new HashMap<>();
  private final Map<String, Change> conflicts = new HashMap<>();

  /** What becomes of devices that stay, by what they are called before. */
  private final Map<ResourceId, Change> changers = new HashMap<>();

  /** Changes that connect a namespace to a network: addresses, and routes without a gateway. */
  private final Map<String, Map<Integer, Map<Prefix, List<Change>>>> networks = new HashMap<>();

  /** Those of them that a gateway needs; thousands of routes often have one gateway. */
  private final Map<String, Map<String, List<Change>>> connecting = new HashMap<>();

  /** Of the embedded switch: changes of ports by bridge, and the bridges of internal ports. */
  private final Map<String, List<Change>> bridgePorts = new HashMap<>();

  private final Map<String, String> internalPorts = new HashMap<>();

  private final Set<String> decided;

  private final Map<ResourceId, List<Change>> leavingDevices = new HashMap<>();
  private final Map<String, Set<String>> given;
  private final LiveState live;
  private final Map<String, Set<String>> before = new HashMap<>();

  Order(List<Change> changes, Map<String, Set<String>> given, LiveState live) {
    this.given = given;
    this.live = live;
    live.ofType(ResourceType.PORT).forEach(this::internal);
    for (Change change : changes) {
      byAddress.put(change.address(), change);
      index(change);
    }
    decided = decided();
  }

  /** Ends the address of a step by which a device gets out of the way of others, and no more. */
  private static final String ASIDE = " (aside)";

  private int rank(Change change) {
    int rank = change.id().type().rank();
    return breaks(change) ? -rank : rank;
  }

  /** Whether it comes after all that is made. */
  private boolean breaks(Change change) {
    ResourceId id = change.id();
    return change instanceof Change.Delete
        && !(id.type() == ResourceType.FLOW && decided.contains(FlowText.bridge(id)));
  }

  /** Bridges of the embedded switch that have flows when all is done. */
  private Set<String> decided() {
    Set<String> bridges = new HashSet<>();
    makers.keySet().forEach(each -> decided(each, bridges));
    for (Resource each : live.ofType(ResourceType.FLOW)) {
      if (!leavers.containsKey(each.id())) {
        decided(each.id(), bridges);
      }
    }
    return bridges;
  }

  private static void decided(ResourceId id, Set<String> bridges) {
    if (id.type() == ResourceType.FLOW) {
      bridges.add(FlowText.bridge(id));
    }
  }

  private void index(Change change) {
    ResourceId id = change.id();
    if (!(change instanceof Change.Delete)) {
      makers.put(id, change);
      if (id.type() == ResourceType.PORT) {
        internal(wanted(change));
        bridgePorts.computeIfAbsent(PortText.bridge(id), key -> new ArrayList<>()).add(change);
      }
      Prefix network = connects(change);
      if (network != null) {
        networks
            .computeIfAbsent(id.namespace(), key -> new HashMap<>())
            .computeIfAbsent(network.length(), key -> new HashMap<>())
            .computeIfAbsent(network, key -> new ArrayList<>())
            .add(change);
      }
    }
    Resource left = leaves(change);
    // A name that a device only has for a moment, on its way aside, is in nobody's way.
    if (left != null && live.has(left.id())) {
      leavers.put(left.id(), change);
      String conflict = conflict(left);
      if (conflict != null) {
        conflicts.put(conflict, change);
      }
    }
    Resource previous = change.before();
    if (previous != null && previous.id().type() == ResourceType.DEVICE) {
      if (!(change instanceof Change.Delete)) {
        Change first = byAddress.getOrDefault(change.address() + ASIDE, change);
        changers.put(Objects.requireNonNull(first.before()).id(), change);
      }
      for (String on : List.of(previous.get("master"), previous.get("parent"))) {
        if (!on.isEmpty()) {
          leavingDevices
              .computeIfAbsent(
                  ResourceId.deviceIn(previous.id().namespace(), on), key -> new ArrayList<>())
              .add(change);
        }
      }
    }
  }

  private void internal(Resource port) {
    if (port.get("type").equals("internal")) {
      internalPorts.put(port.get("device"), PortText.bridge(port.id()));
    }
  }

  private static @Nullable Prefix connects(Change change) {
    ResourceId id = change.id();
    if (id.type() == ResourceType.ADDRESS) {
      return AddressText.network(id.key());
    }
    boolean direct = id.type() == ResourceType.ROUTE && RouteText.isDirect(wanted(change));
    return direct ? Prefix.parse(RouteText.destination(id)) : null;
  }

  /** The live resource whose place the change frees, or null. */
  private @Nullable Resource leaves(Change change) {
    Resource previous = change.before();
    // What is not there yet is a place that a device of a circle takes for a moment.
    boolean stays =
        previous == null
            || !live.has(previous.id())
            || (change instanceof Change.Modify && previous.id().equals(change.id()));
    return stays ? null : previous;
  }

  private static @Nullable String conflict(Resource device) {
    return device.id().type() == ResourceType.DEVICE ? DeviceKinds.conflict(device) : null;
  }

  List<Change> sorted() {
    for (Change change : byAddress.values()) {
      before.put(change.address(), prerequisites(change));
    }
    // Compared once, and from then on by the place this gives.
    List<Change> ranked = new ArrayList<>(byAddress.values());
    ranked.sort(free);
    int[] open = new int[ranked.size()];
    Map<String, List<Integer>> next = new HashMap<>();
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int place = 0; place < open.length; place++) {
      Set<String> needed = before.getOrDefault(ranked.get(place).address(), Set.of());
      open[place] = needed.size();
      for (String address : needed) {
        next.computeIfAbsent(address, key -> new ArrayList<>()).add(place);
      }
      if (needed.isEmpty()) {
        ready.add(place);
      }
    }
    Map<String, Change> sorted = new LinkedHashMap<>();
    while (sorted.size() < open.length) {
      Integer place = ready.poll();
      if (place == null) {
        Set<String> left = new HashSet<>(byAddress.keySet());
        left.removeAll(sorted.keySet());
        return withCycleBroken(left);
      }
      Change change = ranked.get(place);
      List<String> waitsFor = List.copyOf(before.getOrDefault(change.address(), Set.of()));
      sorted.put(change.address(), change.waitingFor(waitsFor));
      for (int following : next.getOrDefault(change.address(), List.of())) {
        if (--open[following] == 0) {
          ready.add(following);
        }
      }
    }
    return new ArrayList<>(sorted.values());
  }

  private Set<String> prerequisites(Change change) {
    Set<String> needed = new LinkedHashSet<>();
    for (String address : given.getOrDefault(change.address(), Set.of())) {
      if (byAddress.containsKey(address)) {
        needed.add(address);
      }
    }
    if (change instanceof Change.Delete delete) {
      beforeDeleting(delete, needed);
    } else {
      ResourceId id = change.id();
      need(needed, makers.get(ResourceId.namespaceNamed(id.namespace())));
      switch (id.type()) {
        case DEVICE -> beforeDevice(change, needed);
        case VLANS, FDB, ADDRESS -> need(needed, makers.get(id.ofDevice()));
        case SYSCTL ->
            need(needed, makers.get(ResourceId.deviceIn(id.namespace(), SysctlText.device(id))));
        case ROUTE -> beforeRoute(wanted(change), needed);
        case PORT -> beforePort(wanted(change), needed);
        case FLOW, GROUP, METER -> need(needed, makers.get(ResourceId.bridge(FlowText.bridge(id))));
        default -> {}
      }
    }
    needed.remove(change.address());
    return needed;
  }

  private static void need(Set<String> needed, @Nullable Change change) {
    if (change != null) {
      needed.add(change.address());
    }
  }

  private static Resource wanted(Change change) {
    if (change instanceof Change.Create create) {
      return create.wanted();
    }
    if (change instanceof Change.Modify modify) {
      return modify.wanted();
    }
    return ((Change.Recreate) change).wanted();
  }

  private void beforeDevice(Change change, Set<String> needed) {
    Resource device = wanted(change);
    String namespace = device.id().namespace();
    boolean stays = change.address().endsWith(ASIDE); // with what it is on, made anew or not
    for (String under : List.of("master", "parent")) {
      if (!stays && !device.get(under).isEmpty()) {
        need(needed, makers.get(ResourceId.deviceIn(namespace, device.get(under))));
      }
    }
    need(needed, leavers.get(device.id()));
    need(needed, releaser(change));
    String conflict = conflict(device);
    if (conflict != null) {
      need(needed, conflicts.get(conflict));
    }
    boolean makesPair = device.get("kind").equals("veth") && !(change instanceof Change.Modify);
    if (makesPair) {
      ResourceId peer = PeerText.parse(device.get("peer"));
      need(needed, makers.get(ResourceId.namespaceNamed(peer.namespace())));
      if (PeerText.nearEnd(change.address()) != null) {
        // The near end makes both.
        need(needed, makers.get(peer));
      } else {
        need(needed, remover(change, device.id()));
        need(needed, remover(change, peer));
        needed.remove(PeerText.farEnd(change.address()));
      }
    }
    if (change instanceof Change.Recreate recreate) {
      // Steps say of their master the name that this has when all is done.
      for (ResourceId name : new LinkedHashSet<>(List.of(recreate.live().id(), recreate.id()))) {
        for (Change off : leavingDevices.getOrDefault(name, List.of())) {
          if (off instanceof Change.Delete || leavesForGood(off)) {
            need(needed, off);
          }
        }
      }
    }
  }

  /** The change of a master that lets this device go first, and down where it is a bond. */
  private @Nullable Change releaser(Change change) {
    Resource previous = change.before();
    Resource there = previous == null ? null : live.find(previous.id());
    if (there == null || !masterBefore(change).isEmpty()) {
      return null;
    }
    return changers.get(ResourceId.deviceIn(there.id().namespace(), there.get("master")));
  }

  private static String masterBefore(Change change) {
    for (FieldChange field : change.fields()) {
      if (field.name().equals("master")) {
        return field.before();
      }
    }
    return wanted(change).get("master");
  }

  private static boolean leavesForGood(Change port) {
    return port instanceof Change.Modify modify
        && modify.changes("master")
        && modify.wanted().get("master").isEmpty();
  }

  /** What frees this name for the pair that the change makes: often it removes the old pair. */
  private @Nullable Change remover(Change change, ResourceId name) {
    Change leaver = leavers.get(name);
    if (leaver == null
        || (leaver != change && !leaver.address().equals(PeerText.farEnd(change.address())))) {
      return leaver;
    }
    Resource old = leaver.before();
    return old == null || !old.get("kind").equals("veth")
        ? null
        : leavers.get(PeerText.parse(old.get("peer")));
  }

  private void beforePort(Resource port, Set<String> needed) {
    need(needed, makers.get(ResourceId.bridge(PortText.bridge(port.id()))));
    for (String device : PortText.devices(port)) {
      need(needed, makers.get(ResourceId.deviceIn("", device)));
    }
  }

  private void beforeRoute(Resource route, Set<String> needed) {
    String namespace = route.id().namespace();
    for (String device : RouteText.devices(route)) {
      need(needed, makers.get(ResourceId.deviceIn(namespace, device)));
      beforeRouteBy(namespace, device, needed);
    }
    Map<Integer, Map<Prefix, List<Change>>> made = networks.getOrDefault(namespace, Map.of());
    if (made.isEmpty()) {
      return;
    }
    List<String> hosts = new ArrayList<>(RouteText.gateways(route));
    if (!route.get("source").isEmpty()) {
      hosts.add(route.get("source"));
    }
    for (String host : hosts) {
      connecting
          .computeIfAbsent(namespace, key -> new HashMap<>())
          .computeIfAbsent(host, key -> connecting(key, made))
          .forEach(
              change -> {
                need(needed, change);
                beforeRouteBy(namespace, change.id().device(), needed);
              });
    }
  }

  /** A way by an internal port leads nowhere before its bridge has its ports. */
  private void beforeRouteBy(String namespace, String device, Set<String> needed) {
    String bridge = namespace.isEmpty() ? internalPorts.get(device) : null;
    if (bridge != null) {
      bridgePorts.getOrDefault(bridge, List.of()).forEach(port -> need(needed, port));
    }
  }

  /** The changes that connect the namespace to a network which the host is in. */
  private static List<Change> connecting(
      String host, Map<Integer, Map<Prefix, List<Change>>> networks) {
    IpAddress address = IpAddress.parse(host);
    List<Change> connecting = new ArrayList<>();
    networks.forEach(
        (length, changes) -> {
          if (length <= address.family().bits()) {
            Prefix network = new Prefix(address, length).network();
            connecting.addAll(changes.getOrDefault(network, List.of()));
          }
        });
    return connecting;
  }

  private void beforeDeleting(Change.Delete delete, Set<String> needed) {
    ResourceId id = delete.id();
    if (id.type() == ResourceType.DEVICE) {
      for (Change off : leavingDevices.getOrDefault(id, List.of())) {
        need(needed, off);
      }
      if (delete.implied() && delete.live().get("kind").equals("veth")) {
        need(needed, leavers.get(PeerText.parse(delete.live().get("peer"))));
      }
    } else if (delete.implied()) {
      return; // it goes when that goes which it is on, as it was told
    } else if (!id.device().isEmpty()) {
      // Named as it will be when its device is renamed.
      need(needed, makers.get(id.ofDevice()));
    } else if (id.type() == ResourceType.ROUTE) {
      for (String device : RouteText.devices(delete.live())) {
        need(needed, makers.get(ResourceId.deviceIn(id.namespace(), device)));
      }
    } else if (id.type() == ResourceType.NAMESPACE) {
      for (Change change : byAddress.values()) {
        Resource previous = change.before();
        if (previous != null && previous.id().namespace().equals(id.key())) {
          needed.add(change.address());
        }
      }
    }
  }

  /** Takes one device of a circle out of the way first: renames it, or removes it early. */
  private List<Change> withCycleBroken(Set<String> open) {
    List<String> circle = inCircles(open);
    for (String address : circle) {
      if (byAddress.get(address) instanceof Change.Modify modify
          && !address.endsWith(ASIDE)
          && modify.id().type() == ResourceType.DEVICE
          && live.has(modify.live().id())
          && !modify.live().id().equals(modify.id())) {
        ResourceId aside = aside(modify.live().id());
        Resource there = new Resource(aside, modify.live().owner(), modify.live().fields());
        Change.Modify first =
            new Change.Modify(
                modify.address() + ASIDE,
                modify.live(),
                there,
                List.of(new FieldChange("device", modify.live().id().device(), aside.device())),
                List.of(),
                modify.disruption());
        Change.Modify second =
            new Change.Modify(
                modify.address(),
                there,
                modify.wanted(),
                modify.fields(),
                List.of(),
                modify.disruption());
        List<Change> changes = new ArrayList<>(byAddress.values());
        changes.remove(modify);
        changes.add(first);
        changes.add(second);
        Map<String, Set<String>> more = new HashMap<>(given);
        more.put(second.address(), Set.of(first.address()));
        return new Order(changes, more, live).sorted();
      }
    }
    for (String address : circle) {
      if (byAddress.get(address) instanceof Change.Recreate recreate) {
        Change.Delete first =
            new Change.Delete(
                address + " (first)", recreate.live(), false, List.of(), recreate.disruption());
        List<Change> changes = new ArrayList<>(byAddress.values());
        changes.remove(recreate);
        changes.add(first);
        changes.add(
            new Change.Create(address, recreate.wanted(), List.of(), recreate.disruption()));
        return new Order(changes, goingWith(first.address(), address), live).sorted();
      }
    }
    throw new IllegalStateException("these changes wait for each other: " + circle);
  }

  /** What goes along with a device goes with the step that removes it, not with the other one. */
  private Map<String, Set<String>> goingWith(String removal, String whole) {
    Map<String, Set<String>> edges = new HashMap<>(given);
    given.forEach(
        (address, earlier) -> {
          if (earlier.contains(whole)
              && byAddress.get(address) instanceof Change.Delete delete
              && delete.implied()) {
            Set<String> other = new TreeSet<>(earlier);
            other.remove(whole);
            other.add(removal);
            edges.put(address, other);
          }
        });
    return edges;
  }

  /** Of what is left, that which does not just wait for a circle; in the order of addresses. */
  private List<String> inCircles(Set<String> open) {
    TreeSet<String> left = new TreeSet<>(open);
    boolean settled;
    do {
      Set<String> waitedFor = new HashSet<>();
      left.forEach(address -> waitedFor.addAll(before.getOrDefault(address, Set.of())));
      settled = !left.retainAll(waitedFor);
    } while (!settled);
    return List.copyOf(left);
  }

  private ResourceId aside(ResourceId device) {
    for (int i = 0; ; i++) {
      ResourceId free = ResourceId.deviceIn(device.namespace(), "plumb" + i);
      if (!live.has(free) && !makers.containsKey(free)) {
        return free;
      }
    }
  }
}
