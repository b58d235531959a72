// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.kind.DeviceField;
import dev.plumbline.reconciler.kind.DeviceField.How;
import dev.plumbline.reconciler.kind.DeviceKind;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.RouteText.Hop;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.Prefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A small model of what the kernel does with the changes of a plan: what it refuses, and what it
 * removes along with something else. It holds what docs/kernel-facts.md says, and no more of it
 * than plans depend on. One thread.
 */
final class ModelKernel {
  /** The kernel refuses a change. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(Change change, String why) {
      super(change.action().label() + " " + change.address() + ": " + why);
    }
  }

  private final Capabilities capabilities;
  private final SortedMap<ResourceId, Resource> all = new TreeMap<>();

  /** What was there at first: a route that is put back in case it is lost is replaced. */
  private final Set<ResourceId> atFirst = new HashSet<>();

  /** Whom bonds will prefer once it is a member: what the applier tells them then. */
  private final Map<ResourceId, String> primaries = new HashMap<>();

  /** Veths that came with their other half, before the plan names them. */
  private final Set<ResourceId> madeWithMate = new HashSet<>();

  ModelKernel(LiveState live) {
    this.capabilities = live.capabilities();
    all.putAll(live.byId());
    atFirst.addAll(all.keySet());
    devices().forEach(device -> fill(device.id()));
    devices().forEach(device -> fillVlans(device.id()));
    all.values().stream()
        .filter(each -> each.id().type() == ResourceType.ADDRESS)
        .forEach(each -> all.put(each.id(), address(each)));
    all.values().stream()
        .filter(each -> each.id().type() == ResourceType.ROUTE)
        .forEach(each -> all.put(each.id(), route(each, each.get("dev"))));
  }

  LiveState state() {
    return new LiveState("host", capabilities, all.values(), Map.of());
  }

  /** Takes all steps of a plan; throws {@link Refused} at the first that the kernel refuses. */
  ModelKernel apply(Plan plan) {
    plan.changes().forEach(this::take);
    return this;
  }

  private void take(Change change) {
    switch (change.id().type()) {
      case NAMESPACE -> namespace(change);
      case DEVICE -> device(change);
      case ADDRESS -> address(change);
      case ROUTE -> route(change);
      default -> plain(change);
    }
  }

  private void namespace(Change change) {
    if (change instanceof Change.Create create) {
      refuse(change, all.containsKey(change.id()), "it is there");
      all.put(change.id(), create.wanted());
      ResourceId lo = ResourceId.deviceIn(change.id().key(), "lo");
      all.put(lo, new Resource(lo, null, Map.of("kind", "")));
      fill(lo);
    } else {
      String name = change.id().key();
      for (Resource each : List.copyOf(all.values())) {
        if (each.id().namespace().equals(name)) {
          boolean guest =
              each.id().type() == ResourceType.DEVICE && !each.id().device().equals("lo");
          refuse(change, guest, each.id() + " would go down with it");
          all.remove(each.id());
        }
      }
      all.remove(change.id());
    }
  }

  private void plain(Change change) {
    if (!change.id().device().isEmpty() && !(change instanceof Change.Delete)) {
      need(change, change.id().ofDevice());
    }
    if (change instanceof Change.Delete) {
      all.remove(change.id());
    } else {
      boolean there = all.containsKey(change.id());
      refuse(
          change, change instanceof Change.Create && there && isExclusive(change), "it is there");
      refuse(change, change instanceof Change.Modify && !there, "it is not there");
      needNamespace(change);
      all.put(change.id(), wanted(change));
    }
  }

  private static boolean isExclusive(Change change) {
    ResourceType type = change.id().type();
    return type == ResourceType.RULE || type == ResourceType.ROUTE;
  }

  // Devices

