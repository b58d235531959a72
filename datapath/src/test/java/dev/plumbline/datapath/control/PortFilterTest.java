// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortFilter;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.packet.Frames;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Filters of ports with guests that really speak; {@code a} has the filter. Not in user-mode Linux
 * too: nothing of them is another kernel's matter that {@link ConnectionTest} does not try.
 */
@ExtendWith(ThrowawayHost.class)
class PortFilterTest {
  private static final PortFilter WEB =
      new PortFilter(List.of("established", "tcp 22,8000-8999 from 10.0.0.2/32"), List.of("any"));

  @TempDir Path directory;
  private Switch running;

  @BeforeEach
  void open() throws Exception {
    running = Switch.open(options());
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    Guests.add("c", "10.0.0.3/24");
  }

  SwitchOptions options() {
    return SwitchOptions.in(directory);
  }

  /** Whether connections go on while there is no process. */
  boolean outlivesProcesses() {
    return true;
  }

  @AfterEach
  void remove() throws Exception {
    assertNull(running.failure());
    running.remove();
  }

  private static BridgeConfig bridge(Map<String, PortFilter> filters, String... guests) {
    Map<String, PortConfig> ports = new LinkedHashMap<>();
    for (String guest : guests) {
      ports.put("v" + guest, new DevicePort("v" + guest, PortVlan.access(5)));
    }
    return Guests.oneBridge(ports).bridges().get("br0").withFilters(filters);
  }

  private static SwitchConfig config(Map<String, PortFilter> filters) {
    return new SwitchConfig(Map.of("br0", bridge(filters, "a", "b", "c")));
  }

  @Test
  void aFilteredGuestIsReachedByWhatItsRulesNameAndByAnswersAlone() throws Exception {
    running.configure(config(Map.of("va", WEB)));
    Sh.ping("a", "10.0.0.2"); // ARP both ways, and the answer to its own ping
    assertFalse(Guests.reaches("b", "10.0.0.1"));
    assertTrue(Tcp.udp("a", "b", "10.0.0.2", 5000));
    assertFalse(Tcp.udp("b", "a", "10.0.0.1", 5000));
    assertTrue(Tcp.isToldOfClosedPort("a", "10.0.0.2", 5001), "an ICMP error is an answer");
    assertFalse(Tcp.connects("b", "a", "10.0.0.1", 5002));
    assertFalse(Tcp.connects("c", "a", "10.0.0.1", 8080), "its source is in no rule");
    try (Tcp in = Tcp.connect("b", "a", "10.0.0.1", 8080);
        Tcp out = Tcp.connect("a", "b", "10.0.0.2", 5003)) {
      in.echo();
      out.echo();
      running.close();
      if (outlivesProcesses()) {
        in.echo();
        out.echo();
      }
      running = Switch.open(options());
      running.configure(config(Map.of("va", WEB)));
      in.echo();
      out.echo();
      // A rule that goes takes what it let in with it; answers stay.
      running.configure(
          config(Map.of("va", new PortFilter(List.of("established", "icmp 8"), List.of("any")))));
      out.echo();
      assertFalse(Tcp.connects("b", "a", "10.0.0.1", 8080));
      Sh.ping("b", "10.0.0.1");
    }
  }

  @Test
  void ipv6PassesByTheSameRulesAndNeighboursAreFoundThroughThem() throws Exception {
    Sh.run(
        "ip -n a addr add fd00::1/64 dev eth0 nodad; ip -n b addr add fd00::2/64 dev eth0 nodad");
    PortFilter filter =
        new PortFilter(
            List.of("established", "tcp 8080 from fd00::2/128"),
            List.of("udp", "tcp", "icmp6 128"));
    running.configure(config(Map.of("va", filter)));
    // Nobody knows anybody's MAC address yet: solicitations and advertisements pass by themselves.
    Sh.run("ip -n a neigh flush all; ip -n b neigh flush all");
    Sh.ping("a", "fd00::2");
    assertFalse(Guests.reaches("b", "fd00::1"));
    assertTrue(Tcp.udp("a", "b", "fd00::2", 5000));
    assertFalse(Tcp.udp("b", "a", "fd00::1", 5000));
    assertTrue(Tcp.isToldOfClosedPort("a", "fd00::2", 5001), "an ICMPv6 error is an answer");
    try (Tcp in = Tcp.connect("b", "a", "fd00::1", 8080);
        Tcp out = Tcp.connect("a", "b", "fd00::2", 5003)) {
      in.echo();
      out.echo();
    }
    assertFalse(Tcp.connects("b", "a", "fd00::1", 8081));
    assertFalse(Guests.reaches("a", "10.0.0.2"), "icmp6 is no icmp");
    // Found anew while the filter is there, from the outside, too.
    Sh.run("ip -n a neigh flush all; ip -n b neigh flush all");
    try (Tcp in = Tcp.connect("b", "a", "fd00::1", 8080)) {
      in.echo();
    }
  }

