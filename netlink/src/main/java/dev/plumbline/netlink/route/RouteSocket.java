// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.socket.Message;
import dev.plumbline.netlink.socket.NetlinkException;
import dev.plumbline.netlink.socket.NetlinkSocket;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.socket.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The client of one namespace's rtnetlink.
 *
 * <pre>{@code
 * try (RouteSocket socket = RouteSocket.open(NetNamespace.named("web"))) {
 *   socket.execute(Link.create(Bridge.named("br0").up()));
 *   for (Link link : socket.links()) { … }
 * }
 * }</pre>
 *
 * <p>Every method throws {@link NetlinkException} with the kernel's errno and words if the kernel
 * refuses, another {@link IOException} if the socket fails, and {@link
 * dev.plumbline.netlink.wire.WireException} if an answer is malformed. A reading is consistent: a
 * dump that the kernel marks as interrupted is done again. It stays in the namespace where it was
 * opened. Belongs to one thread at a time.
 */
public final class RouteSocket implements AutoCloseable {
  private final NetlinkSocket socket;

  RouteSocket(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** Opens a client of the calling thread's namespace. */
  public static RouteSocket open() throws IOException {
    return new RouteSocket(NetlinkSocket.open(NetlinkSocket.ROUTE));
  }

  /** Opens a client of a namespace. */
  public static RouteSocket open(NetNamespace namespace) throws IOException {
    return new RouteSocket(NetlinkSocket.open(NetlinkSocket.ROUTE, namespace));
  }

  /** All links, without what IPv6 counts. */
  public List<Link> links() throws IOException {
    return dump(Link.dump(), Link::readBody);
  }

  /** The ports of a bridge, members of a bond, devices in a VRF. */
  public List<Link> portsOf(int master) throws IOException {
    // A kernel without strict checking ignores the filter.
    return dump(Link.dumpPortsOf(master), Link::readBody).stream()
        .filter(link -> link.master() == master)
        .toList();
  }

  /** The link of a name or alternative name, or null if there is none. */
  public @Nullable Link link(String name) throws IOException {
    return oneLink(Link.get(name));
  }

  /** The link of an index, or null if there is none. */
  public @Nullable Link link(int index) throws IOException {
    return oneLink(Link.get(index));
  }

  private @Nullable Link oneLink(Request request) throws IOException {
    try {
      return Link.readBody(onlyReply(request).payload());
    } catch (NetlinkException e) {
      if (e.errno() == Errno.ENODEV) {
        return null;
      }
      throw e;
    }
  }

  /**
   * The index of the link of a name.
   *
   * @throws NetlinkException ENODEV if there is none
   */
  public int index(String name) throws IOException {
    return Link.readBody(onlyReply(Link.get(name)).payload()).index();
  }

  /**
   * The name of the link of an index.
   *
   * @throws NetlinkException ENODEV if there is none
   */
  public String name(int index) throws IOException {
    return Link.readBody(onlyReply(Link.get(index)).payload()).name();
  }

  /** All addresses, IPv4 and IPv6. */
  public List<Address> addresses() throws IOException {
    return dump(Address.dump(), Address::readBody);
  }

  /** The addresses of one link. */
  public List<Address> addresses(int index) throws IOException {
    return dump(Address.dump(index), Address::readBody).stream()
        .filter(address -> address.index() == index)
        .toList();
  }

  /** The unicast routes of all tables, IPv4 first. */
  public List<Route> routes() throws IOException {
    List<Route> all = new ArrayList<>(routes(Family.INET));
    all.addAll(routes(Family.INET6));
    return all;
  }

  /** The routes of all tables of {@link Family#INET} or {@link Family#INET6}. */
  public List<Route> routes(int family) throws IOException {
    return dump(Route.dump(family), Route::readBody).stream()
        .filter(route -> route.family() == family)
        .toList();
  }

  /** The routes of one table; empty also if the kernel never had such a table. */
  public List<Route> routes(int family, long table) throws IOException {
    try {
      return dump(Route.dump(family, table), Route::readBody).stream()
          .filter(route -> route.family() == family && route.table() == table)
          .toList();
    } catch (NetlinkException e) {
      if (e.errno() == Errno.ENOENT) {
        return List.of();
      }
      throw e;
    }
  }

  /**
   * The routes of all tables of a family that go by a link, among others; empty also if there is no
   * such link.
   */
  public List<Route> routesBy(int family, int index) throws IOException {
    try {
      // A kernel without strict checking ignores the filter.
      return dump(Route.dumpBy(family, index), Route::readBody).stream()
          .filter(route -> route.family() == family && route.goesBy(index))
          .toList();
    } catch (NetlinkException e) {
      if (e.errno() == Errno.ENODEV) {
        return List.of();
      }
      throw e;
    }
  }

  /**
   * Where a packet of this host would go; see {@link Route#lookup}.
   *
   * @throws NetlinkException if nowhere
   */
  public Route route(InetAddress destination, @Nullable InetAddress source, int tos, long mark)
      throws IOException {
    return Route.readBody(onlyReply(Route.lookup(destination, source, tos, mark)).payload());
  }

  /** The rules in the order the kernel goes through them, IPv4 first. */
  public List<Rule> rules() throws IOException {
    List<Rule> all = new ArrayList<>(rules(Family.INET));
    all.addAll(rules(Family.INET6));
    return all;
  }

  /** The rules of {@link Family#INET} or {@link Family#INET6}. */
  public List<Rule> rules(int family) throws IOException {
    return dump(Rule.dump(family), Rule::readBody).stream()
        .filter(rule -> rule.family() == family)
        .toList();
  }

  /** The ARP and ND tables, proxies excluded. */
  public List<Neighbour> neighbours() throws IOException {
    return dump(Neighbour.dump(), Neighbour::readBody);
  }

  /** The forwarding tables of all bridges, vxlan devices and NICs. */
  public List<FdbEntry> fdb() throws IOException {
    return dump(FdbEntry.dump(), FdbEntry::readBody);
  }

  /** The VLANs of all bridges and ports; empty if the kernel has no VLAN filtering. */
  public List<BridgeVlan> bridgeVlans() throws IOException {
    return dump(BridgeVlan.dump(), BridgeVlan::readBody).stream().flatMap(List::stream).toList();
  }

  /** The number that a namespace has in this one, or {@link NamespaceId#NONE}. */
  public int namespaceId(NetNamespace namespace) throws IOException {
    return NamespaceId.readBody(onlyReply(NamespaceId.get(namespace)).payload());
  }

  /**
   * Makes one request.
   *
   * @throws NetlinkException if the kernel refuses it
   */
  public void execute(Request request) throws IOException {
    socket.request(request);
  }

  /**
   * Makes many requests in order, in few system calls. A refused one does not stop those behind it.
   *
   * @return one result for each request
   */
  public List<Result> executeAll(List<? extends Request> requests) throws IOException {
    return socket.requestAll(requests);
  }

  @Override
  public void close() {
    socket.close();
  }

  private <T> List<T> dump(Request request, Function<ByteBuffer, T> reader) throws IOException {
    return socket.dump(request, message -> reader.apply(message.payload()));
  }

  private Message onlyReply(Request request) throws IOException {
    List<Message> replies = socket.request(request);
    if (replies.size() != 1) {
      throw new IOException(
          request.description() + ": " + replies.size() + " answers instead of one");
    }
    return replies.get(0);
  }
}