  private void device(Change change) {
    if (change instanceof Change.Create create) {
      create(change, create.wanted());
    } else if (change instanceof Change.Recreate recreate) {
      if (!madeWithMate.contains(recreate.live().id())) {
        remove(recreate.live().id());
      }
      create(change, recreate.wanted());
    } else if (change instanceof Change.Modify modify) {
      modify(modify);
    } else {
      remove(change.id());
    }
  }

  private void create(Change change, Resource wanted) {
    needNamespace(change);
    ResourceId id = wanted.id();
    if (!madeWithMate.remove(id)) {
      refuse(change, all.containsKey(id), "the name is taken");
      noConflict(change, wanted);
      if (wanted.get("kind").equals("veth")) {
        ResourceId mate = PeerText.parse(wanted.get("peer"));
        refuse(change, all.containsKey(mate), "the peer's name is taken");
        refuse(change, !namespaceIsThere(mate.namespace()), "the peer's namespace is missing");
        Map<String, String> half = Map.of("kind", "veth", "peer", PeerText.of(id), "up", "false");
        all.put(mate, new Resource(mate, null, half));
        fill(mate);
        madeWithMate.add(mate);
      }
    }
    needUnder(change, wanted);
    all.put(id, wanted.with("up", wanted.has("up") ? wanted.get("up") : "false"));
    fill(id);
    fillVlans(id);
    prefer(id);
  }

  private void modify(Change.Modify change) {
    ResourceId from = change.live().id();
    ResourceId to = change.wanted().id();
    need(change, from);
    Resource before = Objects.requireNonNull(all.get(from));
    boolean moves = !from.namespace().equals(to.namespace());
    refuse(change, !from.equals(to) && all.containsKey(to), "the name is taken");
    refuse(change, !namespaceIsThere(to.namespace()), "the namespace is missing");
    if (change.fields().stream().anyMatch(field -> how(before, field.name()) == How.NEEDS_EMPTY)) {
      ports(from).forEach(port -> release(port.id()));
    }
    if (moves) {
      strip(from);
      release(from);
    } else if (goesDown(change, before)) {
      down(from);
    }
    if (!from.equals(to)) {
      rename(from, to);
    }
    Resource here = Objects.requireNonNull(all.get(to));
    if (change.changes("master")) {
      release(to);
      here = Objects.requireNonNull(all.get(to));
    }
    for (FieldChange field : change.fields()) {
      if (!Set.of("device", "namespace", "owner").contains(field.name())) {
        refuse(
            change,
            how(before, field.name()) == How.RECREATE,
            field.name() + " can not be changed");
        here = here.with(field.name(), field.after());
      }
    }
    needUnder(change, here);
    all.put(to, here.withOwner(change.wanted().owner()));
    fill(to);
    fillVlans(to);
    prefer(to);
  }

  /** A bond prefers only who is a member of it. */
  private void prefer(ResourceId id) {
    Resource device = Objects.requireNonNull(all.get(id));
    String primary = device.get("primary");
    ResourceId member = ResourceId.deviceIn(id.namespace(), primary);
    boolean isMember = all.containsKey(member) && all.get(member).get("master").equals(id.device());
    if (!primary.isEmpty() && !isMember) {
      primaries.put(id, primary);
      all.put(id, device.with("primary", ""));
    }
    ResourceId bond = ResourceId.deviceIn(id.namespace(), device.get("master"));
    if (id.device().equals(primaries.get(bond))) {
      all.put(bond, Objects.requireNonNull(all.get(bond)).with("primary", id.device()));
    }
  }

  private static How how(Resource device, String field) {
    DeviceField known = DeviceKinds.field(device.get("kind"), field);
    return known == null ? How.IN_PLACE : known.change();
  }

  private boolean goesDown(Change.Modify change, Resource device) {
    if (device.get("up").equals("false")) {
      return false;
    }
    for (FieldChange field : change.fields()) {
      How how = how(device, field.name());
      String namespace = device.id().namespace();
      boolean down =
          switch (field.name()) {
            case "up" -> true;
            case "device" -> !capabilities.liveRename();
            case "master" ->
                downs(namespace, device.get("master")) || downs(namespace, field.after());
            default -> how == How.NEEDS_DOWN || how == How.NEEDS_EMPTY;
          };
      if (down) {
        return true;
      }
    }
    return false;
  }

