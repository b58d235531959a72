// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.Route;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.socket.Message;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.RouteText;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Brings what was read of one namespace up to date by what its events touched.
 *
 * <p>Links and addresses are read again one by one. Routes are told by the events, but for what the
 * kernel drops without one: IPv4 routes go silently with a device that goes down or loses its last
 * address (fib_sync_down_dev and fib_disable_ip, net/ipv4), and with the address that they have as
 * their source (fib_sync_down_addr). So those of such a device are read again. An event that does
 * not fit what is known (an appended route, one of several ways that goes) has all routes read
 * again. What of it is too old, since what was read is newer, is told once more by the events that
 * come after it: whoever has taken them all has the kernel's state.
 */
final class NamespaceFollower {
  /** NLM_F_REPLACE (linux/netlink.h) of an event: another route of its identity has gone. */
  private static final int REPLACE = 0x100;

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;

  private final NamespaceReader reader;
  private final Touched touched;
  private final RouteSocket socket;
  private final ResourceIndex known;
  private final Delta delta;

  /** The touched links that are there, and were. */
  final List<LinkFacts> present = new ArrayList<>();

  /** Veths as they were, whose other half may have to be told. */
  final List<LinkFacts> before = new ArrayList<>();

  private final List<LinkFacts> removed = new ArrayList<>();
  private final Set<Integer> readdressed = new LinkedHashSet<>();
  private final Set<Integer> rerouted = new LinkedHashSet<>();
  private boolean allRoutes;
  private boolean tunnels;

  /**
   * @param known what was known of the whole host, which the delta keeps up to date
   */
  NamespaceFollower(
      NamespaceReader reader,
      Touched touched,
      RouteSocket socket,
      ResourceIndex known,
      Delta delta) {
    this.reader = reader;
    this.touched = touched;
    this.socket = socket;
    this.known = known;
    this.delta = delta;
  }

  /** What became of resources. */
  interface Delta {
    void gone(ResourceId id);

    void is(Resource resource);
  }

  /** First of all: which links there are, of all namespaces before anything else is asked. */
  void links() throws IOException, LostTrackException {
    readdressed.addAll(touched.addresses);
    List<Link> found = new ArrayList<>();
    for (int index : touched.links) {
      LinkFacts old = reader.links().get(index);
      Link now = socket.link(index);
      if (now != null && NamespaceReader.isFallback(now)) {
        now = null;
      }
      if (old != null && Peers.isVeth(old)) {
        before.add(old);
      }
      if (now == null) {
        if (old != null) {
          removed.add(old);
        }
        continue;
      }
      if (old == null) {
        readdressed.add(index);
      } else if (!old.name().equals(now.name())) {
        throw new LostTrackException(old.name() + " is " + now.name() + " now");
      } else if (now.name().equals("lo") && !Objects.equals(old.alias(), now.alias())) {
        throw new LostTrackException("a namespace is somebody else's now");
      }
      tunnels |= "vxlan".equals(now.kind());
      found.add(now);
    }
    for (LinkFacts old : removed) {
      tunnels |= "vxlan".equals(old.kind());
      delta.gone(reader.id(old));
      reader.remove(old);
    }
    for (Link now : found) {
      Integer other = reader.indexOf(now.name());
      if (other != null && other != now.index()) {
        throw new LostTrackException("two devices are called " + now.name());
      }
      if (touched.downs.contains(now.index())) {
        rerouted.add(now.index());
        readdressed.add(now.index());
      }
      LinkFacts facts = LinkFacts.of(now);
      reader.put(facts);
      present.add(facts);
    }
    found.forEach(reader::readDevice);
  }

  /** All else; the links of every namespace are known by now. */
  void rest() throws IOException {
    if (touched.vlans || !present.isEmpty() || !removed.isEmpty()) {
      List<Resource> old = reader.vlansAndRemotes();
      reader.readVlans(socket);
      if (tunnels) {
        reader.readRemotes(socket);
      }
      replace(old, reader.vlansAndRemotes());
    }
    removed.forEach(this::strip);
    for (int index : readdressed) {
      if (reader.links().containsKey(index)) {
        addresses(index);
      }
    }
    touched.routes.forEach(this::route);
    routes();
    if (touched.rules) {
      List<Resource> old = reader.rules();
      reader.readRules(socket);
      replace(old, reader.rules());
    }
    reader.forgetDeparted();
  }

