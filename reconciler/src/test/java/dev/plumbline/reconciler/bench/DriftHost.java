// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import dev.plumbline.netlink.route.Address;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.Route;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.socket.Message;
import dev.plumbline.netlink.socket.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A host of so many objects, and what can be broken on it: a bridge with twenty ports (one if there
 * are few objects), pairs of veths with addresses, and routes by one of them.
 */
final class DriftHost {
  /** RTM_* (linux/rtnetlink.h). */
  private static final int NEWLINK = 16;

  private static final int DELLINK = 17;
  private static final int NEWADDR = 20;
  private static final int DELADDR = 21;
  private static final int NEWROUTE = 24;
  private static final int DELROUTE = 25;

  private static final int MOST_PORTS = 20;

  /**
   * One thing to break.
   *
   * @param damage what somebody else asks
   * @param begun tells the event that the damage is done with
   * @param fix what undoes it
   * @param mended tells each event that is a part of the repair
   * @param parts how many of those there are, each of another device
   */
  record Break(Request damage, Sight begun, List<Request> fix, Sight mended, int parts) {}

  /** What an event has to show; the number tells parts of one repair apart, 0 is "not this". */
  interface Sight {
    int of(Message message);
  }

  private final int ports;
  private final int pairs;
  private final int routes;

  DriftHost(int objects) {
    ports = objects < 100 ? 1 : MOST_PORTS;
    // A pair is two devices and an address, a port one pair.
    pairs = objects < 100 ? 2 : (objects - 2 * ports - 1) / 5;
    routes = Math.max(1, objects - 1 - 2 * ports - 3 * pairs);
  }

  int objects() {
    return 1 + 2 * ports + 3 * pairs + routes;
  }

  /** The host's file; a line of no meaning makes it another one. */
  String file(int version) {
    StringBuilder text = new StringBuilder("# " + version + "\nversion: 1\nveths:\n");
    for (int i = 0; i < ports; i++) {
      text.append("  p").append(i).append(": {peer: {device: q").append(i).append("}}\n");
    }
    for (int i = 0; i < pairs; i++) {
      text.append("  v").append(i).append(": {addresses: [").append(network(i));
      text.append(".1/24], peer: {device: w").append(i).append("}}\n");
    }
    text.append("bridges:\n  br0: {datapath: kernel, ports: {");
    for (int i = 0; i < ports; i++) {
      text.append(i == 0 ? "" : ", ").append('p').append(i).append(": {}");
    }
    text.append("}}\nroutes:\n");
    for (int i = 0; i < routes; i++) {
      text.append("  - {to: ").append(route(i)).append("/32, via: ").append(network(0));
      text.append(".2}\n");
    }
    return text.toString();
  }

  private static String network(int i) {
    return "10." + (16 + i / 256) + "." + i % 256;
  }

  private static String route(int i) {
    return "172.16." + i / 256 + "." + i % 256;
  }

  /** Names of what can be broken, each with how to break the n-th of its sort. */
  Map<String, Sort> sorts() {
    Map<String, Sort> sorts = new LinkedHashMap<>();
    sorts.put("address removed", new Sort(this::address, pairs - 1));
    sorts.put("route removed", new Sort(this::route, routes));
    sorts.put("port out of bridge", new Sort(this::port, ports));
    sorts.put("link set down", new Sort(this::down, pairs - 1));
    sorts.put("bridge of " + ports + " deleted", new Sort(this::bridge, 1));
    return sorts;
  }

  /**
   * One way to break things.
   *
   * @param things how many different ones it breaks, before it begins with the first again
   */
  record Sort(Breaker breaker, int things) {}

  interface Breaker {
    Break of(RouteSocket socket, int n) throws IOException;
  }

  private Break address(RouteSocket socket, int n) throws IOException {
    // Routes go by the first pair; they would go with its last address.
    int pair = 1 + n % (pairs - 1);
    int index = socket.index("v" + pair);
    Address address =
        socket.addresses(index).stream().filter(each -> each.family() == 2).findAny().orElseThrow();
    return new Break(
        Address.delete(address),
        seen(DELADDR, message -> isAddress(message, index)),
        List.of(Address.add(address)),
        seen(NEWADDR, message -> isAddress(message, index)),
        1);
  }

  private static boolean isAddress(Message message, int index) {
    Address address = Address.readBody(message.payload());
    return address.family() == 2 && address.index() == index;
  }

  private Break route(RouteSocket socket, int n) throws IOException {
    InetAddress to = InetAddress.getByName(route(n % routes));
    Route route =
        socket.routes(2, Route.TABLE_MAIN).stream()
            .filter(each -> to.equals(each.destination()))
            .findAny()
            .orElseThrow();
    Predicate here = message -> to.equals(Route.readBody(message.payload()).destination());
    return new Break(
        Route.delete(route),
        seen(DELROUTE, here),
        List.of(Route.add(route)),
        seen(NEWROUTE, here),
        1);
  }

  private Break port(RouteSocket socket, int n) throws IOException {
    int port = socket.index("p" + n % ports);
    int bridge = socket.index("br0");
    return new Break(
        Link.release(port),
        seen(NEWLINK, message -> isLink(message, port, 0, true)),
        List.of(Link.enslave(port, bridge)),
        seen(NEWLINK, message -> isLink(message, port, bridge, true)),
        1);
  }

  private Break down(RouteSocket socket, int n) throws IOException {
    // A far end: nothing is on it that would go along.
    int index = socket.index("w" + (1 + n % (pairs - 1)));
    return new Break(
        Link.setDown(index),
        seen(NEWLINK, message -> isLink(message, index, 0, false)),
        List.of(Link.setUp(index)),
        seen(NEWLINK, message -> isLink(message, index, 0, true)),
        1);
  }

  private Break bridge(RouteSocket socket, int n) throws IOException {
    Link bridge = Objects.requireNonNull(socket.link("br0"));
    int fresh = bridge.index();
    List<Request> fix = new ArrayList<>();
    // The index is free again, so that one batch can make the bridge and refer to it.
    fix.addAll(
        Link.createAll(
            Link.at(fresh)
                .set(Link.IFNAME, "br0")
                .kind("bridge")
                .up()
                .alias("plumbline:bridges.br0")));
    Map<Integer, Integer> parts = new LinkedHashMap<>();
    for (int i = 0; i < ports; i++) {
      int port = socket.index("p" + i);
      parts.put(port, i + 1);
      fix.add(Link.enslave(port, fresh));
    }
    return new Break(
        Link.delete(bridge.index()),
        seen(DELLINK, message -> isUnspec(message) && link(message).index() == bridge.index()),
        fix,
        message ->
            message.type() == NEWLINK && isUnspec(message) && link(message).master() != 0
                ? parts.getOrDefault(link(message).index(), 0)
                : 0,
        ports);
  }

  private static boolean isUnspec(Message message) {
    return message.payload().get(0) == 0;
  }

  private static Link link(Message message) {
    return Link.readBody(message.payload());
  }

  private static boolean isLink(Message message, int index, int master, boolean up) {
    if (!isUnspec(message)) {
      return false;
    }
    Link link = link(message);
    return link.index() == index && link.master() == master && link.isUp() == up;
  }

  private interface Predicate {
    boolean test(Message message);
  }

  private static Sight seen(int type, Predicate predicate) {
    return message -> message.type() == type && predicate.test(message) ? 1 : 0;
  }
}