  private boolean downs(String namespace, String master) {
    Resource device = all.get(ResourceId.deviceIn(namespace, master));
    return device != null && Set.of("bond", "vrf").contains(device.get("kind"));
  }

  /** Routes and IPv6 addresses go; VLAN devices go down as well. */
  private void down(ResourceId id) {
    dropRoutes(id, route -> true);
    removeIf(each -> isAddressOn(each, id) && each.id().key().contains(":"));
    for (Resource upper : uppers(id)) {
      if (upper.get("kind").equals("vlan")) {
        down(upper.id());
      }
    }
  }

  private void remove(ResourceId id) {
    Resource device = all.get(id);
    if (device == null) {
      return;
    }
    strip(id);
    all.remove(id);
    if (device.get("kind").equals("veth")) {
      Resource mate = all.get(PeerText.parse(device.get("peer")));
      if (mate != null) {
        remove(mate.id());
      }
    }
  }

  /** All that hangs on a device that goes, or moves to another namespace. */
  private void strip(ResourceId id) {
    uppers(id).forEach(upper -> remove(upper.id()));
    ports(id).forEach(port -> release(port.id()));
    dropRoutes(id, route -> true);
    removeIf(
        each ->
            each.id().type() != ResourceType.DEVICE
                && !each.id().device().isEmpty()
                && each.id().ofDevice().equals(id));
  }

  private void release(ResourceId port) {
    Resource device = Objects.requireNonNull(all.get(port));
    if (downs(port.namespace(), device.get("master"))) {
      down(port);
    }
    SortedMap<String, String> fields = new TreeMap<>(device.fields());
    fields.keySet().removeIf(name -> name.startsWith("port."));
    fields.put("master", "");
    all.put(port, new Resource(port, device.owner(), fields));
    if (!device.get("kind").equals("bridge")) {
      all.remove(ResourceId.vlans(port.namespace(), port.device()));
    }
  }

  private void rename(ResourceId from, ResourceId to) {
    for (Resource each : List.copyOf(all.values())) {
      ResourceId id = each.id();
      if (id.equals(from)) {
        all.remove(id);
        all.put(to, each.withId(to));
      } else if (id.type() == ResourceType.ROUTE) {
        if (id.namespace().equals(from.namespace())) {
          all.put(id, RouteText.renamed(each, from.device(), to.device()));
        }
      } else if (id.type() == ResourceType.DEVICE) {
        Resource changed = each;
        for (String field : List.of("master", "parent", "primary")) {
          boolean here = id.namespace().equals(from.namespace());
          if (here && each.get(field).equals(from.device())) {
            changed = changed.with(field, to.device());
          }
        }
        if (each.get("kind").equals("veth") && PeerText.parse(each.get("peer")).equals(from)) {
          changed = changed.with("peer", PeerText.of(to));
        }
        all.put(id, changed);
      } else if (!id.device().isEmpty() && id.ofDevice().equals(from)) {
        all.remove(id);
        Resource moved = each.withId(id.onDevice(to.device()));
        all.put(moved.id(), moved);
      }
    }
  }

  private void needUnder(Change change, Resource device) {
    for (String under : List.of("master", "parent")) {
      if (!device.get(under).isEmpty()) {
        need(change, ResourceId.deviceIn(device.id().namespace(), device.get(under)));
      }
    }
  }

  private void noConflict(Change change, Resource wanted) {
    DeviceKind kind = DeviceKinds.of(wanted.get("kind"));
    String key = kind == null ? null : kind.conflict().apply(wanted);
    for (Resource other : devices()) {
      boolean same =
          key != null
              && other.id().namespace().equals(wanted.id().namespace())
              && other.get("kind").equals(wanted.get("kind"))
              && key.equals(Objects.requireNonNull(kind).conflict().apply(other));
      refuse(change, same, "it clashes with " + other.id());
    }
  }