  /** What goes with a device. */
  private void strip(LinkFacts link) {
    List<Resource> old = reader.addresses().remove(link.index());
    if (old != null) {
      old.forEach(each -> lost(each.id()));
    }
    for (Resource route : routesBy(link)) {
      if (RouteText.devices(route).size() > 1) {
        allRoutes = true;
      } else {
        reader.routes().remove(route.id());
        delta.gone(route.id());
      }
    }
  }

  private void addresses(int index) throws IOException {
    List<Resource> old = reader.addresses().getOrDefault(index, List.of());
    List<Resource> now = reader.layer3().addresses(socket, index);
    reader.addresses().put(index, now);
    Set<InetAddress> gone = touched.gone.getOrDefault(index, Set.of());
    Set<String> locals = new LinkedHashSet<>();
    for (InetAddress each : gone) {
      locals.add(String.valueOf(each.getHostAddress()));
    }
    boolean emptied =
        !gone.isEmpty()
            && old.stream()
                .filter(each -> !each.id().key().contains(":"))
                .allMatch(each -> locals.contains(AddressText.local(each.id().key())));
    if (emptied) {
      rerouted.add(index);
    }
    Map<ResourceId, Resource> left = byId(now);
    locals.forEach(this::sourceGone);
    for (Resource each : old) {
      if (!left.containsKey(each.id())) {
        lost(each.id());
      }
    }
    now.forEach(delta::is);
  }

  private void lost(ResourceId address) {
    delta.gone(address);
    sourceGone(AddressText.local(address.key()));
  }

  /** Routes lose it, or go with it, without an event. */
  private void sourceGone(String local) {
    allRoutes |=
        reader.routes().values().stream().anyMatch(route -> route.get("source").equals(local));
  }

  private void route(Message message) {
    Route route = Route.readBody(message.payload());
    boolean family = route.family() == AF_INET || route.family() == AF_INET6;
    if (!family || Layer3.isCached(route)) {
      return;
    }
    Resource told = reader.layer3().route(route);
    Resource known = reader.routes().get(told.id());
    if (!Layer3.isConfigured(route)) {
      allRoutes |= known != null;
      return;
    }
    if (reader.hasTwinRoutes()) {
      allRoutes = true;
      return;
    }
    boolean arrives = message.type() == Touched.NEWROUTE;
    boolean replaces = (message.flags() & REPLACE) != 0;
    if (arrives && (known == null || replaces)) {
      reader.routes().put(told.id(), told);
      delta.is(told);
    } else if (!arrives && known != null && known.equals(told)) {
      reader.routes().remove(told.id());
      delta.gone(told.id());
    } else {
      allRoutes |= known != null && !known.equals(told);
    }
  }

  private void routes() throws IOException {
    if (allRoutes) {
      Map<ResourceId, Resource> old = new LinkedHashMap<>(reader.routes());
      reader.readRoutes(socket);
      replace(old.values(), reader.routes().values());
      return;
    }
    for (int index : rerouted) {
      LinkFacts link = reader.links().get(index);
      if (link == null) {
        continue; // gone by now, with all that was on it
      }
      Map<ResourceId, Resource> now = byId(reader.layer3().routesBy(socket, index));
      Map<ResourceId, Resource> old = byId(routesBy(link));
      reader.routes().keySet().removeAll(old.keySet());
      reader.routes().putAll(now);
      replace(old.values(), now.values());
    }
  }

  /** The routes by a device, as they were known. */
  private List<Resource> routesBy(LinkFacts link) {
    List<Resource> routes = new ArrayList<>();
    for (ResourceId id : known.on(reader.id(link))) {
      Resource route = reader.routes().get(id);
      if (route != null) {
        routes.add(route);
      }
    }
    return routes;
  }

  private void replace(Iterable<Resource> old, Iterable<Resource> now) {
    Map<ResourceId, Resource> left = byId(now);
    for (Resource each : old) {
      if (!left.containsKey(each.id())) {
        delta.gone(each.id());
      }
    }
    now.forEach(delta::is);
  }

  private static Map<ResourceId, Resource> byId(Iterable<Resource> resources) {
    Map<ResourceId, Resource> byId = new HashMap<>();
    resources.forEach(each -> byId.put(each.id(), each));
    return byId;
  }
}
