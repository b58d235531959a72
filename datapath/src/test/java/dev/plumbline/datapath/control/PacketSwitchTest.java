// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.testing.Eventually;
import dev.plumbline.datapath.upcall.Transfer;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The same switch without eBPF, on whatever kernel; and what is different then. */
@KernelTest
class PacketSwitchTest extends SwitchTest {
  private static final PortVlan ALL = PortVlan.TRUNK_ALL;

  @Override
  SwitchOptions options() {
    return super.options().withoutEbpf();
  }

  private void twoGuests() throws Exception {
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    running().configure(Guests.bridgeOf("a", ALL, "b", ALL));
  }

  @Test
  void statusSaysWhichWayAndWhatItCosts() throws Exception {
    twoGuests();
    SwitchStatus status = running().status();
    assertEquals(
        "AF_PACKET (eBPF is switched off); restarts interrupt traffic for the start-up time",
        status.fastPath());
    assertEquals(List.of(), status.warnings());
  }

  @Test
  void aRestartInterruptsAndRemembersNumbersAndAddresses() throws Exception {
    twoGuests();
    SwitchConfig config = running().config();
    Sh.ping("a", "10.0.0.2");
    List<Integer> numbers = running().status().ports().stream().map(p -> p.number()).toList();
    List<String> macs = running().addresses("br0").stream().map(e -> e.mac()).sorted().toList();
    Thread.sleep(700); // the state is saved each half second
    running().close();
    assertFalse(Guests.reaches("a", "10.0.0.2"));
    restart(config);
    assertEquals(numbers, running().status().ports().stream().map(p -> p.number()).toList());
    assertTrue(
        running().addresses("br0").stream().map(e -> e.mac()).toList().containsAll(macs),
        macs::toString);
    Sh.ping("a", "10.0.0.2");
  }

  @Test
  void theHostsOwnStackSeesNothingOfPorts() throws Exception {
    Guests.add("a", "10.0.0.1/24");
    Sh.run("ip addr add 10.0.0.254/24 dev va");
    Sh.ping("a", "10.0.0.254"); // the host is there without a switch
    running().configure(Guests.bridgeOf("a", ALL));
    Sh.run("ip neigh flush dev va; ip -n a neigh flush all");
    assertFalse(Guests.reaches("a", "10.0.0.254"));
    assertEquals("", Sh.run("ip -n a neigh show 10.0.0.254 | grep lladdr || true").strip());
    // Nor while there is no process.
    SwitchConfig config = running().config();
    running().close();
    assertFalse(Guests.reaches("a", "10.0.0.254"));
    open();
    running().configure(config);
    assertEquals(List.of(), running().status().warnings());
    running().configure(Guests.oneBridge(Map.of()));
    Sh.ping("a", "10.0.0.254"); // it is the host's again
    assertEquals("", Sh.run("tc qdisc show dev va | grep clsact || true").strip());
  }

  @Test
  void aDeviceThatIsNoPortAfterARestartIsTheHostsAgain() throws Exception {
    twoGuests();
    Sh.run("ip addr add 10.0.0.254/24 dev va");
    restart(Guests.bridgeOf("b", ALL));
    Sh.ping("a", "10.0.0.254");
    assertEquals("", Sh.run("tc qdisc show dev va | grep clsact || true").strip());
  }

  @Test
  void whatAPortsSocketRefusesIsCountedAtThePort() throws Exception {
    twoGuests();
    Sh.ping("a", "10.0.0.2");
    assertEquals(Map.of(), port("vb").seldom());
    Sh.run("ip link set vb mtu 1400"); // not what the guest thinks
    assertFalse(
        Sh.run("ip netns exec a ping -q -c 1 -W 1 -M do -s 1472 10.0.0.2 || true")
            .contains("1 received"));
    long dropped = running().status().drops().values().stream().mapToLong(Long::longValue).sum();
    assertTrue(dropped > 0, drops());
    Sh.run("ip link set vb down");
    assertFalse(Guests.reaches("a", "10.0.0.2"));
    Sh.run("ip link set vb up");
    Map<String, Long> seldom = port("vb").seldom();
    assertTrue(seldom.getOrDefault("receive ENETDOWN", 0L) > 0, seldom::toString);
  }

  @Test
  void aConfigurationThatIsRefusedForItsFlowsChangesNothing() throws Exception {
    twoGuests();
    Sh.ping("a", "10.0.0.2");
    SwitchConfig config = running().config();
    BridgeConfig refused =
        Guests.bridgeOf("a", ALL, "c", ALL)
            .bridges()
            .get("br0")
            .withFlows(Set.of(new FlowConfig(0, 1, "", "load:0x1->NXM_OF_IN_PORT[]", 0, 0, 0)));
    assertThrows(
        IllegalArgumentException.class,
        () -> running().configure(new SwitchConfig(Map.of("br0", refused))));
    assertEquals(config, running().config());
    assertEquals(
        List.of("va", "vb"),
        running().status().ports().stream().map(SwitchStatus.Port::port).sorted().toList());
    Sh.ping("b", "10.0.0.1");
    running().configure(Guests.oneBridge(Map.of()));
    assertEquals(List.of(), running().status().ports());
  }

  @Test
  void tcpPassesInLargeFrames() throws Exception {
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    running().configure(Guests.bridgeOf("a", PortVlan.access(5), "b", PortVlan.access(5)));
    try (NetNamespace a = NetNamespace.named("a");
        NetNamespace b = NetNamespace.named("b")) {
      Transfer transfer = Transfer.start(a, b, "10.0.0.2", 20_000_000);
      while (!transfer.isOver()) {
        Thread.sleep(10);
      }
      assertTrue(transfer.isWhole());
    }
    SwitchStatus.Port from = port("va");
    assertTrue(
        from.rxBytes() / from.rxPackets() > 3_000, "the sender's frames are large ones: " + from);
    awaitWhatCameInWentOut();
  }

  /** The last acknowledgements still go while the counters are read. */
  private void awaitWhatCameInWentOut() throws Exception {
    Eventually.eventually(
        "what came in went out",
        () -> {
          Map<String, SwitchStatus.Port> ports =
              running().status().ports().stream().collect(toMap(SwitchStatus.Port::port, p -> p));
          return ports.get("va").rxBytes() == ports.get("vb").txBytes();
        });
  }

  private static PortConfig gre(String remote) throws Exception {
    return new PortConfig.TunnelPort(
        PortConfig.TunnelType.GRE,
        null,
        List.of(InetAddress.getByName(remote)),
        0,
        0,
        0,
        0,
        true,
        false,
        ALL);
  }

  private SwitchStatus.Port port(String name) throws Exception {
    return running().status().ports().stream()
        .filter(p -> p.port().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private String drops() {
    try {
      return running().status().drops().toString();
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }

  @Test
  void aTunnelIsAProblemOfItsPortAlone() throws Exception {
    twoGuests();
    Map<String, PortConfig> ports = new HashMap<>(running().config().bridges().get("br0").ports());
    ports.put("gre0", gre("192.0.2.1"));
    running().configure(Guests.oneBridge(ports));
    Sh.ping("a", "10.0.0.2");
    SwitchStatus.Port tunnel = port("gre0");
    assertFalse(tunnel.up());
    assertTrue(String.valueOf(tunnel.problem()).contains("without eBPF"), tunnel::toString);
  }
}
