// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static dev.plumbline.datapath.testing.Eventually.eventually;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.GroupConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.datapath.config.MeterConfig.Unit;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.PatchPort;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.datapath.translate.NamedFlows;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What meters let through of real frames; nobody but the test sends. */
@KernelTest
@RequiresEbpf
class MeterTest {
  private static final long FROM = 0x02aa_0000_0001L;
  private static final double SECOND = 1e9;

  @TempDir Path directory;
  Switch running;
  private int index;
  private long to;
  private long sent;
  private long began;
  private long ended;
  private long lastSent;

  @BeforeEach
  void open() throws Exception {
    Sh.run("sysctl -qw net.ipv6.conf.default.disable_ipv6=1"); // or the host sends to b, too
    running = Switch.open(options());
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    Burst.quiet("a");
    Burst.quiet("b");
    index = Burst.ifindex("a");
    to = Burst.mac("b");
    began = System.nanoTime();
  }

  SwitchOptions options() {
    return SwitchOptions.in(directory);
  }

  @AfterEach
  void remove() throws Exception {
    assertNull(running.failure());
    running.remove();
  }

  private static SwitchConfig bridge(MeterConfig meter, String... flows)
      throws FlowSyntaxException {
    SwitchConfig plain = Guests.bridgeOf("a", PortVlan.TRUNK_ALL, "b", PortVlan.TRUNK_ALL);
    BridgeConfig bridge = Guests.withFlows(plain, List.of(flows)).bridges().get("br0");
    return new SwitchConfig(Map.of("br0", bridge.withMeters(Set.of(meter))));
  }

  /** Far more than the meters let through, for so many seconds at least; by two flows in turn. */
  private void flood(double seconds) throws Exception {
    try (NetNamespace a = NetNamespace.named("a")) {
      long start = System.nanoTime();
      for (int i = 0; i < 500 || System.nanoTime() - start < seconds * SECOND; i++) {
        int vlan = i % 2 == 0 ? 0 : 9;
        sent += a.run(() -> Burst.send(index, to, FROM, vlan, 2));
        Thread.sleep(1);
      }
    }
    lastSent = System.nanoTime();
    eventually("all are counted", () -> packets() == sent);
    ended = System.nanoTime();
  }

  private long packets() throws Exception {
    return running.decided("br0").stream().mapToLong(SwitchStatus.DecidedFlow::packets).sum();
  }

  private SwitchStatus.Meter meter() throws Exception {
    List<SwitchStatus.Meter> meters = running.meters("br0");
    assertEquals(1, meters.size());
    return meters.get(0);
  }

  private double seconds() {
    return (ended - began) / SECOND;
  }

  private static long received() {
    return received("b");
  }

  private static long received(String guest) {
    String counter = "/sys/class/net/eth0/statistics/rx_packets";
    return Long.parseLong(Sh.run("ip netns exec " + guest + " cat " + counter).strip());
  }

  private void agrees() throws Exception {
    SwitchStatus.Meter meter = meter();
    assertEquals(sent, meter.packets() + meter.droppedPackets(), meter::toString);
    eventually("what it let through is there", () -> received() == meter.packets());
    long dropped = running.status().drops().getOrDefault("is more than a meter lets through", 0L);
    assertEquals(meter.droppedPackets(), dropped);
  }