  /** What a device has that nobody named: what the kernel gives it. */
  private void fill(ResourceId id) {
    Resource device = Objects.requireNonNull(all.get(id));
    Map<String, String> fields = new TreeMap<>();
    fields.putAll(Map.of("kind", "", "up", "true", "master", "", "mtu", "1500"));
    fields.putAll(Map.of("txQueueLength", "1000", "mac", "52:54:00:00:00:01"));
    String kind = device.get("kind");
    DeviceKind known = DeviceKinds.of(kind);
    if (known != null) {
      known.fields().forEach(field -> byDefault(fields, field, unnamed(kind, field.name())));
    }
    Resource master = all.get(ResourceId.deviceIn(id.namespace(), device.get("master")));
    DeviceKind over = master == null ? null : DeviceKinds.of(master.get("kind"));
    if (over != null) {
      over.portFields().forEach(field -> byDefault(fields, field, "2"));
    }
    device.fields().forEach(fields::put);
    if (over == null) {
      fields.keySet().removeIf(name -> name.startsWith("port."));
    }
    all.put(id, new Resource(id, device.owner(), fields));
  }

  private static void byDefault(Map<String, String> fields, DeviceField field, String other) {
    String value = field.kernelDefault();
    fields.put(field.name(), value == null ? other : value);
  }

  private static String unnamed(String kind, String field) {
    return switch (kind + " " + field) {
      case "bond mode" -> "balance-rr";
      case "bond miimon" -> "0s";
      case "vlan protocol" -> "802.1Q";
      case "vxlan port" -> "8472";
      case "geneve port" -> "6081";
      case "vxlan checksum", "geneve checksum" -> "false";
      default -> field.equals("checksum") ? "false" : "";
    };
  }

  private void fillVlans(ResourceId id) {
    Resource device = Objects.requireNonNull(all.get(id));
    List<Resource> members = new ArrayList<>(ports(id));
    members.add(device);
    Resource master = all.get(ResourceId.deviceIn(id.namespace(), device.get("master")));
    for (Resource member : members) {
      Resource bridge = member.equals(device) && master != null ? master : device;
      ResourceId vlans = ResourceId.vlans(id.namespace(), member.id().device());
      if (!bridge.get("vlanFiltering").equals("true")) {
        all.remove(vlans);
      } else if (!all.containsKey(vlans)) {
        String pvid = bridge.get("defaultPvid");
        String text = pvid.equals("0") ? "" : pvid + " pvid untagged";
        all.put(vlans, new Resource(vlans, null, Map.of("vlans", text)));
      }
    }
  }

  // Addresses

  private void address(Change change) {
    Resource going =
        change instanceof Change.Recreate recreate
            ? recreate.live()
            : change instanceof Change.Delete delete ? delete.live() : null;
    if (going != null && all.containsKey(going.id())) {
      dropAddress(all.get(going.id()), change instanceof Change.Delete);
    }
    if (change instanceof Change.Delete) {
      return;
    }
    Resource wanted = wanted(change);
    need(change, change.id().ofDevice());
    Resource before = all.get(change.id());
    if (before != null && !change.id().key().contains(":")) {
      // Replacing an IPv4 address silently keeps these.
      for (String kept : List.of("label", "broadcast", "scope", "noPrefixRoute")) {
        wanted = wanted.with(kept, before.get(kept));
      }
    }
    for (Resource other : addresses(change.id().ofDevice())) {
      boolean clash =
          !other.id().equals(change.id())
              && change.id().key().contains(":")
              && AddressText.local(other.id().key()).equals(AddressText.local(change.id().key()));
      refuse(change, clash, "IPv6 has the address already, as " + other.id());
    }
    all.remove(change.id());
    all.put(change.id(), address(wanted));
  }

