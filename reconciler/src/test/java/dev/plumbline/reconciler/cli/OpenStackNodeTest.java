// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.HostPort;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.control.Switch;
import dev.plumbline.datapath.control.SwitchOptions;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The node of OpenStack among the examples runs as it is, and its flows count. On a throwaway host,
 * but not in user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
class OpenStackNodeTest {
  private static final Path FILE = Path.of("..", "examples", "openstack-node.yaml");
  private static final String DROP = " actions=drop";

  @TempDir Path directory;

  @BeforeEach
  void connect() {
    // What the host itself says on the veth between the bridges, as it does on new devices, would
    // be counted too.
    Sh.run("echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
    for (String card : new String[] {"eth2", "eth3"}) {
      String there = "at-" + card;
      Sh.run("ip netns add " + there);
      Sh.run("ip link add " + card + " type veth peer name cable netns " + there);
      Sh.run("ip link set " + card + " up");
      Sh.run("ip -n " + there + " link set cable up");
    }
    Sh.run("ip -n at-eth3 address add 10.3.0.9/24 dev cable");
  }

  @Test
  void vlan1InsideIs1000OutsideAndWhatHasNoNetworkOutsideIsDroppedAndCounted() throws Exception {
    try (Switch outside = outside();
        AgentProcess agent = AgentProcess.follow(FILE, directory)) {
      Sh.ping("vm1", "10.0.0.9");
      Sh.ping("at-eth2", "10.0.0.2");
      Sh.ping("my-ns", "10.9.0.1");
      Sh.ping("vm3", "10.3.0.9");
      assertTrue(packets("dl_vlan=1 ") > 0, "what vm1 sent outside");

      Sh.run("ip netns exec vm2 sh -c 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6'");
      long sentBefore = sentByVm2();
      long droppedBefore = settled();
      String ping = Sh.run("ip netns exec vm2 ping -c 3 -W 1 10.0.0.9 || true");
      assertTrue(ping.contains(" 0 received"), ping);
      long sent = sentByVm2() - sentBefore;
      assertTrue(sent >= 3, "it asks for 10.0.0.9 at least");
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (packets(DROP) - droppedBefore != sent && System.nanoTime() < end) {
        Thread.sleep(20);
      }
      assertEquals(sent, packets(DROP) - droppedBefore, agent.output());
      assertNull(outside.failure());
      assertEquals(1, agent.output().lines().filter(line -> line.contains("applied ")).count());
    }
  }

  /** At the other end of eth2's cable, VLAN 1000 alone is heard. */
  private Switch outside() throws Exception {
    Sh.run("ip -n at-eth2 link add wire type veth peer name leg");
    Sh.run("ip -n at-eth2 link set leg up");
    Sh.run("ip -n at-eth2 link set wire up");
    Sh.run("ip -n at-eth2 address add 10.0.0.9/24 dev wire");
    BridgeConfig bridge =
        new BridgeConfig(
            Map.of(
                "cable", new DevicePort("cable", PortVlan.trunk(1000)),
                "wire", new HostPort("wire", "leg", PortVlan.access(1000))),
            new MacTableConfig(300, 100, List.of()),
            false);
    try (NetNamespace there = NetNamespace.named("at-eth2")) {
      return there.run(
          () -> {
            Switch opened = Switch.open(SwitchOptions.in(directory.resolve("outside")));
            opened.configure(new SwitchConfig(Map.of("br0", bridge)));
            return opened;
          });
    }
  }

  /** What the drop has counted when nothing sends any more. */
  private long settled() throws Exception {
    long before = -1;
    long now = packets(DROP);
    while (now != before) {
      Thread.sleep(300);
      before = now;
      now = packets(DROP);
    }
    return now;
  }

  private static long sentByVm2() {
    return Long.parseLong(
        Sh.run("ip netns exec vm2 cat /sys/class/net/eth0/statistics/tx_packets").strip());
  }

  /** What the flow of br-eth2 counted whose text has this in it. */
  private long packets(String text) {
    CommandRun flows = new CommandRun();
    String run = directory.resolve("run").toString();
    assertEquals(ExitCode.DONE, flows.execute("flows", "br-eth2", "--run", run), flows.err());
    String line = flows.out().lines().filter(one -> one.contains(text)).findFirst().orElseThrow();
    return Long.parseLong(line.replaceAll(".*n_packets=(\\d+),.*", "$1"));
  }
}
