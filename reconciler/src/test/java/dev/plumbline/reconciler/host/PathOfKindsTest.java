// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.RequiresKind;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.path.Answer;
import dev.plumbline.reconciler.path.End;
import dev.plumbline.reconciler.path.Hop;
import dev.plumbline.reconciler.path.PathFinder;
import dev.plumbline.reconciler.path.Question;
import dev.plumbline.reconciler.path.Topology;
import dev.plumbline.reconciler.path.Way;
import dev.plumbline.reconciler.plan.Wanted;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Through bonds, VLAN devices, VRFs, tunnels and by rules, all of the kernel's own, packets take
 * the way that {@code path} says of the file: by the counters of each device.
 */
@KernelTest
class PathOfKindsTest {
  private static final int PINGS = 10;
  private static final int BYTES = 1_200;

  private static final String BONDS =
      """
      namespaces: {out: {}}
      veths:
        m0: {peer: {device: p0, namespace: out}}
        m1: {peer: {device: p1, namespace: out}}
      bonds:
        bond0: {mode: active-backup, members: [m0, m1], primary: %1$s}
        bond1: {namespace: out, mode: active-backup, members: [p0, p1], primary: %2$s}
      vlans:
        v5: {parent: bond0, id: 5, addresses: [10.5.0.1/24]}
        w5: {namespace: out, parent: bond1, id: %3$d, addresses: [10.5.0.2/24]}
      """;
  private static final String ROUTER =
      """
      namespaces: {rt: {sysctl: {net.ipv4.ip_forward: 1}}, red: {}, red2: {}, blue: {}}
      veths:
        r0: {namespace: rt, addresses: [10.1.0.1/24], peer: {device: e0, namespace: red, addresses: [10.1.0.2/24]}}
        r1: {namespace: rt, addresses: [10.3.0.1/24], peer: {device: e1, namespace: red2, addresses: [10.3.0.2/24]}}
        b0: {namespace: rt, addresses: [10.2.0.1/24], peer: {device: e2, namespace: blue, addresses: [10.2.0.2/24]}}
      routes:
        - {namespace: red, to: default, via: 10.1.0.1}
        - {namespace: red2, to: default, via: 10.3.0.1}
        - {namespace: blue, to: default, via: 10.2.0.1}
      """;
  private static final String VRFS =
      """
      vrfs:
        vred: {namespace: rt, members: [r0, r1], table: 100}
        vblue: {namespace: rt, members: [b0], table: 101}
      """;
  private static final String TUNNEL =
      """
      namespaces: {a: {}, b: {}}
      veths:
        va: {namespace: a, addresses: [192.0.2.1/24], peer: {device: vb, namespace: b, addresses: [192.0.2.2/24]}}
      tunnels:
        ta: {namespace: a, type: %1$s, key: 7, remote: 192.0.2.2, addresses: [10.9.0.1/24]}
        tb: {namespace: b, type: %1$s, key: %2$d, remote: 192.0.2.1, addresses: [10.9.0.2/24]}
      """;

  /** Two wires between two namespaces; a rule sends some over the second. */
  private static final String RULES =
      """
      namespaces: {a: {}, b: {sysctl: {net.ipv4.conf.all.rp_filter: 0}}}
      veths:
        w0: {namespace: a, addresses: [10.0.0.1/24], peer: {device: x0, namespace: b, addresses: [10.0.0.2/24]}}
        w1: {namespace: a, addresses: [10.1.0.1/24], peer: {device: x1, namespace: b, addresses: [10.1.0.2/24, 10.7.0.1/32, 10.8.0.1/32]}}
      routes:
        - {namespace: a, to: 10.7.0.0/24, via: 10.0.0.2}
        - {namespace: a, to: 10.8.0.0/24, via: 10.0.0.2}
        - {namespace: a, to: 10.8.0.0/24, via: 10.1.0.2, table: 200}
      rules:
        - {namespace: a, to: 10.8.0.0/16, table: 200, priority: 1000}
      """;

  private TestHost host;

  @BeforeEach
  void open() throws Exception {
    host = new TestHost();
  }

  @AfterEach
  void close() throws Exception {
    host.close();
  }

  @Test
  @RequiresKind({"bond", "vlan"})
  void aVlanOverABondIsSentByItsActiveMember() throws Exception {
    follow(BONDS.formatted("m0", "p0", 5), "", "host", "10.5.0.2", "bond0 m0 v5");
    follow(BONDS.formatted("m1", "p1", 5), "", "host", "10.5.0.2", "bond0 m1 v5");
    follow(BONDS.formatted("m1", "p1", 6), "", "host", "10.5.0.2", null);
  }