  private Resource address(Resource wanted) {
    boolean ipv6 = wanted.id().key().contains(":");
    Map<String, String> fields = new TreeMap<>();
    fields.putAll(Map.of("broadcast", "", "scope", "global", "metric", ""));
    fields.putAll(Map.of("noPrefixRoute", "false", "noDad", "false", "dynamic", "false"));
    fields.putAll(Map.of("validLifetime", "forever", "preferredLifetime", "forever"));
    fields.put("label", ipv6 ? "" : wanted.id().device());
    fields.putAll(wanted.fields());
    for (String lifetime : List.of("validLifetime", "preferredLifetime")) {
      if (!Set.of("forever", "0s").contains(fields.get(lifetime))) {
        fields.put(lifetime, "running");
      }
    }
    boolean secondary =
        addresses(wanted.id().ofDevice()).stream()
            .anyMatch(
                other ->
                    !other.id().equals(wanted.id())
                        && sameNetwork(other, wanted)
                        && primary(other));
    fields.put("secondary", String.valueOf(!ipv6 && secondary));
    return new Resource(wanted.id(), wanted.owner(), fields);
  }

  private static boolean primary(Resource address) {
    return !address.get("secondary").equals("true");
  }

  private static boolean sameNetwork(Resource one, Resource other) {
    return AddressText.network(one.id().key()).equals(AddressText.network(other.id().key()));
  }

  /**
   * @param promotes as the applier lets the kernel do when it deletes an address
   */
  private void dropAddress(Resource address, boolean promotes) {
    all.remove(address.id());
    ResourceId device = address.id().ofDevice();
    boolean ipv6 = address.id().key().contains(":");
    if (promotes && !ipv6 && primary(address)) {
      addresses(device).stream()
          .filter(each -> sameNetwork(each, address))
          .findFirst()
          .ifPresent(next -> all.put(next.id(), next.with("secondary", "false")));
    } else if (!ipv6 && primary(address)) {
      removeIf(each -> isAddressOn(each, device) && sameNetwork(each, address));
    }
    boolean last = addresses(device).stream().allMatch(each -> each.id().key().contains(":"));
    if (!ipv6 && last) {
      dropRoutes(device, route -> !RouteText.destination(route.id()).contains(":"));
    }
  }

  // Routes

  private void route(Change change) {
    if (change instanceof Change.Delete) {
      all.remove(change.id());
      return;
    }
    boolean again = all.containsKey(change.id()) && !atFirst.contains(change.id());
    refuse(change, change instanceof Change.Create && again, "it is there");
    needNamespace(change);
    Resource wanted = wanted(change);
    for (String device : RouteText.devices(wanted)) {
      ResourceId id = ResourceId.deviceIn(change.id().namespace(), device);
      need(change, id);
      refuse(change, !isUp(id), id + " is down");
    }
    String dev = wanted.get("dev");
    for (String gateway : RouteText.gateways(wanted)) {
      Set<String> ways = ways(change.id().namespace(), gateway);
      refuse(change, ways.isEmpty(), gateway + " is on no connected network");
      refuse(change, !dev.isEmpty() && !ways.contains(dev), gateway + " is not behind " + dev);
      dev = dev.isEmpty() && wanted.get("nextHops").isEmpty() ? ways.iterator().next() : dev;
    }
    boolean mixed = !wanted.get("nextHops").isEmpty() && !dev.isEmpty();
    refuse(change, mixed, "one way and several ways");
    all.put(change.id(), route(wanted, dev));
  }

  /** The devices by which a gateway can be reached. */
  private Set<String> ways(String namespace, String gateway) {
    IpAddress target = IpAddress.parse(gateway);
    Set<String> ways = new java.util.LinkedHashSet<>();
    for (Resource each : all.values()) {
      ResourceId id = each.id();
      if (!id.namespace().equals(namespace)) {
        continue;
      }
      if (id.type() == ResourceType.ADDRESS
          && isUp(id.ofDevice())
          && AddressText.network(id.key()).contains(target)) {
        ways.add(id.device());
      }
      boolean direct = id.type() == ResourceType.ROUTE && RouteText.gateways(each).isEmpty();
      if (direct && Prefix.parse(RouteText.destination(id)).contains(target)) {
        ways.addAll(RouteText.devices(each));
      }
    }
    return ways;
  }