  @Test
  void twoFilteredGuestsNeedTheRulesOfBoth() throws Exception {
    PortFilter quiet = new PortFilter(List.of("established"), List.of("tcp 8080 to 10.0.0.0/24"));
    running.configure(config(Map.of("va", WEB, "vb", quiet)));
    try (Tcp tcp = Tcp.connect("b", "a", "10.0.0.1", 8080)) {
      tcp.echo();
    }
    assertFalse(Tcp.connects("b", "a", "10.0.0.1", 8081), "b may not");
    assertFalse(Tcp.connects("a", "b", "10.0.0.2", 8080), "b lets nobody in");
    running.configure(config(Map.of()));
    Sh.ping("b", "10.0.0.1");
  }

  @Test
  void guestsOfTwoNetworksSpeakThroughARouterOnTheirBridge() throws Exception {
    Sh.run("ip -n b addr add 10.0.1.2/24 dev eth0");
    Sh.run("ip -n c addr add 10.0.1.3/24 dev eth0");
    Sh.run("ip -n a route add 10.0.1.2 via 10.0.0.3");
    Sh.run("ip -n b route add 10.0.0.1 via 10.0.1.3");
    Sh.run("ip netns exec c sh -c 'echo 0 > /proc/sys/net/ipv4/conf/all/send_redirects'");
    Sh.run("ip netns exec c sh -c 'echo 0 > /proc/sys/net/ipv4/conf/eth0/send_redirects'");
    Sh.run("ip netns exec c sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'");
    PortFilter client = new PortFilter(List.of("established"), List.of("any"));
    PortFilter server = new PortFilter(List.of("tcp 8080"), List.of("established"));
    running.configure(config(Map.of("va", client, "vb", server)));
    try (Tcp tcp = Tcp.connect("a", "b", "10.0.1.2", 8080)) {
      tcp.echo();
    }
    assertFalse(Tcp.connects("a", "b", "10.0.1.2", 8081));
  }

  @Test
  void bridgesWithTheSameAddressesAreApart() throws Exception {
    Guests.add("d", "10.0.0.1/24");
    Guests.add("e", "10.0.0.2/24");
    running.configure(
        new SwitchConfig(
            Map.of(
                "br0", bridge(Map.of("va", WEB), "a", "b", "c"),
                "br1", bridge(Map.of("vd", WEB), "d", "e"))));
    // The same ends and ports: known in one bridge, and unknown in the other.
    try (Tcp tcp = Tcp.connect("a", "b", "10.0.0.2", 5003)) {
      tcp.echo();
      if (outlivesProcesses()) {
        assertTrue(running.flows("br0").toString().contains("ct_state(+est+rpl+trk)"));
        assertFalse(running.flows("br1").toString().contains("ct_state(+est"));
      }
    }
    assertFalse(Tcp.connects("e", "d", "10.0.0.1", 5003));
    assertEquals(0, running.flows("br1").stream().filter(f -> f.match().contains("+est")).count());
  }

  @Test
  void anEchoRequestIsNoAnswerToOneOfTheSameIdentifier() throws Exception {
    running.configure(config(Map.of("va", WEB)));
    String ping = "ip netns exec %s ping -q -c 2 -i 0.2 -W 1 -e 77 %s > /dev/null && echo yes || :";
    assertEquals("yes", Sh.run(ping.formatted("a", "10.0.0.2")).strip());
    assertEquals("", Sh.run(ping.formatted("b", "10.0.0.1")).strip());
    assertEquals("yes", Sh.run(ping.formatted("a", "10.0.0.2")).strip(), "its own goes on");
  }

  @Test
  void anErrorIsRelatedIfItIsForWhomThePacketCameFrom() throws Exception {
    running.configure(config(Map.of("va", WEB)));
    assertTrue(Tcp.udp("a", "b", "10.0.0.2", 5000));
    byte[] a = {10, 0, 0, 1};
    byte[] b = {10, 0, 0, 2};
    byte[] other = {10, 0, 0, 9};
    try (Wire sender = Wire.of("b", "eth0");
        Wire guest = Wire.of("a", "eth0")) {
      // What the guest sends next, and an error about it, as anybody on its way may send one.
      byte[] sent = Frames.ipv4(a, b, 17, 0, 64, 7, 0, 0, Frames.udp(4001, 5001, new byte[8]));
      guest.send(ethernet("b", "a", sent));
      byte[] udp = sender.await("the packet", frame -> Wire.find(frame, sent) > 0);
      assertEquals(14, Wire.find(udp, sent));
      byte[] error = Frames.icmp(3, 1, sent); // host unreachable
      for (byte[] to : new byte[][] {other, a}) {
        sender.send(ethernet("a", "b", Frames.ipv4(b, to, 1, 0, 64, 8, 0, 0, error)));
      }
      byte[] came = guest.await("an error", frame -> Wire.find(frame, error) > 0);
      assertEquals(30, Wire.find(came, a), "the one that was forged did not come first");
    }
  }

  private static byte[] ethernet(String to, String from, byte[] packet) {
    return Frames.ethernet(mac(to), mac(from), new int[0], 0x0800, packet);
  }

  private static byte[] mac(String guest) {
    return Frames.hex(Sh.run("ip netns exec " + guest + " cat /sys/class/net/eth0/address"));
  }
}
