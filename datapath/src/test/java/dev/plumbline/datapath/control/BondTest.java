// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static dev.plumbline.datapath.testing.Eventually.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.BondMode;
import dev.plumbline.datapath.config.PortConfig.BondPort;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bond to a switch of another host, which is a Linux bridge in the namespace {@code far}: guest a
 * on our side, the bridge's own address 10.0.0.100 on the other. A Linux bridge learns, so that it
 * sends to the wrong member until it is told of a failover.
 */
@KernelTest
class BondTest {
  private static final int BROADCASTS = 20;

  @TempDir Path directory;
  private Switch running;

  @BeforeEach
  void open() throws Exception {
    running = Switch.open(SwitchOptions.in(directory));
    Sh.run("ip netns add far");
    quiet("");
    quiet("ip netns exec far ");
    Sh.run("ip -n far link add far0 type bridge mcast_snooping 0");
    Sh.run("ip -n far addr add 10.0.0.100/24 dev far0");
    Sh.run("ip -n far link set far0 up");
    for (String member : List.of("eth1", "eth2")) {
      Sh.run("ip link add " + member + " type veth peer name " + member + " netns far");
      Sh.run("ip link set " + member + " up");
      Sh.run("ip -n far link set " + member + " master far0 up");
    }
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
  }

  @AfterEach
  void remove() throws Exception {
    assertNull(running.failure());
    running.remove();
  }

  /** No IPv6, whose own multicasts would be counted. */
  private static void quiet(String inside) {
    Sh.run(inside + "sh -c 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6'");
  }

  private static SwitchConfig bonded(BondMode mode, @Nullable String primary, int downDelayMillis) {
    Map<String, PortConfig> ports = new LinkedHashMap<>();
    ports.put("va", new DevicePort("va", PortVlan.TRUNK_ALL));
    ports.put("vb", new DevicePort("vb", PortVlan.TRUNK_ALL));
    ports.put(
        "bond0",
        new BondPort(
            List.of("eth1", "eth2"), mode, primary, 0, downDelayMillis, 10, PortVlan.TRUNK_ALL));
    return Guests.oneBridge(ports);
  }

  private long sent(String member) throws Exception {
    return running.status().ports().stream()
        .filter(port -> port.part().equals(member))
        .mapToLong(SwitchStatus.Port::txPackets)
        .sum();
  }

  @Test
  void activeBackupUsesThePrimaryAndFailsOverWithoutTouchingFlows() throws Exception {
    running.configure(bonded(BondMode.ACTIVE_BACKUP, "eth2", 0));
    awaitMembers();
    Sh.ping("a", "10.0.0.100");
    Sh.ping("b", "10.0.0.100");
    assertEquals("eth2", running.status().bonds().get(0).active());
    assertEquals(0, sent("eth1"), "only the primary sends");
    assertTrue(sent("eth2") >= 6);
    // The carrier goes, as of a cable that is pulled: after some fifty pings. On a quiet machine
    // none is lost; the bound is for one so busy that the kernel's own event comes late.
    String losses =
        Sh.run(
            "(sleep 0.5; ip -n far link set eth2 down) & "
                + "ip netns exec a ping -q -c 600 -i 0.01 -W 1 10.0.0.100 | grep -o '[0-9]* received'");
    int received = Integer.parseInt(losses.split(" ", -1)[0].trim());
    assertTrue(received >= 100, "received " + received + " of 600");
    assertTrue(sent("eth1") > 0);
    System.err.println("failover: " + received + " of 600 pings at 10 ms");
  }

  @Test
  void balanceSlbMakesNoLoopAndDuplicatesNothing() throws Exception {
    running.configure(bonded(BondMode.BALANCE_SLB, null, 0));
    awaitMembers();
    Sh.ping("a", "10.0.0.100");
    Sh.ping("b", "10.0.0.100");
    Sh.ping("a", "10.0.0.2");
    for (String guest : List.of("a", "b")) {
      Sh.run(
          "ip netns exec " + guest + " sh -c 'echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6'");
    }
    // Broadcasts come back by the other member: none may reach the guests, nor go round.
    String before = Sh.run("ip netns exec a cat /sys/class/net/eth0/statistics/rx_packets").trim();
    Sh.run("ip netns exec b ping -q -b -c " + BROADCASTS + " -i 0.02 -W 1 10.0.0.255 2>&1 || true");
    Thread.sleep(300);
    String after = Sh.run("ip netns exec a cat /sys/class/net/eth0/statistics/rx_packets").trim();
    long seen = Long.parseLong(after) - Long.parseLong(before);
    // The neighbours' own questions come to a few more; what came twice would be double.
    assertTrue(seen < 2 * BROADCASTS, seen + " frames for " + BROADCASTS + " broadcasts");
  }

  private void awaitMembers() throws Exception {
    eventually(
        "all ports are up",
        () -> running.status().ports().stream().allMatch(SwitchStatus.Port::up));
  }
}
