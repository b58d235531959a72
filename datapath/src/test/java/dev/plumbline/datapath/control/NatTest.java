// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.testing.Eventually;
import dev.plumbline.datapath.upcall.Transfer;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Addresses translated between guests that really speak: {@code a} and {@code c} are inside, {@code
 * b} is outside and knows 203.0.113.9 and fd02::9 alone. On a throwaway host, but not in user-mode
 * Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
class NatTest {
  private static final String OUTSIDE = "203.0.113.2";

  @TempDir Path directory;
  private Switch running;

  SwitchOptions options() {
    return SwitchOptions.in(directory);
  }

  @BeforeEach
  void open() throws Exception {
    running = Switch.open(options());
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", OUTSIDE + "/24");
    Guests.add("c", "10.0.0.3/24");
    for (String guest : List.of("a", "b", "c")) {
      Sh.run(
          "ip netns exec " + guest + " sh -c 'echo 0 > /proc/sys/net/ipv6/conf/eth0/accept_dad'");
    }
    Sh.run("ip -n a addr add fd01::1/64 dev eth0 nodad");
    Sh.run("ip -n b addr add fd02::2/64 dev eth0 nodad");
    for (String inside : List.of("a", "c")) {
      Sh.run("ip -n " + inside + " route add 203.0.113.0/24 dev eth0");
      Sh.run("ip -n " + inside + " neigh add " + OUTSIDE + " lladdr " + mac("b") + " dev eth0");
    }
    Sh.run("ip -n a -6 route add fd02::/64 dev eth0");
    Sh.run("ip -n a neigh add fd02::2 lladdr " + mac("b") + " dev eth0");
    Sh.run("ip -n b neigh add 203.0.113.9 lladdr " + mac("a") + " dev eth0");
    Sh.run("ip -n b neigh add fd02::9 lladdr " + mac("a") + " dev eth0");
  }

  private static String mac(String guest) {
    return Sh.run("ip netns exec " + guest + " cat /sys/class/net/eth0/address").strip();
  }

  @AfterEach
  void remove() throws Exception {
    assertNull(running.failure());
    running.remove();
  }

  private void configure(String... flows) throws Exception {
    running.configure(
        Guests.withFlows(
            Guests.bridgeOf(
                "a", PortVlan.access(5), "b", PortVlan.access(5), "c", PortVlan.access(5)),
            List.of(flows)));
  }

  /** Who is inside gets the range's addresses outside; what goes outside does it by this action. */
  private void source(String four, String six, String action) throws Exception {
    String inside = "ct(commit,zone=1,exec(set_field:%d->ct_mark),nat(src=%s)),%s";
    configure(
        "in_port=va,ip actions=" + inside.formatted(1, four, action),
        "in_port=va,ipv6 actions=" + inside.formatted(1, six, action),
        "in_port=vc,ip actions=" + inside.formatted(3, four, action),
        "in_port=vb,ip actions=ct(zone=1,nat,table=1)",
        "in_port=vb,ipv6 actions=ct(zone=1,nat,table=1)",
        "table=1,ct_state=+est+rpl+trk,ct_mark=1 actions=output:va",
        "table=1,ct_state=+rel+trk,ct_mark=1 actions=output:va",
        "table=1,ct_state=+est+rpl+trk,ct_mark=3 actions=mod_dl_dst:" + mac("c") + ",output:vc");
  }

  @Test
  void whoIsInsideIsSeenByTheOtherAddress() throws Exception {
    source("203.0.113.9", "fd02::9", "output:vb");
    Sh.ping("a", OUTSIDE);
    Sh.ping("a", "fd02::2");
    assertTrue(Tcp.udp("a", "b", OUTSIDE, 5000));
    assertTrue(Tcp.udp("a", "b", "fd02::2", 5000));
    try (Tcp tcp = Tcp.connect("a", 4000, "b", OUTSIDE, 80, 80);
        Tcp six = Tcp.connect("a", "b", "fd02::2", 80)) {
      tcp.echo();
      six.echo();
      assertEquals("/203.0.113.9:4000", tcp.peer().toString());
      assertEquals("fd02:0:0:0:0:0:0:9", six.peer().getAddress().getHostAddress());
    }
    assertFalse(Guests.reaches("b", "203.0.113.9"), "nobody began that inside");
    assertFalse(Tcp.connects("b", "a", "203.0.113.9", 80));
  }

  @Test
  void largeSegmentsAndEveryKindOfChecksumAreRight() throws Exception {
    // What the sender leaves to others is done where it leaves: for a flood it takes the device's
    // way, which sums up; and who receives looks.
    source("203.0.113.9", "fd02::9", "all");
    for (String sums : List.of("on", "off")) {
      Sh.run("ip netns exec a ethtool -K eth0 tx " + sums + " > /dev/null");
      Sh.run("ethtool -K vb tx off > /dev/null; ethtool -K va tx off > /dev/null");
      for (String address : List.of(OUTSIDE, "fd02::2")) {
        transfer("a", "b", address);
        Sh.ping("a", address);
        assertTrue(Tcp.udp("a", "b", address, 5002), sums + " " + address);
      }
    }
    Sh.run("ip netns exec b ethtool -K eth0 tx off > /dev/null");
    assertTrue(Tcp.udp("a", "b", OUTSIDE, 5003), "and back");
    assertTrue(Tcp.udp("a", "b", "fd02::2", 5003), "and back");
    assertEquals("0", counter("b", "Tcp", "InCsumErrors"));
    assertEquals("0", counter("b", "Udp", "InCsumErrors"));
    assertEquals("0", counter("a", "Tcp", "InCsumErrors"));
  }

