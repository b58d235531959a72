// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two ways out, u0 (198.51.100.1) and w0 (192.0.2.1), each to a router in a namespace. */
@KernelTest
class RouteResolverTest {
  private static final RouteQuery REMOTE = RouteQuery.to(ip("203.0.113.9"));

  private RouteResolver resolver;

  @BeforeEach
  void open() throws IOException {
    Sh.run(
        "sysctl -qw net.ipv6.conf.default.addr_gen_mode=1" // no addresses in their own time
            + "; ip netns add r; ip -n r link set lo up"
            + "; ip link add u0 type veth peer name u1 netns r"
            + "; ip link add w0 type veth peer name w1 netns r"
            + "; ip link set u0 up; ip link set w0 up; ip -n r link set u1 up; ip -n r link set w1 up"
            + "; ip address add 198.51.100.1/24 dev u0; ip address add 192.0.2.1/24 dev w0"
            + "; ip address add 2001:db8:1::1/64 dev u0 nodad"
            + "; ip -n r address add 198.51.100.2/24 dev u1; ip -n r address add 192.0.2.2/24 dev w1"
            + "; for d in u0 w0; do until ip link show $d | grep -q LOWER_UP; do sleep 0.05; done"
            + "; done; sleep 0.2");
    resolver = RouteResolver.open();
  }

  @AfterEach
  void close() {
    resolver.close();
  }

