// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static dev.plumbline.datapath.control.TunnelHosts.ping;
import static dev.plumbline.datapath.control.TunnelHosts.pingLost;
import static dev.plumbline.datapath.control.TunnelHosts.transfer;
import static dev.plumbline.datapath.control.TunnelHosts.tunnel;
import static dev.plumbline.datapath.testing.Eventually.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.PatchPort;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.packet.Frames;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.datapath.translate.NamedFlows;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.RequiresKind;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tunnels of which flows say key and remote, as on an OpenStack node: guests in two VLANs of br-int
 * on two hosts, a network of their own on the wire for each. Host 1 has the remote in its file,
 * host 2 in its flows. On a throwaway host.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
@Timeout(300)
class FlowTunnelTest {
  private static final int RED = 0x64;
  private static final int BLUE = 0x5a5a65;
  private static final PortVlan TRUNK = PortVlan.TRUNK_ALL;

  @TempDir Path directory;

  /** The guest {@code bN} beside {@code gN}, with the same address in the other VLAN. */
  private static void blueGuest(int n) {
    Sh.run("ip netns add b" + n);
    Sh.run(
        ("ip -n hN link add wN type veth peer name eth0 netns bN && ip -n hN link set wN up"
                + " && ip -n bN link set eth0 up && ip -n bN addr add 10.0.0.N/24 dev eth0")
            .replace("N", String.valueOf(n)));
  }

  /** Its br-int, and its br-tun with such a tunnel. */
  private static SwitchConfig node(int n, TunnelPort tunnel, String out) throws Exception {
    Map<String, PortConfig> guests =
        Map.of(
            "v" + n,
            new DevicePort("v" + n, PortVlan.access(1)),
            "w" + n,
            new DevicePort("w" + n, PortVlan.access(2)),
            "patch-tun",
            new PatchPort("br-tun", "patch-int", TRUNK));
    Set<FlowConfig> flows = new LinkedHashSet<>();
    for (String flow :
        List.of(
            "priority=1,in_port=patch-int actions=resubmit(,2)",
            "priority=1,in_port=vx actions=resubmit(,4)",
            "priority=0 actions=drop",
            "table=2,dl_dst=00:00:00:00:00:00/01:00:00:00:00:00 actions=resubmit(,20)",
            "table=2,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=resubmit(,22)",
            "table=4,priority=1,tun_id=0x64 actions=mod_vlan_vid:1,resubmit(,10)",
            "table=4,priority=1,tun_id=0x5a5a65 actions=mod_vlan_vid:2,resubmit(,10)",
            "table=4,priority=0 actions=drop",
            "table=10,priority=1 actions=output:patch-int",
            "table=20,priority=0 actions=resubmit(,22)",
            "table=22,priority=1,dl_vlan=1 actions=strip_vlan,set_tunnel:0x64," + out,
            "table=22,priority=1,dl_vlan=2 actions=strip_vlan,load:0x5a5a65->NXM_NX_TUN_ID[],"
                + out)) {
      flows.add(NamedFlows.ofAny().read(flow));
    }
    return new SwitchConfig(
        Map.of(
            "br-int", new BridgeConfig(guests, MacTableConfig.DEFAULT, false),
            "br-tun",
                new BridgeConfig(
                    Map.of("patch-int", new PatchPort("br-int", "patch-tun", TRUNK), "vx", tunnel),
                    MacTableConfig.DEFAULT,
                    false,
                    flows)));
  }

  private void configure(TunnelHosts hosts, TunnelType type) throws Exception {
    hosts.open(1, Map.of());
    hosts.open(2, Map.of());
    blueGuest(1);
    blueGuest(2);
    for (String guest : List.of("g1", "g2", "b1", "b2")) {
      // what a host says of itself would be packets, too
      Sh.run("ip netns exec " + guest + " sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1");
    }
    for (String half : List.of("v1", "w1", "v2", "w2")) {
      String host = "h" + half.charAt(1);
      Sh.run("ip netns exec " + host + " sysctl -qw net.ipv6.conf." + half + ".disable_ipv6=1");
    }
    long ofFlow = TunnelPort.KEY_OF_FLOW;
    hosts.at(1).configure(node(1, tunnel(type, ofFlow, "192.0.2.2"), "output:vx"));
    String said = "set_field:192.0.2.1->tun_dst,output:vx";
    hosts.at(2).configure(node(2, tunnel(type, ofFlow), said));
  }

  @KernelTest
  @RequiresKind("vxlan")
  @Test
  void guestsInTwoVlansHaveANetworkEachByVxlan() throws Exception {
    guestsInTwoVlansHaveANetworkEach(TunnelType.VXLAN);
  }

  @KernelTest
  @RequiresKind("geneve")
  @Test
  void guestsInTwoVlansHaveANetworkEachByGeneve() throws Exception {
    guestsInTwoVlansHaveANetworkEach(TunnelType.GENEVE);
  }