  private Resource route(Resource wanted, String dev) {
    Map<String, String> fields = new TreeMap<>();
    boolean ipv6 = RouteText.destination(wanted.id()).contains(":");
    boolean direct = !dev.isEmpty() && wanted.get("via").isEmpty();
    for (String name : List.of("via", "nextHops", "source", "mtu", "advmss", "initcwnd")) {
      fields.put(name, "");
    }
    fields.putAll(Map.of("initrwnd", "", "hopLimit", "", "type", "unicast", "onlink", "false"));
    fields.put("scope", ipv6 ? "" : direct ? "link" : "global");
    fields.put("protocol", wanted.isOurs() ? "plumbline" : "boot");
    fields.putAll(wanted.fields());
    fields.put("dev", dev);
    if (!fields.getOrDefault("nextHops", "").isEmpty()) {
      List<Hop> hops = new ArrayList<>();
      for (Hop hop : RouteText.hops(wanted)) {
        Set<String> ways =
            hop.dev().isEmpty() ? ways(wanted.id().namespace(), hop.via()) : Set.of(hop.dev());
        String way = ways.isEmpty() ? "" : ways.iterator().next();
        hops.add(new Hop(hop.via(), way, hop.weight(), hop.onlink()));
      }
      fields.put("nextHops", RouteText.hops(hops));
    }
    return new Resource(wanted.id(), wanted.owner(), fields);
  }

  private void dropRoutes(ResourceId device, Predicate<Resource> which) {
    removeIf(
        each ->
            each.id().type() == ResourceType.ROUTE
                && each.id().namespace().equals(device.namespace())
                && RouteText.devices(each).contains(device.device())
                && which.test(each));
  }

  // Small things

  private List<Resource> devices() {
    return all.values().stream().filter(r -> r.id().type() == ResourceType.DEVICE).toList();
  }

  private List<Resource> ports(ResourceId master) {
    return on(master, "master");
  }

  private List<Resource> uppers(ResourceId parent) {
    return on(parent, "parent");
  }

  private List<Resource> on(ResourceId under, String field) {
    return devices().stream()
        .filter(each -> each.id().namespace().equals(under.namespace()))
        .filter(each -> each.get(field).equals(under.device()))
        .toList();
  }

  private List<Resource> addresses(ResourceId device) {
    return all.values().stream().filter(each -> isAddressOn(each, device)).toList();
  }

  private static boolean isAddressOn(Resource each, ResourceId device) {
    return each.id().type() == ResourceType.ADDRESS && each.id().ofDevice().equals(device);
  }

  private boolean isUp(ResourceId device) {
    Resource there = all.get(device);
    return there != null && there.get("up").equals("true");
  }

  private void removeIf(Predicate<Resource> which) {
    all.values().removeIf(which);
  }

  private boolean namespaceIsThere(String name) {
    return name.isEmpty() || all.containsKey(ResourceId.namespaceNamed(name));
  }

  private void needNamespace(Change change) {
    String name = change.id().namespace();
    refuse(change, !namespaceIsThere(name), "there is no namespace " + name);
  }

  private void need(Change change, ResourceId id) {
    refuse(change, !all.containsKey(id), "there is no " + id);
  }

  private static void refuse(Change change, boolean condition, String why) {
    if (condition) {
      throw new Refused(change, why);
    }
  }

  private static Resource wanted(Change change) {
    @Nullable Resource wanted =
        change instanceof Change.Create create
            ? create.wanted()
            : change instanceof Change.Modify modify
                ? modify.wanted()
                : change instanceof Change.Recreate recreate ? recreate.wanted() : null;
    return Objects.requireNonNull(wanted);
  }
}
