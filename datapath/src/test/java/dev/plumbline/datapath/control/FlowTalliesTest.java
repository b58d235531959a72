// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static dev.plumbline.datapath.testing.Eventually.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What flows counted is what was sent, over changes of flows and other processes. Real frames by
 * the programs; nobody but the test sends. On a throwaway host, but not in user-mode Linux too:
 * nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
class FlowTalliesTest {
  static final String FIRST = "priority=10,in_port=va actions=resubmit(,1)";
  private static final String UDP = "table=1,priority=5,udp,in_port=va actions=output:vb";
  static final String REST = "table=1,priority=1 actions=drop";
  private static final long FROM = 0x02aa_0000_0001L;

  @TempDir Path directory;
  Switch running;
  private int index;
  private long to;

  @BeforeEach
  void open() throws Exception {
    running = Switch.open(options());
    Guests.add("a", "10.0.0.1/24");
    Guests.add("b", "10.0.0.2/24");
    Burst.quiet("a");
    Burst.quiet("b");
    index = Burst.ifindex("a");
    to = Burst.mac("b");
  }

  SwitchOptions options() {
    return SwitchOptions.in(directory);
  }

  @AfterEach
  void remove() throws Exception {
    assertNull(running.failure());
    running.remove();
  }

  static SwitchConfig bridge(List<String> flows) throws FlowSyntaxException {
    return Guests.withFlows(
        Guests.bridgeOf("a", PortVlan.TRUNK_ALL, "b", PortVlan.TRUNK_ALL), flows);
  }

  /** One that comes up, and those that the kernel forwards as that one was. */
  void send(int vlan, int count) throws Exception {
    long before = of("priority=10,in_port=va").packets();
    try (NetNamespace a = NetNamespace.named("a")) {
      assertEquals(1, a.run(() -> Burst.send(index, to, FROM, vlan, 1)));
      eventually("it is counted", () -> of("priority=10,in_port=va").packets() == before + 1);
      assertEquals(count - 1, a.run(() -> Burst.send(index, to, FROM, vlan, count - 1)));
    }
    // Before others are sent, or their first one would be counted among these.
    eventually("all are counted", () -> of("priority=10,in_port=va").packets() == before + count);
  }

  /** Packets and bytes by flow, without actions. */
  Map<String, List<Long>> counted() throws Exception {
    Map<String, List<Long>> counted = new TreeMap<>();
    for (SwitchStatus.DecidedFlow flow : running.decided("br0")) {
      counted.put(flow.flow().key(), List.of(flow.packets(), flow.bytes()));
    }
    return counted;
  }

  private void await(Map<String, Long> packets, Map<String, Long> bytes) throws Exception {
    Map<String, List<Long>> expected = new TreeMap<>();
    packets.forEach((key, count) -> expected.put(key, List.of(count, bytes.get(key))));
    long end = System.nanoTime() + 30_000_000_000L;
    while (!counted().equals(expected) && System.nanoTime() < end) {
      Thread.sleep(10);
    }
    assertEquals(expected, counted(), () -> drops());
  }

