// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tunnel;

import dev.plumbline.netlink.event.RouteGroup;
import dev.plumbline.netlink.event.Subscription;
import dev.plumbline.netlink.route.Address;
import dev.plumbline.netlink.route.Family;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.Neighbour;
import dev.plumbline.netlink.route.Route;
import dev.plumbline.netlink.route.RouteMetrics;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.route.Rule;
import dev.plumbline.netlink.socket.Message;
import dev.plumbline.netlink.socket.NetlinkException;
import dev.plumbline.netlink.socket.Reception;
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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Asks the host's routing (RTM_GETROUTE) where packets to remotes go, and asks again what may have
 * changed, once for all events that are there:
 *
 * <ul>
 *   <li>a route came or went: what is in its network;
 *   <li>a rule or an address: what is of its family (an address may become the source of any);
 *   <li>a device went up or down, got or lost its carrier, or has another MTU or VRF: everything,
 *       since IPv4 tells nothing of the routes that go down with a device or come to life with it;
 *   <li>events were lost: everything.
 * </ul>
 *
 * <p>Nothing is told of path MTUs that the kernel learns from ICMP, nor of their end: {@link
 * #refresh} now and then.
 */
public final class RouteResolver implements AutoCloseable {
  // <linux/rtnetlink.h>
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_DELLINK = 17;
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_DELADDR = 21;
  private static final int RTM_NEWROUTE = 24;
  private static final int RTM_DELROUTE = 25;
  private static final int RTM_NEWRULE = 32;
  private static final int RTM_DELRULE = 33;

  private final Subscription subscription;
  private final RouteSocket socket;
  private final Map<RouteQuery, RouteResolution> answers = new LinkedHashMap<>();
  private final Set<RouteQuery> doubtful = new LinkedHashSet<>();

  /** The devices that are up; to those that are not nothing can be sent, whatever they are like. */
  private final Map<Integer, Underlay> underlays = new HashMap<>();

  private long lookups;

  /** What of a device routing depends on. */
  private record Underlay(boolean hasCarrier, int mtu, int master) {}

  private RouteResolver(Subscription subscription, RouteSocket socket) {
    this.subscription = subscription;
    this.socket = socket;
  }

  /** A resolver by the routing of the calling thread's namespace. */
  public static RouteResolver open() throws IOException {
    Subscription subscription =
        Subscription.open(
            RouteGroup.LINK,
            RouteGroup.IPV4_ADDRESS,
            RouteGroup.IPV4_ROUTE,
            RouteGroup.IPV4_RULE,
            RouteGroup.IPV6_ADDRESS,
            RouteGroup.IPV6_ROUTE,
            RouteGroup.IPV6_RULE);
    RouteSocket socket = null;
    boolean done = false;
    try {
      socket = RouteSocket.open();
      RouteResolver resolver = new RouteResolver(subscription, socket);
      resolver.readUnderlays();
      done = true;
      return resolver;
    } finally {
      if (!done) {
        subscription.close();
        if (socket != null) {
          socket.close();
        }
      }
    }
  }

  /** To wait for events with poll(2); {@link #poll} is due when it is readable. */
  public int fd() {
    return subscription.fd();
  }

  /** As {@link Subscription#receiveBufferBytes}. */
  void receiveBufferBytes(int bytes) throws IOException {
    subscription.receiveBufferBytes(bytes);
  }

  /** Begins to follow a query, unless it is followed, and says its answer. */
  public RouteResolution add(RouteQuery query) throws IOException {
    RouteResolution known = answers.get(query);
    if (known != null) {
      return known;
    }
    RouteResolution answer = lookUp(query);
    answers.put(query, answer);
    return answer;
  }

  /** Follows a query no longer. */
  public void remove(RouteQuery query) {
    answers.remove(query);
    doubtful.remove(query);
  }

  /**
   * Takes in what has happened, and asks again what may have changed; does not wait for events.
   *
   * @return the answers that are others than before
   */
  public List<RouteChange> poll() throws IOException {
    while (true) {
      Reception reception = subscription.receive(0);
      if (reception instanceof Reception.Messages some) {
        some.messages().forEach(this::take);
      } else if (reception instanceof Reception.Overrun) {
        readUnderlays();
        doubtful.addAll(answers.keySet());
      } else {
        return askAgain();
      }
    }
  }

  /** Asks everything again. */
  public List<RouteChange> refresh() throws IOException {
    doubtful.addAll(answers.keySet());
    return poll();
  }

  private List<RouteChange> askAgain() throws IOException {
    List<RouteChange> changes = new ArrayList<>();
    // One by one out of the set: what an error leaves there is asked at the next poll.
    for (RouteQuery query : List.copyOf(doubtful)) {
      RouteResolution now = lookUp(query);
      doubtful.remove(query);
      RouteResolution before = Objects.requireNonNull(answers.put(query, now));
      if (!before.equals(now)) {
        changes.add(new RouteChange(query, before, now));
      }
    }
    return changes;
  }

  private void take(Message message) {
    switch (message.type()) {
      case RTM_NEWROUTE, RTM_DELROUTE -> {
        Route route = Route.readBody(message.payload());
        InetAddress network = route.destination();
        doubt(
            query ->
                network == null
                    ? isOf(query, route.family())
                    : query.isIn(network.getAddress(), route.prefixLength()));
      }
      case RTM_NEWADDR, RTM_DELADDR -> {
        int family = Address.readBody(message.payload()).family();
        doubt(query -> isOf(query, family));
      }
      case RTM_NEWRULE, RTM_DELRULE -> {
        int family = Rule.readBody(message.payload()).family();
        doubt(query -> isOf(query, family));
      }
      case RTM_NEWLINK, RTM_DELLINK -> {
        // Bridges tell of their ports with the same type in another family.
        if (message.payload().get(0) == Family.UNSPEC) {
          boolean there = message.type() == RTM_NEWLINK;
          takeLink(Link.readBody(message.payload()), there);
        }
      }
      default -> {} // no other types are in these groups
    }
  }

  private void takeLink(Link link, boolean there) {
    Underlay now = there ? underlay(link) : null;
    Underlay before =
        now == null ? underlays.remove(link.index()) : underlays.put(link.index(), now);
    if (!Objects.equals(before, now)) {
      doubt(query -> true);
    }
  }

  private void readUnderlays() throws IOException {
    List<Link> links = socket.links();
    underlays.clear();
    for (Link link : links) {
      Underlay underlay = underlay(link);
      if (underlay != null) {
        underlays.put(link.index(), underlay);
      }
    }
  }

  private static @Nullable Underlay underlay(Link link) {
    return link.isUp() ? new Underlay(link.isLowerUp(), (int) link.mtu(), link.master()) : null;
  }

  private void doubt(Predicate<RouteQuery> which) {
    answers.keySet().stream().filter(which).forEach(doubtful::add);
  }

  private static boolean isOf(RouteQuery query, int family) {
    return Family.of(query.remote()) == family;
  }

  private RouteResolution lookUp(RouteQuery query) throws IOException {
    lookups++;
    Route route;
    try {
      route = socket.route(query.remote(), query.local(), query.tos(), query.mark());
    } catch (NetlinkException e) {
      return new RouteResolution.Unreachable(String.valueOf(e.getMessage()));
    }
    String to = query.remote().getHostAddress();
    if (route.type() != Route.UNICAST) {
      return new RouteResolution.Unreachable(to + kind(route.type()));
    }
    InetAddress source = query.local() != null ? query.local() : route.preferredSource();
    if (source == null) {
      return new RouteResolution.Unreachable(to + ": the host has no address to send from");
    }
    return new RouteResolution.Reachable(route.index(), source, route.gateway(), mtu(route));
  }

  private static String kind(int type) {
    return switch (type) {
      case Route.LOCAL -> " is an address of this host";
      case Route.BROADCAST -> " is a broadcast address";
      case Route.ANYCAST -> " is an anycast address of this host";
      case Route.MULTICAST -> " is a multicast address";
      case Route.BLACKHOLE, Route.UNREACHABLE, Route.PROHIBIT -> " is shut off by a route";
      default -> " has a route of type " + type;
    };
  }

  private int mtu(Route route) {
    Underlay underlay = underlays.get(route.index());
    long device = underlay == null ? 0 : underlay.mtu();
    long path = route.metrics().get(RouteMetrics.MTU, 0L);
    return (int) (path == 0 ? device : device == 0 ? path : Math.min(path, device));
  }

  /**
   * Makes the kernel find out the next hop's link-layer address, or confirm it, before the first
   * packet needs it.
   *
   * @throws NetlinkException if the kernel refuses, for instance as the device has gone
   */
  public void kick(RouteQuery query, RouteResolution.Reachable to) throws IOException {
    InetAddress neighbour = to.gateway() != null ? to.gateway() : query.remote();
    socket.execute(Neighbour.use(to.ifindex(), neighbour));
  }

  /** How often the host's routing was asked. */
  public long lookups() {
    return lookups;
  }

  @Override
  public void close() {
    subscription.close();
    socket.close();
  }
}