  @Test
  void flowsShareAMeterAndCountAllThatCame() throws Exception {
    running.configure(
        bridge(
            new MeterConfig(7, Unit.PKTPS, 10, 100),
            "priority=2,in_port=va,dl_vlan=9 actions=meter:7,output:vb",
            "priority=1,in_port=va actions=meter:7,output:vb"));
    began = System.nanoTime();
    flood(3);
    agrees();
    double most = 100 + 10 * seconds();
    long passed = meter().packets();
    assertTrue(passed <= most + 1, passed + " of " + sent + ", at most " + most);
    // Nobody is kept from sending so long that the bucket, ten seconds' worth, overflows.
    double least = 100 + 5 * (lastSent - began) / SECOND;
    assertTrue(passed >= least, passed + " of " + sent + ", at least " + least);
    assertTrue(passed < sent / 2, passed + " of " + sent + ": there was nothing to limit");
    for (SwitchStatus.DecidedFlow flow : running.decided("br0")) {
      assertTrue(Math.abs(sent / 2 - flow.packets()) <= 2, () -> flow + " of " + sent);
    }
    // Another rate, without anybody's doing but the file's.
    running.configure(
        bridge(
            new MeterConfig(7, Unit.PKTPS, 1_000_000, 0),
            "priority=2,in_port=va,dl_vlan=9 actions=meter:7,output:vb",
            "priority=1,in_port=va actions=meter:7,output:vb"));
    long before = meter().droppedPackets();
    flood(0);
    assertEquals(before, meter().droppedPackets());
    agrees();
  }

  @Test
  void bitsAreLimitedToo() throws Exception {
    running.configure(
        bridge(
            new MeterConfig(1, Unit.KBPS, 80, 80),
            "priority=1,in_port=va actions=meter:1,output:vb"));
    began = System.nanoTime();
    flood(2);
    agrees();
    double most = 10_000 + 10_000 * seconds();
    long passed = meter().bytes();
    assertTrue(passed <= most + Burst.FRAME_BYTES, passed + " bytes, at most " + most);
    assertTrue(passed >= 15_000, passed + " bytes in " + seconds() + " s");
  }

  @Test
  void aMeterIsAsFullAsItWasWhenAnotherProcessTakesOver() throws Exception {
    SwitchConfig config =
        bridge(
            new MeterConfig(1, Unit.PKTPS, 1, 200),
            "priority=1,in_port=va actions=meter:1,output:vb");
    running.configure(config);
    began = System.nanoTime();
    flood(0);
    long first = meter().packets();
    assertTrue(first >= 200 && first <= 201 + seconds(), first + " in " + seconds() + " s");
    running.close();
    if (forwardsAlone()) {
      long there = received();
      try (NetNamespace a = NetNamespace.named("a")) {
        sent += a.run(() -> Burst.send(index, to, FROM, 0, 100));
      }
      assertTrue(received() <= there + 1 + (System.nanoTime() - began) / SECOND, "nobody is there");
    }
    running = Switch.open(options());
    running.configure(config);
    flood(0);
    long most = (long) (201 + seconds()) + (forwardsAlone() ? 0 : 200 + first);
    assertTrue(received() <= most, received() + " in " + seconds() + " s, at most " + most);
    if (forwardsAlone()) {
      agrees();
    }
  }

  /**
   * A version whose tables are laid out otherwise takes over no flow of the kernel's, but flows'
   * counters, what meters have counted and how full they are; and a group chooses as before.
   */
  @Test
  void anotherVersionGoesOnWithMetersGroupsAndCounters() throws Exception {
    assumeTrue(forwardsAlone(), "without eBPF a process keeps nothing for the next one");
    Guests.add("c", "10.0.0.3/24");
    Burst.quiet("c");
    SwitchConfig plain =
        Guests.withFlows(
            Guests.bridgeOf(
                "a", PortVlan.TRUNK_ALL, "b", PortVlan.TRUNK_ALL, "c", PortVlan.TRUNK_ALL),
            List.of(
                "priority=2,in_port=va,dl_vlan=9 actions=meter:1,output:vb",
                "priority=1,in_port=va actions=group:1"));
    GroupConfig group = new GroupConfig(1, "select", "bucket=actions=vb,bucket=actions=vc");
    MeterConfig slow = new MeterConfig(1, Unit.PKTPS, 1, 50);
    SwitchConfig config =
        new SwitchConfig(
            Map.of(
                "br0",
                plain.bridges().get("br0").withGroups(Set.of(group)).withMeters(Set.of(slow))));
    running.configure(config);
    began = System.nanoTime();
    long[] before = chosen();
    metered(100);
    SwitchStatus.Meter then = meter();
    assertEquals(200, then.packets() + then.droppedPackets(), then::toString);
    assertTrue(then.droppedPackets() > 0, then::toString);

    running.close();
    Sh.run(
        "cd "
            + directory.resolve(Engine.PINS)
            + " && for pin in v[0-9]_*; do mv $pin v0_${pin#*_}; done");
    running = Switch.open(options());
    assertFalse(running.status().adopted());
    running.configure(config);
    SwitchStatus.Meter now = meter();
    assertTrue(now.packets() >= then.packets(), now + " after " + then);
    assertTrue(now.droppedPackets() >= then.droppedPackets(), now + " after " + then);
    assertEquals(sent, packets());
    assertArrayEquals(before, chosen());
    metered(50);
    ended = System.nanoTime();
    // A full bucket would have let through fifty more.
    assertTrue(meter().packets() <= 51 + seconds(), meter() + " in " + seconds() + " s");
    assertEquals(300, meter().packets() + meter().droppedPackets());
  }