  private static void transfer(String from, String to, String address) throws Exception {
    try (NetNamespace a = NetNamespace.named(from);
        NetNamespace b = NetNamespace.named(to)) {
      Transfer transfer = Transfer.start(a, b, address, 5_000_000);
      Eventually.eventually("all is there", transfer::isOver);
      assertTrue(transfer.isWhole());
    }
  }

  /** A number of /proc/net/snmp, whose names stand in the line above. */
  private static String counter(String guest, String protocol, String name) {
    List<String> lines =
        Sh.run("ip netns exec " + guest + " grep ^" + protocol + ": /proc/net/snmp")
            .lines()
            .toList();
    List<String> names = List.of(lines.get(0).split(" "));
    return List.of(lines.get(1).split(" ")).get(names.indexOf(name));
  }

  @Test
  void twoOfOnePortGetTwoPorts() throws Exception {
    source("203.0.113.9:4000-4001", "fd02::9", "output:vb");
    try (Tcp first = Tcp.connect("a", 4000, "b", OUTSIDE, 80, 80);
        Tcp second = Tcp.connect("c", 4000, "b", OUTSIDE, 80, 80)) {
      first.echo();
      second.echo();
      assertEquals("/203.0.113.9:4000", first.peer().toString());
      assertEquals("/203.0.113.9:4001", second.peer().toString());
      assertNotEquals(first.peer(), second.peer());
      // There is no third one.
      assertFalse(Tcp.connects("a", "b", OUTSIDE, 80));
      assertTrue(
          running.status().drops().keySet().stream().anyMatch(text -> text.contains("nat has no")),
          running.status().drops()::toString);
      first.echo();
      second.echo();
    }
  }

  @Test
  void whoIsOutsideReachesOneInsideByAnotherPort() throws Exception {
    configure(
        "in_port=vb,tcp,nw_dst=203.0.113.9,tp_dst=80 "
            + "actions=ct(commit,zone=2,nat(dst=10.0.0.1:8080)),output:va",
        "in_port=va,ip actions=ct(zone=2,nat,table=1)",
        "table=1,ct_state=+est+rpl+trk actions=output:vb");
    Sh.run("ip -n a route flush 203.0.113.0/24; ip -n a route add 203.0.113.0/24 dev eth0");
    try (Tcp tcp = Tcp.connect("b", 0, "a", "203.0.113.9", 80, 8080)) {
      tcp.echo();
      assertEquals(OUTSIDE, tcp.peer().getAddress().getHostAddress());
    }
    assertFalse(Tcp.connects("b", "a", "203.0.113.9", 8080));
  }

  @Test
  void whoIsInsideIsToldThatNobodyIsAtAPort() throws Exception {
    source("203.0.113.9:4000-4999", "[fd02::9]:4000-4999", "output:vb");
    assertTrue(Tcp.isToldOfClosedPort("a", OUTSIDE, 5004));
    assertTrue(Tcp.isToldOfClosedPort("a", "fd02::2", 5004));
  }

  @Test
  void whoIsInsideLearnsTheMtuOfAPathOutside() throws Exception {
    source("203.0.113.9", "fd02::9", "output:vb");
    Sh.run("ip netns add d");
    Sh.run("ip link add behind netns b type veth peer name eth0 netns d");
    Sh.run("ip -n b link set behind mtu 1280 up; ip -n d link set lo up; ip -n d link set eth0 up");
    Sh.run("ip -n b addr add 198.51.100.1/24 dev behind");
    Sh.run("ip -n d addr add 198.51.100.2/24 dev eth0");
    Sh.run(
        "ip -n b addr add fd03::1/64 dev behind nodad; ip -n d addr add fd03::2/64 dev eth0 nodad");
    Sh.run("ip -n d route add default via 198.51.100.1; ip -n d -6 route add default via fd03::1");
    Sh.run("ip netns exec b sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'");
    Sh.run("ip netns exec b sh -c 'echo 1 > /proc/sys/net/ipv6/conf/all/forwarding'");
    Sh.run("ip -n a route add 198.51.100.0/24 via " + OUTSIDE + " dev eth0 onlink");
    Sh.run("ip -n a -6 route add fd03::/64 via fd02::2 dev eth0 onlink");
    for (String address : List.of("198.51.100.2", "fd03::2")) {
      transfer("a", "d", address);
      String route = Sh.run("ip -n a route get " + address);
      assertTrue(route.contains("mtu 1280"), route);
    }
  }

  @Test
  void whoIsOutsideIsToldByTheAddressThatHeKnows() throws Exception {
    configure(
        "in_port=vb,udp,nw_dst=203.0.113.9 actions=ct(commit,zone=2,nat(dst=10.0.0.1)),output:va",
        "in_port=va,ip actions=ct(zone=2,nat,table=1)",
        "table=1,ct_state=+rel+trk actions=output:vb");
    assertTrue(Tcp.isToldOfClosedPort("b", "203.0.113.9", 5005));
    assertTrue(
        running.status().drops().keySet().stream().noneMatch(text -> text.contains("ICMP error")),
        running.status().drops()::toString);
  }
}
