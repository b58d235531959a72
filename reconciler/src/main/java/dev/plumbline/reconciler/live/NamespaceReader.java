// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.route.Vxlan;
import dev.plumbline.reconciler.kind.DeviceField;
import dev.plumbline.reconciler.kind.DeviceKind;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.kind.Text.Names;
import dev.plumbline.reconciler.resource.Fields;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.VlansText;
import dev.plumbline.reconciler.resource.VlansText.Flags;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads one namespace into resources. */
final class NamespaceReader {
  /**
   * Devices that a tunnel's module puts into every namespace by itself and that can not be deleted
   * (net.core.fb_tunnels_only_for_init_net).
   */
  private static final Set<String> FALLBACKS =
      Set.of(
          "tunl0",
          "gre0",
          "gretap0",
          "erspan0",
          "sit0",
          "ip6tnl0",
          "ip6gre0",
          "ip_vti0",
          "ip6_vti0");

  private static final long MAC_BYTES = 6;

  private final String namespace;
  private final Map<Integer, LinkFacts> links = new LinkedHashMap<>();
  private final Map<String, Integer> byName = new HashMap<>();

  /** Names of devices that went while this was followed, for events that still speak of them. */
  private final Map<Integer, String> departed = new HashMap<>();

  private final Map<Integer, Map<String, String>> fields = new LinkedHashMap<>();
  private final Map<Integer, String> adopted = new HashMap<>();
  private final Layer3 layer3;
  private Map<Integer, List<Resource>> addresses = new HashMap<>();
  private final Map<ResourceId, Resource> routes = new LinkedHashMap<>();

  /** Whether two routes have one identity: then no event tells which of them is meant. */
  private boolean twins;

  private List<Resource> rules = List.of();
  private @Nullable LinkFacts highest;
  private List<Resource> vlans = List.of();
  private List<Resource> remotes = List.of();

  private NamespaceReader(String namespace) {
    this.namespace = namespace;
    this.layer3 = new Layer3(namespace, names(), links);
  }

  static NamespaceReader read(String namespace, RouteSocket socket) throws IOException {
    NamespaceReader reader = new NamespaceReader(namespace);
    List<Link> links = new ArrayList<>(socket.links());
    links.removeIf(NamespaceReader::isFallback);
    // A device names others: all of them first.
    links.forEach(link -> reader.put(LinkFacts.of(link)));
    links.forEach(reader::readDevice);
    reader.readVlans(socket);
    reader.readRemotes(socket);
    reader.addresses = reader.layer3.addresses(socket);
    reader.readRoutes(socket);
    reader.readRules(socket);
    return reader;
  }

  static boolean isFallback(Link link) {
    return FALLBACKS.contains(link.name());
  }

  Layer3 layer3() {
    return layer3;
  }

  Map<Integer, List<Resource>> addresses() {
    return addresses;
  }

  Map<ResourceId, Resource> routes() {
    return routes;
  }

  boolean hasTwinRoutes() {
    return twins;
  }

  List<Resource> rules() {
    return rules;
  }

  /** VLANs of ports, and what VXLAN devices send to. */
  List<Resource> vlansAndRemotes() {
    List<Resource> all = new ArrayList<>(vlans);
    all.addAll(remotes);
    return all;
  }

  void readRoutes(RouteSocket socket) throws IOException {
    routes.clear();
    twins = false;
    for (Resource route : layer3.routes(socket)) {
      twins |= routes.put(route.id(), route) != null;
    }
  }

  void readRules(RouteSocket socket) throws IOException {
    rules = layer3.rules(socket);
  }

  void readVlans(RouteSocket socket) throws IOException {
    vlans = filters() ? vlans(socket) : List.of();
  }

  /** Whether a bridge filters VLANs. */
  private boolean filters() {
    for (LinkFacts link : links.values()) {
      if ("bridge".equals(link.kind())
          && "true".equals(fields.getOrDefault(link.index(), Map.of()).get("vlanFiltering"))) {
        return true;
      }
    }
    return false;
  }

  /** The link with the highest index; null for none. */
  @Nullable LinkFacts highest() {
    LinkFacts known = highest;
    if (known == null) {
      for (LinkFacts link : links.values()) {
        known = known == null || link.index() > known.index() ? link : known;
      }
      highest = known;
    }
    return known;
  }

  void readRemotes(RouteSocket socket) throws IOException {
    boolean vxlan = links.values().stream().anyMatch(link -> "vxlan".equals(link.kind()));
    remotes = vxlan ? layer3.remotes(socket, fields) : List.of();
  }

  /** Takes a link as it is now; what refers to it by name is told by {@link #readDevice}. */
  void put(LinkFacts link) {
    links.put(link.index(), link);
    byName.put(link.name(), link.index());
    if (highest != null && link.index() >= highest.index()) {
      highest = link;
    }
    adopted.remove(link.index());
  }

  /** A link that is gone. */
  void remove(LinkFacts link) {
    links.remove(link.index());
    highest = null;
    byName.remove(link.name(), link.index());
    fields.remove(link.index());
    adopted.remove(link.index());
    departed.put(link.index(), link.name());
  }

  void readDevice(Link link) {
    fields.put(link.index(), Fields.of(device(link)));
  }

  /** The device of an index as a resource; its peer is told by {@link Peers}. */
  Resource resource(LinkFacts link) {
    return new Resource(
        id(link), ownerOf(link.index()), fields.getOrDefault(link.index(), Map.of()));
  }