  /** Sends two frames each time: of a burst some might find no place on their way up. */
  private void metered(int times) throws Exception {
    try (NetNamespace a = NetNamespace.named("a")) {
      for (int i = 0; i < times; i++) {
        sent += a.run(() -> Burst.send(index, to, FROM, 9, 2));
        Thread.sleep(1);
      }
    }
    eventually("all are counted", () -> packets() == sent);
  }

  /** How many of a burst of five connections the group sends to b and to c. */
  private long[] chosen() throws Exception {
    long b = received("b");
    long c = received("c");
    try (NetNamespace a = NetNamespace.named("a")) {
      for (int i = 0; i < 20; i++) {
        sent += a.run(() -> Burst.send(index, to, FROM, 0, 5));
        Thread.sleep(1);
      }
    }
    eventually("all have come", () -> received("b") + received("c") == b + c + 100);
    return new long[] {received("b") - b, received("c") - c};
  }

  /** As with Open vSwitch: what its meter drops is the second bridge's affair. */
  @Test
  void aMeterBehindAPatchLimitsWhatIsSentThere() throws Exception {
    Guests.add("c", "10.0.0.3/24");
    Burst.quiet("c");
    Map<String, PortConfig> first = new LinkedHashMap<>();
    first.put("va", new DevicePort("va", PortVlan.TRUNK_ALL));
    first.put("vc", new DevicePort("vc", PortVlan.TRUNK_ALL));
    first.put("x", new PatchPort("br1", "y", PortVlan.TRUNK_ALL));
    Map<String, PortConfig> second = new LinkedHashMap<>();
    second.put("vb", new DevicePort("vb", PortVlan.TRUNK_ALL));
    second.put("y", new PatchPort("br0", "x", PortVlan.TRUNK_ALL));
    running.configure(
        new SwitchConfig(
            Map.of(
                "br0",
                with(first, "priority=1,in_port=va actions=output:x,mod_vlan_vid:7,output:vc"),
                "br1",
                with(second, "priority=1,in_port=y actions=meter:1,mod_vlan_vid:5,output:vb")
                    .withMeters(Set.of(new MeterConfig(1, Unit.PKTPS, 10, 100))))));
    flood(0);
    SwitchStatus.Meter meter = running.meters("br1").get(0);
    assertEquals(sent, meter.packets() + meter.droppedPackets(), meter::toString);
    assertTrue(meter.droppedPackets() > 0, meter::toString);
    eventually("what it let through is there", () -> received() == meter.packets());
    eventually("all is sent by the first bridge", () -> received("c") == sent);
  }

  private static BridgeConfig with(Map<String, PortConfig> ports, String flow)
      throws FlowSyntaxException {
    BridgeConfig plain = new BridgeConfig(ports, MacTableConfig.DEFAULT, false);
    return plain.withFlows(Set.of(NamedFlows.of(ports.keySet()).read(flow)));
  }

  boolean forwardsAlone() {
    return true;
  }
}