  private String drops() {
    try {
      return running.status().toString();
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }

  @Test
  void countersAddUpOverChangesAndRestarts() throws Exception {
    String first = "priority=10,in_port=va";
    String udp = "table=1,priority=5,udp,in_port=va";
    String tagged = "table=1,priority=7,in_port=va,dl_vlan=9";
    String rest = "table=1,priority=1";
    running.configure(bridge(List.of(FIRST, UDP, REST)));
    send(0, 100);
    await(Map.of(first, 100L, udp, 100L, rest, 0L), Map.of(first, 6000L, udp, 6000L, rest, 0L));
    eventually(
        "a trace finds the megaflow, if there is one",
        () -> {
          TraceReport.Entry entry = running.trace("br0", packet()).entry();
          assertTrue(entry == null || entry.isAsDecided(), () -> String.valueOf(entry));
          return running.flows("br0").isEmpty() == (entry == null);
        });
    // A flow that does something else is the same flow.
    running.configure(bridge(List.of(FIRST, UDP.replace("output:vb", "dec_ttl,output:vb"), REST)));
    send(0, 50);
    await(Map.of(first, 150L, udp, 150L, rest, 0L), Map.of(first, 9000L, udp, 9000L, rest, 0L));
    // Another one takes what this one had, and does the same with it.
    running.configure(
        bridge(List.of(FIRST, UDP, REST, "table=1,priority=7,in_port=va,dl_vlan=9 actions=vb")));
    send(9, 30);
    send(0, 20);
    Map<String, Long> packets = Map.of(first, 200L, udp, 170L, tagged, 30L, rest, 0L);
    Map<String, Long> bytes = Map.of(first, 12_120L, udp, 10_200L, tagged, 1_920L, rest, 0L);
    await(packets, bytes);
    SwitchConfig config = running.config();
    long duration = of(udp).durationMillis();
    running.close();
    running = Switch.open(options());
    running.configure(config);
    assertEquals(200L, of(first).packets());
    assertTrue(of(udp).durationMillis() >= duration, "it is as old as before: " + of(udp));
    assertTrue(of(udp).changedMillis() <= of(udp).durationMillis(), "it was changed: " + of(udp));
    send(0, 10);
    await(
        Map.of(first, 210L, udp, 180L, tagged, 30L, rest, 0L),
        Map.of(first, 12_720L, udp, 10_800L, tagged, 1_920L, rest, 0L));
    // One that goes and comes back begins with nothing; those before it in its way go on.
    running.configure(bridge(List.of(FIRST, REST)));
    running.configure(bridge(List.of(FIRST, UDP, REST)));
    send(0, 5);
    await(Map.of(first, 215L, udp, 5L, rest, 0L), Map.of(first, 13_020L, udp, 300L, rest, 0L));
  }

  /** One of those that are sent. */
  private String packet() {
    String mac = "%012x".formatted(to).replaceAll("..(?!$)", "$0:");
    return "in_port=va,dl_src=02:aa:00:00:00:01,dl_dst="
        + mac
        + ",udp,nw_src=10.200.0.1,nw_dst=10.200.0.2,nw_ttl=64,tp_src=1024,tp_dst=9";
  }

  SwitchStatus.DecidedFlow of(String key) throws Exception {
    return running.decided("br0").stream()
        .filter(flow -> flow.flow().key().equals(key))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatNoMegaflowHasAnyMoreStaysCounted() throws Exception {
    running.remove();
    running = Switch.open(quick());
    running.configure(bridge(List.of(FIRST, UDP, REST)));
    send(0, 40);
    eventually("the megaflow is idle and gone", () -> running.flows("br0").isEmpty());
    eventually("it counts", () -> of("priority=10,in_port=va").packets() == 40);
    assertTrue(of("priority=10,in_port=va").idleMillis() < 60_000);
    send(0, 2);
    eventually("it goes on", () -> of("priority=10,in_port=va").packets() == 42);
  }

  @Test
  void flowsLeaveWhenTheirTimeIsUp() throws Exception {
    running.remove();
    Map<String, Integer> asked = new ConcurrentHashMap<>();
    FlowExpiry expiry =
        (after, ended) -> {
          int times = asked.merge("asked", 1, Integer::sum);
          ended.getOrDefault("br0", List.of()).forEach(flow -> asked.put(flow.key(), times));
          return times > 1; // not at once
        };
    running = Switch.open(options().expiry(expiry));
    running.configure(
        bridge(
            List.of(
                "priority=10,in_port=va,hard_timeout=65535,idle_timeout=65535 actions=resubmit(,1)",
                "table=1,priority=5,hard_timeout=1,udp actions=output:vb",
                "table=1,priority=4,idle_timeout=1,ip actions=output:vb")));
    eventually("two are gone", () -> counted().size() == 1);
    assertTrue(asked.getOrDefault("table=1,priority=5,udp", 0) > 1, asked::toString);
    assertTrue(asked.getOrDefault("table=1,priority=4,ip", 0) > 1, asked::toString);
    assertEquals(Set.of("priority=10,in_port=va"), counted().keySet());
    // A bridge without flows would forward what none of them allowed.
    running.configure(bridge(List.of("priority=10,in_port=va,hard_timeout=1 actions=vb")));
    eventually("none is left", () -> counted().keySet().equals(Set.of("priority=0")));
    assertEquals("drop", of("priority=0").flow().actions());
  }

  private SwitchOptions quick() {
    SwitchOptions usual = options();
    return new SwitchOptions(
        usual.directory(), usual.tap(), 1_000, 500, usual.ebpf(), usual.repaired(), usual.expiry());
  }
}
