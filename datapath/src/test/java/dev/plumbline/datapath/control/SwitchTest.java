// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static dev.plumbline.datapath.testing.Eventually.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.HostPort;
import dev.plumbline.datapath.config.PortConfig.PatchPort;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole switches on the real kernel: guests in namespaces that ping each other. */
@KernelTest
class SwitchTest {
  private static final PortVlan ALL = PortVlan.TRUNK_ALL;

  @TempDir Path directory;
  private Switch running;

  @BeforeEach
  void open() throws Exception {
    running = Switch.open(options());
  }

  /** By eBPF where the kernel has it. */
  SwitchOptions options() {
    return SwitchOptions.in(directory);
  }

  Switch running() {
    return running;
  }

  /** Ends this process's part and begins anew. */
  void restart(SwitchConfig config) throws Exception {
    running.close();
    open();
    running.configure(config);
  }

  @AfterEach
  void remove() throws Exception {
    assertNull(running.failure());
    running.remove();
    assertEquals(List.of(), left());
  }

  private List<Path> left() throws Exception {
    try (var files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void guestsOnOneBridgeReachEachOther() throws Exception {
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    running.configure(Guests.bridgeOf("a", ALL, "b", ALL));
    Sh.ping("a", "10.0.0.2");
    Sh.ping("b", "10.0.0.1");
    SwitchStatus status = running.status();
    assertTrue(status.ports().stream().allMatch(SwitchStatus.Port::up), status::toString);
    assertEquals(2, running.addresses("br0").stream().map(e -> e.port()).distinct().count());
    assertTrue(status.upcalls() < 40, "most packets never come up: " + status);
  }

  @Test
  void theHostReachesGuestsByItsInternalPort() throws Exception {
    Guests.add("a", "10.0.0.1/24");
    Sh.run("ip link add br0 type veth peer name br0-leg");
    Sh.run("ip link set br0-leg up");
    Sh.run("ip addr add 10.0.0.254/24 dev br0");
    Sh.run("ip link set br0 up");
    PortVlan vlan = PortVlan.access(10);
    running.configure(
        Guests.oneBridge(
            Map.of("va", new DevicePort("va", vlan), "br0", new HostPort("br0", "br0-leg", vlan))));
    Sh.ping("a", "10.0.0.254");
    Sh.ping("", "10.0.0.1");
  }

  @Test
  void accessPortsOfDifferentVlansAreApartAndATrunkHasBoth() throws Exception {
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    Guests.add("c", "10.0.0.3/24");
    running.configure(
        Guests.bridgeOf(
            "a", PortVlan.access(10), "b", PortVlan.access(20), "c", PortVlan.access(10)));
    assertFalse(Guests.reaches("a", "10.0.0.2"));
    Sh.ping("a", "10.0.0.3");
    // What is let in changes with one port's VLAN, while the other flows go on.
    running.configure(
        Guests.bridgeOf(
            "a", PortVlan.access(10), "b", PortVlan.access(10), "c", PortVlan.access(20)));
    Sh.ping("a", "10.0.0.2");
    assertFalse(Guests.reaches("a", "10.0.0.3"));
  }

  @Test
  void aGuestIsNotHandedWhatWasFloodedForAnotherAddress() throws Exception {
    // With two ports a flood has one output, which must not look like a known destination.
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    running.configure(Guests.bridgeOf("a", ALL, "b", ALL));
    Sh.ping("a", "10.0.0.2");
    Sh.run("ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:99 dev eth0 nud permanent");
    assertFalse(Guests.reaches("a", "10.0.0.2"));
  }

  @Test
  void aPatchJoinsTwoBridges() throws Exception {
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    running.configure(
        new SwitchConfig(
            Map.of(
                "br0",
                new BridgeConfig(
                    Map.of(
                        "va", new DevicePort("va", PortVlan.access(5)),
                        "to-int", new PatchPort("br-int", "to-br0", ALL)),
                    MacTableConfig.DEFAULT,
                    false),
                "br-int",
                new BridgeConfig(
                    Map.of(
                        "vb", new DevicePort("vb", PortVlan.access(5)),
                        "to-br0", new PatchPort("br0", "to-int", ALL)),
                    MacTableConfig.DEFAULT,
                    false))));
    Sh.ping("a", "10.0.0.2");
  }

  @Test
  void aDeviceThatVanishesAndComesBackIsTakenUpAgain() throws Exception {
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    running.configure(Guests.bridgeOf("a", ALL, "b", ALL));
    Sh.ping("a", "10.0.0.2");
    Sh.run("ip link del vb");
    assertFalse(Guests.reaches("a", "10.0.0.2"));
    Guests.plug("b", "10.0.0.2/24");
    Sh.run("ip -n a neigh flush all"); // the new eth0 has another MAC address
    Sh.ping("a", "10.0.0.2"); // when the kernel has told of it, and somebody has a CPU to hear it
  }

  @Test
  void anAddressThatMovesToAnotherPortIsFollowedAtOnce() throws Exception {
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    Guests.add("c", "10.0.0.3/24");
    running.configure(Guests.bridgeOf("a", ALL, "b", ALL, "c", ALL));
    Sh.ping("a", "10.0.0.2");
    String mac = Sh.run("ip netns exec b cat /sys/class/net/eth0/address").trim();
    Sh.run("ip -n b link set eth0 down");
    Sh.run("ip -n c link set eth0 address " + mac);
    Sh.run("ip -n c addr add 10.0.0.2/24 dev eth0");
    Sh.ping("c", "10.0.0.1");
    Sh.ping("a", "10.0.0.2");
    assertEquals(
        List.of("vc"),
        running.addresses("br0").stream()
            .filter(e -> e.mac().equals(mac))
            .map(e -> e.port())
            .toList());
  }

  @Test
  void whatForwardsGoesOnWithoutTheProcessAndIsTakenOver() throws Exception {
    String way = running.status().fastPath();
    assumeTrue(way.startsWith("eBPF"), way);
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    SwitchConfig config = Guests.bridgeOf("a", ALL, "b", ALL);
    running.configure(config);
    Sh.ping("a", "10.0.0.2");
    Guests.keepNeighbour("a", "10.0.0.2", "b");
    Guests.keepNeighbour("b", "10.0.0.1", "a");
    Thread.sleep(700); // the state is saved each half second
    long before = packets();
    running.close();
    Sh.ping("a", "10.0.0.2");
    running = Switch.open(options());
    Sh.ping("a", "10.0.0.2");
    running.configure(config);
    assertTrue(running.status().adopted());
    assertTrue(packets() >= before + 12, "flows and their counters are the same ones");
    assertEquals(2, running.addresses("br0").stream().map(e -> e.mac()).distinct().count());
    Sh.ping("a", "10.0.0.2");
    assertEquals(List.of(), running.status().warnings());
  }

  @Test
  void whatDevicesWereBeforeIsRememberedOverARestart() throws Exception {
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    Sh.run("ip link set vb promisc on");
    running.configure(Guests.bridgeOf("a", ALL, "b", ALL));
    assertTrue(isPromiscuous("va"));
    restart(Guests.bridgeOf("a", ALL, "b", ALL));
    assertTrue(isPromiscuous("va"));
    running.configure(Guests.oneBridge(Map.of()));
    assertFalse(isPromiscuous("va"), "it was not before it became a port");
    assertTrue(isPromiscuous("vb"), "it was before it became a port");
  }

  private static boolean isPromiscuous(String device) {
    return Sh.run("ip link show dev " + device).contains("PROMISC");
  }

  @Test
  void aPromiscuityThatSomebodyTakesAwayIsSetAgain() throws Exception {
    Guests.add("a", "10.0.0.1/24");
    running.configure(Guests.bridgeOf("a", ALL));
    Sh.run("ip link set va promisc off");
    eventually("promiscuous", () -> isPromiscuous("va"));
  }

  private long packets() throws Exception {
    return running.flows("br0").stream()
        .filter(flow -> flow.match().contains("0x0800"))
        .mapToLong(SwitchStatus.CachedFlow::packets)
        .sum();
  }
}