  private void guestsInTwoVlansHaveANetworkEach(TunnelType type) throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      configure(hosts, type);
      Sh.run("ip -n g1 link set eth0 address 02:00:00:00:aa:01");
      Sh.run("ip -n b1 link set eth0 address 02:00:00:00:bb:01");
      try (Wire wire = Wire.of("uh1")) {
        ping("g1", "10.0.0.2", "");
        assertEquals(RED, keyOf(wire, type, "0200 0000 aa01"));
        ping("b1", "10.0.0.2", "");
        assertEquals(BLUE, keyOf(wire, type, "0200 0000 bb01"));
      }
      transfer("g1", "g2", "10.0.0.2");
      transfer("b2", "b1", "10.0.0.1");
      assertEquals(Set.of("100@192.0.2.2", BLUE + "@192.0.2.2"), ends(hosts, 1));
      assertEquals(Set.of("100@192.0.2.1", BLUE + "@192.0.2.1"), ends(hosts, 2));
      String unknown = "came by a tunnel from a remote, or with a key, that no port has";
      assertFalse(hosts.at(1).status().drops().containsKey(unknown));
      assertFalse(hosts.at(2).status().drops().containsKey(unknown));
      countsWhatWasSent(hosts);
    }
  }

  /** What one host sends in the tunnel the other takes out of it, frame by frame. */
  private static void countsWhatWasSent(TunnelHosts hosts) throws Exception {
    String ping = "ip netns exec g1 ping -q -c 50 -i 0.01 -W 5 10.0.0.2";
    long[] before = {packets(hosts, 1, true), packets(hosts, 2, false)};
    Sh.run(ping);
    eventually(
        "all that host 1 has sent has come",
        () ->
            packets(hosts, 1, true) >= before[0] + 50
                && packets(hosts, 1, true) - before[0] == packets(hosts, 2, false) - before[1]);
  }

  private static long packets(TunnelHosts hosts, int n, boolean sent) throws IOException {
    return hosts.at(n).status().ports().stream()
        .filter(port -> port.port().equals("vx"))
        .mapToLong(port -> sent ? port.txPackets() : port.rxPackets())
        .sum();
  }

  @KernelTest
  @RequiresKind("vxlan")
  @Test
  void whatNoFlowTakesGetsNoNumber() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      configure(hosts, TunnelType.VXLAN);
      ping("g1", "10.0.0.2", "");
      Set<String> ends = ends(hosts, 2);
      try (NetNamespace host = NetNamespace.named("h1");
          java.net.DatagramSocket socket = host.run(() -> new java.net.DatagramSocket())) {
        byte[] inner = Frames.ethernet(mac(2), mac(1), new int[0], 0x88b5, new byte[50]);
        for (int key = 1; key <= 40; key++) {
          byte[] header = Frames.hex(String.format("08000000 %06x00", 0x700000 + key));
          byte[] message = Frames.join(header, inner);
          socket.send(
              new java.net.DatagramPacket(
                  message, message.length, TunnelHosts.address("192.0.2.2"), 4789));
        }
      }
      eventually(
          "all are dropped",
          () -> hosts.at(2).status().drops().getOrDefault("is dropped by a flow", 0L) == 40);
      assertEquals(ends, ends(hosts, 2));
      ping("g2", "10.0.0.1", "");
      pingLost("g1", "10.0.0.77", "");
    }
  }

  /** The numbers of ends are the next process's too. */
  @KernelTest
  @RequiresKind("vxlan")
  @Test
  void endsAreThereAfterARestart() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      configure(hosts, TunnelType.VXLAN);
      ping("g1", "10.0.0.2", "");
      ping("b1", "10.0.0.2", "");
      Map<String, Integer> numbers = numbers(hosts, 1);
      assertEquals(2, numbers.size());
      hosts.leave(1);
      ping("g1", "10.0.0.2", ""); // the kernel forwards
      hosts.restart(1);
      TunnelPort tunnel = tunnel(TunnelType.VXLAN, TunnelPort.KEY_OF_FLOW, "192.0.2.2");
      hosts.at(1).configure(node(1, tunnel, "output:vx"));
      assertEquals(numbers, numbers(hosts, 1));
      ping("g1", "10.0.0.2", "");
      ping("b1", "10.0.0.2", "");
      assertEquals(numbers, numbers(hosts, 1));
    }
  }

  /** They go when nothing has come or gone by them for long, and come again with a packet. */
  @KernelTest
  @RequiresKind("vxlan")
  @Test
  void endsThatAreIdleGo() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      hosts.idleMillis(1, 500);
      configure(hosts, TunnelType.VXLAN);
      ping("g1", "10.0.0.2", "");
      eventually("nobody speaks", () -> ends(hosts, 1).isEmpty());
      ping("g2", "10.0.0.1", "");
      assertEquals(Set.of("100@192.0.2.2"), ends(hosts, 1));
    }
  }

  private static byte[] mac(int n) {
    String text = Sh.run("ip -n g" + n + " -br link show eth0 | awk '{print $3}'").strip();
    return java.util.HexFormat.ofDelimiter(":").parseHex(text);
  }

  private static Set<String> ends(TunnelHosts hosts, int n) throws IOException {
    return numbers(hosts, n).keySet();
  }

  private static Map<String, Integer> numbers(TunnelHosts hosts, int n) throws IOException {
    return hosts.at(n).status().ports().stream()
        .filter(port -> port.part().contains("@"))
        .collect(Collectors.toMap(SwitchStatus.Port::part, SwitchStatus.Port::number));
  }

  /** Of a packet with a frame from that address in it: RFC 7348, 5; RFC 8926, 3.4. */
  private static int keyOf(Wire wire, TunnelType type, String source) throws IOException {
    byte[] mac = Frames.hex(source);
    byte[] seen =
        wire.await("a packet of the tunnel", frame -> frame.length > 60 && at(frame, mac) > 0);
    int header = at(seen, mac) - 6 - 8;
    int port = (seen[36] & 0xff) << 8 | (seen[37] & 0xff);
    assertEquals(type == TunnelType.VXLAN ? 4789 : 6081, port);
    return (seen[header + 4] & 0xff) << 16
        | (seen[header + 5] & 0xff) << 8
        | (seen[header + 6] & 0xff);
  }

  /** As the source of the inner frame, behind all outer headers. */
  private static int at(byte[] frame, byte[] mac) {
    int at = Wire.find(frame, mac);
    return at >= 14 + 20 + 8 + 8 + 6 ? at : -1;
  }
}