  /** The index of a device of this name; null for none. */
  @Nullable Integer indexOf(String name) {
    return byName.get(name);
  }

  /** Takes back that an unmarked device is somebody's all the same. */
  void disown(int index) {
    adopted.remove(index);
  }

  /** Forgets the names of those that went. */
  void forgetDeparted() {
    departed.clear();
  }

  /** Who made the namespace; the mark is on its loopback device, the one that is always there. */
  @Nullable String owner() {
    Integer index = byName.get("lo");
    LinkFacts loopback = index == null ? null : links.get(index);
    return loopback == null ? null : LiveReader.ownerOf(loopback);
  }

  Map<Integer, LinkFacts> links() {
    return links;
  }

  /** Who made the device of this index, or null. */
  @Nullable String ownerOf(int index) {
    LinkFacts link = links.get(index);
    return link == null || link.name().equals("lo") ? adopted.get(index) : markOf(link, index);
  }

  private @Nullable String markOf(LinkFacts link, int index) {
    String mark = LiveReader.ownerOf(link);
    return mark != null ? mark : adopted.get(index);
  }

  /** Tells an unmarked device whose it is all the same. */
  void adopt(int index, String owner) {
    adopted.put(index, owner);
  }

  /** Tells the veth of this index who its peer is. */
  void peer(int index, String peer) {
    Map<String, String> device = fields.get(index);
    if (device != null) {
      SortedMap<String, String> told = new TreeMap<>(device);
      told.put("peer", peer);
      fields.put(index, Fields.of(told));
    }
  }

  List<Resource> resources() {
    List<Resource> resources = new ArrayList<>();
    links.values().forEach(link -> resources.add(resource(link)));
    resources.addAll(vlansAndRemotes());
    addresses.values().forEach(resources::addAll);
    resources.addAll(routes.values());
    resources.addAll(rules);
    return resources;
  }

  Map<ResourceId, Integer> indexes() {
    Map<ResourceId, Integer> indexes = new HashMap<>();
    links.values().forEach(link -> indexes.put(id(link), link.index()));
    return indexes;
  }

  ResourceId id(LinkFacts link) {
    return ResourceId.deviceIn(namespace, link.name());
  }

  private Names names() {
    return new Names() {
      @Override
      public String nameOf(int index) {
        LinkFacts link = links.get(index);
        return link == null ? departed.getOrDefault(index, "#" + index) : link.name();
      }

      @Override
      public int indexOf(String name) {
        Integer index = byName.get(name);
        if (index == null) {
          throw new IllegalArgumentException("there is no device " + name);
        }
        return index;
      }
    };
  }

  private Map<String, String> device(Link link) {
    Names names = names();
    Map<String, String> values = new TreeMap<>();
    String kind = link.kind() == null ? "" : link.kind();
    values.put("kind", kind);
    values.put("up", String.valueOf(link.isUp()));
    values.put("master", link.master() == 0 ? "" : names.nameOf(link.master()));
    for (DeviceField field : DeviceKinds.COMMON) {
      put(values, field, field.reader().read(link.attributes(), names));
    }
    if (link.address() == null || link.address().bytes().length != MAC_BYTES) {
      values.remove("mac");
    }
    DeviceKind known = DeviceKinds.of(kind);
    if (known != null) {
      for (DeviceField field : known.fields()) {
        boolean top = field.place() == DeviceField.Place.LINK;
        String value = field.reader().read(top ? link.attributes() : link.data(), names);
        // An index means nothing without the namespace that it is an index of.
        boolean elsewhere = top && link.linkNamespaceId() != null;
        put(values, field, elsewhere ? "(in another namespace)" : value);
        if (value == null && field.kernelDefault() != null) {
          // A kernel built without a feature does not send its attribute.
          values.put(field.name(), field.kernelDefault());
        }
      }
    }
    // The numbers of attributes mean something else for every kind.
    if (kind.equals(Vxlan.KIND) && Boolean.TRUE.equals(link.data().get(Vxlan.COLLECT_METADATA))) {
      // External: each packet says its identifier, and the kernel's 0 is none.
      values.remove("key");
    }
    DeviceKind master = link.slaveKind() == null ? null : DeviceKinds.of(link.slaveKind());
    if (master != null) {
      for (DeviceField field : master.portFields()) {
        put(values, field, field.reader().read(link.slaveData(), names));
      }
    }
    return values;
  }

  private static void put(Map<String, String> values, DeviceField field, @Nullable String value) {
    if (value != null) {
      values.put(field.name(), value);
    }
  }

  /** The VLANs of bridges that filter, and of their ports; elsewhere they mean nothing. */
  private List<Resource> vlans(RouteSocket socket) throws IOException {
    List<Resource> resources = new ArrayList<>();
    Map<Integer, SortedMap<Integer, Flags>> byDevice = PortVlans.read(socket);
    for (LinkFacts link : links.values()) {
      boolean bridge = "bridge".equals(link.kind());
      Map<String, String> filtering =
          fields.getOrDefault(bridge ? link.index() : link.master(), Map.of());
      boolean applies = bridge || "bridge".equals(link.slaveKind());
      if (applies && "true".equals(filtering.get("vlanFiltering"))) {
        String text = VlansText.print(byDevice.getOrDefault(link.index(), new TreeMap<>()));
        resources.add(
            new Resource(ResourceId.vlans(namespace, link.name()), null, Map.of("vlans", text)));
      }
    }
    return resources;
  }
}