  @Test
  @RequiresKind("vrf")
  void aVrfsMembersReachEachOtherAndNobodyElse() throws Exception {
    follow(ROUTER, "red", "red", "10.2.0.2", "b0 r0");
    follow(ROUTER + VRFS, "red", "red", "10.3.0.2", "r0 r1");
    follow(ROUTER + VRFS, "red", "red", "10.2.0.2", null);
    follow(ROUTER + VRFS, "blue", "blue", "10.1.0.2", null);
  }

  @Test
  @RequiresKind("gre")
  void greIsSentByTheNamespacesOwnStack() throws Exception {
    follow(TUNNEL.formatted("gre", 7), "a", "a", "10.9.0.2", "ta va");
    follow(TUNNEL.formatted("gre", 8), "a", "a", "10.9.0.2", null);
  }

  @Test
  @RequiresKind("geneve")
  void geneveIsSentByTheNamespacesOwnStack() throws Exception {
    follow(TUNNEL.formatted("geneve", 7), "a", "a", "10.9.0.2", "ta va");
    follow(TUNNEL.formatted("geneve", 8), "a", "a", "10.9.0.2", null);
  }

  @Test
  void vxlanIsSentByTheNamespacesOwnStack() throws Exception {
    follow(TUNNEL.formatted("vxlan", 7), "a", "a", "10.9.0.2", "ta va");
    follow(TUNNEL.formatted("vxlan", 8), "a", "a", "10.9.0.2", null);
  }

  @Test
  void aRuleSendsByItsTable() throws Exception {
    follow(RULES, "a", "a", "10.7.0.1", "w0");
    follow(RULES, "a", "a", "10.8.0.1", "w1");
  }

  /**
   * Applies, asks, pings and compares.
   *
   * @param some of the devices that are on the way, of the sender's side or the router's; null: no
   *     packet arrives
   */
  private void follow(String yaml, String namespace, String from, String to, @Nullable String some)
      throws Exception {
    var unused = host.applied(yaml);
    Topology topology =
        Topology.of(TestHost.goal(yaml).wanted().stream().map(Wanted::resource).toList(), false);
    Answer answer = PathFinder.find(topology, new Question(from, to, Question.Traffic.PING));
    String in = namespace.isEmpty() ? "" : "ip netns exec " + namespace + " ";
    if (some == null) {
      assertTrue(
          Stream.of(answer.arrives(), answer.returns())
              .anyMatch(end -> end.kind() == End.Kind.DROPPED),
          answer::toString);
      String result = Sh.run(in + "ping -q -c 3 -i 0.1 -W 1 " + to + " 2>&1 || true");
      assertTrue(result.contains(" 0 received") || result.contains("unreachable"), result);
      return;
    }
    Sh.ping(namespace, to);
    Map<String, Long> before = counts();
    String result = Sh.run("%sping -q -c %d -s %d -i 0.02 -W 2 %s".formatted(in, PINGS, BYTES, to));
    assertTrue(result.contains(" 0% packet loss"), result);
    Set<String> used = new TreeSet<>();
    counts()
        .forEach(
            (device, bytes) -> {
              // There and back, of which each device sees all.
              if (bytes - before.getOrDefault(device, 0L) > PINGS * BYTES) {
                used.add(device);
              }
            });
    Set<String> said = devices(answer);
    assertEquals(used, said, answer::toString);
    assertTrue(said.containsAll(List.of(some.split(" ", -1))), answer::toString);
  }

  private static Set<String> devices(Answer answer) {
    Set<String> devices = new TreeSet<>();
    for (Way way : Stream.concat(answer.there().stream(), answer.back().stream()).toList()) {
      for (Hop hop : way.hops()) {
        if (hop.kind() != Hop.Kind.NAMESPACE) {
          devices.add(hop.name());
        }
      }
    }
    return devices;
  }

  /** Of all namespaces; a VRF is a table to {@code path}, and counts what comes to its members. */
  private static Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    String each =
        "for d in /sys/class/net/*; do echo ${d##*/} $(cat $d/statistics/rx_bytes)"
            + " $(cat $d/statistics/tx_bytes); done";
    String script =
        each
            + "; for n in $(ip netns list | cut -d' ' -f1); do ip netns exec $n sh -c '"
            + each
            + "'; done";
    for (String line : Sh.run(script).lines().toList()) {
      String[] words = line.split(" ", -1);
      if (words.length == 3 && !words[0].equals("lo") && !words[0].matches("vred|vblue")) {
        counts.put(words[0], Long.parseLong(words[1]) + Long.parseLong(words[2]));
      }
    }
    return counts;
  }
}