  private static InetAddress ip(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static int index(String name) throws IOException {
    try (RouteSocket socket = RouteSocket.open()) {
      return socket.index(name);
    }
  }

  private static RouteResolution by(String device, String source, @Nullable String gateway, int mtu)
      throws IOException {
    return new RouteResolution.Reachable(
        index(device), ip(source), gateway == null ? null : ip(gateway), mtu);
  }

  /** Does something and gives the remote's new answer. */
  private RouteResolution after(String command) throws IOException {
    Sh.run(command);
    List<RouteChange> changes = resolver.poll();
    assertEquals(1, changes.size(), command + ": " + changes);
    assertEquals(REMOTE, changes.get(0).query());
    return changes.get(0).now();
  }

  @Test
  void withoutRouteTheKernelsWordsAreGiven() throws IOException {
    RouteResolution.Unreachable none =
        assertInstanceOf(RouteResolution.Unreachable.class, resolver.add(REMOTE));
    assertEquals(
        "look up the route to 203.0.113.9: ENETUNREACH (Network is unreachable)", none.reason());
  }

  @Test
  void anOnLinkRemoteHasNoGateway() throws IOException {
    assertEquals(
        by("u0", "198.51.100.1", null, 1500), resolver.add(RouteQuery.to(ip("198.51.100.7"))));
    assertEquals(
        by("u0", "2001:db8:1::1", null, 1500), resolver.add(RouteQuery.to(ip("2001:db8:1::7"))));
    assertInstanceOf(
        RouteResolution.Unreachable.class, resolver.add(RouteQuery.to(ip("198.51.100.1"))));
  }

  @Test
  void routesThatComeChangeAndGoAreFollowed() throws IOException {
    resolver.add(REMOTE);
    assertEquals(
        by("u0", "198.51.100.1", "198.51.100.2", 1500),
        after("ip route add default via 198.51.100.2"));
    assertEquals(
        by("w0", "192.0.2.1", "192.0.2.2", 1400),
        after("ip route add 203.0.113.0/24 via 192.0.2.2 mtu 1400"));
    assertEquals(
        by("w0", "198.51.100.1", "192.0.2.2", 1300),
        after("ip route replace 203.0.113.0/24 via 192.0.2.2 src 198.51.100.1 mtu lock 1300"));
    assertEquals(
        by("u0", "198.51.100.1", "198.51.100.2", 1500), after("ip route del 203.0.113.0/24"));
    assertInstanceOf(RouteResolution.Unreachable.class, after("ip route del default"));
    assertEquals(List.of(), resolver.poll());
  }

  @Test
  void aDeviceThatGoesDownTakesItsRoutesAlong() throws IOException {
    Sh.run(
        "ip route add default via 192.0.2.2 metric 10"
            + "; ip route add default via 198.51.100.2 metric 20");
    assertEquals(by("w0", "192.0.2.1", "192.0.2.2", 1500), resolver.add(REMOTE));
    assertEquals(by("u0", "198.51.100.1", "198.51.100.2", 1500), after("ip link set w0 down"));
    assertEquals(by("u0", "198.51.100.1", "198.51.100.2", 1450), after("ip link set u0 mtu 1450"));
    assertInstanceOf(RouteResolution.Unreachable.class, after("ip link delete u0"));
  }

  @Test
  void theSourceFollowsTheAddresses() throws IOException {
    Sh.run(
        "ip address add 198.51.100.9/24 dev u0; sysctl -qw net.ipv4.conf.u0.promote_secondaries=1");
    RouteQuery onLink = RouteQuery.to(ip("198.51.100.7"));
    assertEquals(by("u0", "198.51.100.1", null, 1500), resolver.add(onLink));
    Sh.run("ip address del 198.51.100.1/24 dev u0");
    assertEquals(
        List.of(
            new RouteChange(
                onLink,
                by("u0", "198.51.100.1", null, 1500),
                by("u0", "198.51.100.9", null, 1500))),
        resolver.poll());
  }

  @Test
  void rulesAreFollowedWithSourceTosAndMark() throws IOException {
    Sh.run("ip route add default via 198.51.100.2; ip route add default via 192.0.2.2 table 100");
    RouteQuery marked = new RouteQuery(REMOTE.remote(), null, 0, 77);
    RouteQuery bound = new RouteQuery(REMOTE.remote(), ip("192.0.2.1"), 0, 0);
    RouteQuery urgent = new RouteQuery(REMOTE.remote(), null, 0x11, 0); // with an ECN bit
    for (RouteQuery query : List.of(REMOTE, marked, urgent)) {
      assertEquals(by("u0", "198.51.100.1", "198.51.100.2", 1500), resolver.add(query));
    }
    assertEquals(by("u0", "192.0.2.1", "198.51.100.2", 1500), resolver.add(bound));
    Sh.run("ip rule add fwmark 77 table 100");
    RouteResolution byTable = by("w0", "192.0.2.1", "192.0.2.2", 1500);
    assertEquals(
        List.of(new RouteChange(marked, by("u0", "198.51.100.1", "198.51.100.2", 1500), byTable)),
        resolver.poll());
    Sh.run("ip rule add from 192.0.2.1 table 100; ip rule add tos 0x10 table 100");
    List<RouteChange> changes = resolver.poll();
    assertEquals(
        List.of(urgent, bound), changes.stream().map(RouteChange::query).toList(), "" + changes);
    assertTrue(changes.stream().allMatch(change -> change.now().equals(byTable)), "" + changes);
    resolver.remove(marked);
    resolver.remove(bound);
    resolver.remove(urgent);
    RouteResolution.Unreachable refused =
        (RouteResolution.Unreachable) after("ip rule add to 203.0.113.0/24 prohibit");
    assertTrue(refused.reason().contains("EACCES"), refused.reason());
  }

  @Test
  void aRouteOfTypeUnreachableIsNone() throws IOException {
    resolver.add(REMOTE);
    Sh.run("ip route add 2001:db8:9::/64 via 2001:db8:1::2; ip route add default via 192.0.2.2");
    resolver.poll();
    RouteResolution.Unreachable none =
        (RouteResolution.Unreachable) after("ip route add unreachable 203.0.113.0/24");
    assertTrue(none.reason().contains("EHOSTUNREACH"), none.reason());
    Sh.run("ip -6 route add unreachable 2001:db8:7::/64");
    assertInstanceOf(
        RouteResolution.Unreachable.class, resolver.add(RouteQuery.to(ip("2001:db8:7::1"))));
    assertEquals(
        by("u0", "2001:db8:1::1", "2001:db8:1::2", 1500),
        resolver.add(RouteQuery.to(ip("2001:db8:9::1"))));
  }

  @Test
  void onlyWhatCanHaveChangedIsAskedAgainAndOnce() throws IOException {
    Sh.run("ip route add default via 198.51.100.2");
    resolver.add(REMOTE);
    resolver.add(RouteQuery.to(ip("2001:db8:1::7")));
    resolver.poll();
    long before = resolver.lookups();
    Sh.run("ip route add 203.0.112.0/24 via 192.0.2.2; ip route add 203.0.113.8/32 via 192.0.2.2");
    assertEquals(List.of(), resolver.poll());
    assertEquals(before, resolver.lookups(), "routes to other places");
    Sh.run(
        "for i in $(seq 30); do ip route replace 203.0.113.0/24 via 192.0.2.2 mtu $((1300 + i))"
            + "; done");
    List<RouteChange> changes = resolver.poll();
    assertEquals(by("w0", "192.0.2.1", "192.0.2.2", 1330), changes.get(0).now());
    assertEquals(before + 1, resolver.lookups());
    Sh.run("ip link set u0 alias nothing");
    assertEquals(List.of(), resolver.poll());
    assertEquals(before + 1, resolver.lookups(), "an alias has nothing to do with routing");
  }

  @Test
  void lostEventsMakeItAskForEverything() throws IOException {
    resolver.add(REMOTE);
    resolver.poll();
    resolver.receiveBufferBytes(4096);
    assertEquals(
        by("w0", "192.0.2.1", "192.0.2.2", 1500),
        after(
            "for i in $(seq 100); do ip route add 10.0.0.$i/32 via 198.51.100.2; done"
                + "; ip route add default via 192.0.2.2"));
  }

  @Test
  void aKickMakesTheKernelFindTheNeighbour() throws Exception {
    Sh.run("ip route add default via 198.51.100.2");
    RouteResolution answer = resolver.add(REMOTE);
    assertEquals("", Sh.run("ip neigh show 198.51.100.2 dev u0"));
    resolver.kick(REMOTE, (RouteResolution.Reachable) answer);
    String shown = "";
    for (int i = 0; i < 3_000 && !shown.contains("REACHABLE"); i++) {
      Thread.sleep(10);
      shown = Sh.run("ip neigh show 198.51.100.2 dev u0");
    }
    assertTrue(shown.contains("REACHABLE"), shown);
  }
}
