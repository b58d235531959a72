// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.render.Schemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where traffic goes, from a file alone. */
class PathVerbTest {
  private static final String TWO_NAMESPACES =
      """
      version: 1
      namespaces: {a: {}, b: {}}
      """;

  @TempDir private Path directory;

  private Node ask(String file, String... words) throws IOException {
    Path path = Files.writeString(directory.resolve("host.yaml"), file);
    List<String> arguments = new ArrayList<>(List.of("path", path.toString()));
    arguments.addAll(List.of(words));
    arguments.addAll(List.of("-o", "json"));
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.DONE, run.execute(arguments.toArray(new String[0])), run.err());
    Schemas.validates("path.schema.json", run.out());
    return Node.of(JsonTree.read(run.out()));
  }

  private static String outcome(Node answer, String direction) {
    Node end = answer.node(direction).node("outcome");
    return end.text("kind") + " " + end.text("place");
  }

  private static String reason(Node answer, String direction) {
    return answer.node(direction).node("outcome").text("reason");
  }

  /** The places on the only way. */
  private static String places(Node answer, String direction) {
    List<Node> ways = answer.node(direction).nodes("ways");
    assertEquals(1, ways.size(), () -> answer.map().toString());
    return String.join(
        " ", ways.get(0).nodes("hops").stream().map(hop -> hop.text("place")).toList());
  }

  private static void finds(Node answer, String kind, String text) {
    assertTrue(
        answer.nodes("findings").stream()
            .anyMatch(each -> each.text("kind").equals(kind) && each.text("text").contains(text)),
        () -> answer.map().get("findings") + " without " + kind + ": " + text);
  }

  @Test
  void aRuleChoosesTheTableAndBothNextHopsAreNamed() throws IOException {
    String file =
        """
        version: 1
        interfaces: {up1: {addresses: [198.51.100.10/24]}, up2: {addresses: [203.0.113.10/24]}}
        routes:
          - {to: default, nextHops: [{via: 198.51.100.1, weight: 2}, {via: 203.0.113.1}]}
          - {to: default, via: 203.0.113.1, dev: up2, table: 100}
          - {to: 10.66.0.0/16, type: blackhole}
          - {to: 10.66.1.0/24, via: 198.51.100.9, metric: 7}
          - {to: 10.66.1.0/24, via: 203.0.113.9, metric: 5}
          - {to: 10.67.0.0/16, type: throw, table: 100}
        rules: [{priority: 1000, from: 203.0.113.10/32, table: 100}]
        """;
    assertEquals("leaves up1 or up2", outcome(ask(file, "host", "192.0.2.1"), "there"));
    assertEquals("leaves up2", outcome(ask(file, "up2", "192.0.2.1"), "there"), "by the rule");
    assertEquals("leaves up1 or up2", outcome(ask(file, "up2", "10.67.0.1"), "there"), "throw");
    Node longest = ask(file, "host", "10.66.1.1");
    assertEquals("leaves up2", outcome(longest, "there"), "longest prefix, then lowest metric");
    Node hole = ask(file, "host", "10.66.2.1");
    assertEquals("route 10.66.0.0/16 is of type blackhole", reason(hole, "there"));
    finds(hole, "black-hole", "10.66.0.0/16");
  }

  @Test
  void aRouterBetweenNamespacesForwardsOnlyIfItsFileSaysSo() throws IOException {
    String file =
        """
        version: 1
        namespaces: {r: {sysctl: {net.ipv4.ip_forward: %s}}, a: {}, b: {}}
        veths:
          a: {namespace: r, addresses: [10.1.0.1/24], peer: {device: e, namespace: a, addresses: [10.1.0.2/24]}}
          b: {namespace: r, addresses: [10.2.0.1/24], peer: {device: e, namespace: b, addresses: [10.2.0.2/24]}}
        routes:
          - {to: default, via: 10.1.0.1, namespace: a}
          - {to: default, via: 10.2.0.1, namespace: b}
        """;
    Node answer = ask(file.formatted("1"), "a", "b");
    assertEquals("a a/e r/a r r/b b/e", places(answer, "there"));
    assertEquals("b b/e r/b r r/a a/e", places(answer, "back"));
    assertEquals("delivered b", outcome(answer, "there"));
    assertEquals("delivered a", outcome(answer, "back"));
    Node shut = ask(file.formatted("0"), "a", "b");
    assertEquals("r does not forward: net.ipv4.ip_forward is 0", reason(shut, "there"));
    Node silent = ask(file.replace("{sysctl: {net.ipv4.ip_forward: %s}}", "{}"), "a", "b");
    assertEquals("unknown r", outcome(silent, "there"));
  }

  @Test
  void portsInOtherVlansDoNotReachEachOtherAndTheQuestionSaysWhy() throws IOException {
    String file =
        TWO_NAMESPACES
            + """
            bridges: {br0: {}}
            internalPorts:
              a0: {bridge: br0, namespace: a, device: eth0, vlan: {access: 10}, addresses: [10.0.0.1/24]}
              b0: {bridge: br0, namespace: b, device: eth0, vlan: {access: %s}, addresses: [10.0.0.2/24]}
            """;
    assertEquals("a a/eth0 br0 b/eth0", places(ask(file.formatted("10"), "a", "b"), "there"));
    Node apart = ask(file.formatted("20"), "a", "b");
    assertTrue(
        reason(apart, "there").contains("nobody answers for 10.0.0.2"), reason(apart, "there"));
    assertTrue(
        reason(apart, "there").contains("for all ports of its VLAN"), reason(apart, "there"));
  }

  @Test
  void aTrunkCarriesTheVlanOfAKernelBridgeToAVlanDevice() throws IOException {
    String file =
        TWO_NAMESPACES
            + """
            veths:
              a0: {peer: {device: eth0, namespace: a, addresses: [10.0.0.1/24]}}
              t0: {peer: {device: trunk, namespace: b}}
            vlans: {v: {parent: trunk, id: 10, namespace: b, addresses: [10.0.0.2/24]}}
            bridges: {br0: {datapath: kernel, ports: {a0: {vlan: {access: 10}}, t0: {vlan: {trunk: [%s]}}}}}
            """;
    assertEquals("a a/eth0 br0 t0 b/v", places(ask(file.formatted("10"), "a", "b"), "there"));
    assertEquals(
        "b b/v b/trunk br0 a0 a/eth0", places(ask(file.formatted("10"), "a", "b"), "back"));
    assertEquals("dropped a/eth0", outcome(ask(file.formatted("11"), "a", "b"), "there"));
  }

  @Test
  void aServiceTagIsPutAroundACustomersTag() throws IOException {
    String file =
        """
        version: 1
        bridges: {br0: {ports: {vnet0: {vlan: {dot1q-tunnel: 7}}, eth1: {vlan: {trunk: [7]}}}}}
        """;
    Node answer = ask(file, "vnet0", "10.0.0.9", "--vlan", "5");
    String decision =
        answer.node("there").nodes("ways").get(0).nodes("hops").get(1).text("decision");
    assertEquals("in VLAN 7 → eth1, tagged 7 in 5", decision);
    assertEquals("delivered whoever is behind vnet0", outcome(answer, "back"));
  }

  @Test
  void aTunnelThatIsRoutedIntoItselfIsFound() throws IOException {
    Node device =
        ask(
            """
            version: 1
            interfaces: {eth0: {addresses: [192.168.1.11/24]}}
            tunnels: {g: {type: gre, remote: 203.0.113.9, addresses: [10.255.7.1/30]}}
            routes: [{to: 203.0.113.0/24, dev: g}]
            """,
            "host",
            "10.255.7.2");
    finds(device, "tunnel-in-itself", "tunnel g is routed into itself");
    assertEquals("dropped g", outcome(device, "there"));
    Node port =
        ask(
            """
            version: 1
            bridges: {br-int: {ports: {vnet0: {}}}}
            internalPorts: {tep0: {bridge: br-int, addresses: [192.168.1.11/24]}}
            tunnels: {gre0: {bridge: br-int, type: gre, remote: 192.168.1.100}}
            """,
            "vnet0",
            "10.9.9.9");
    finds(port, "tunnel-in-itself", "the way to 192.168.1.100 is tep0");
  }

  @Test
  void bridgesJoinedInALoopAreFound() throws IOException {
    String file =
        """
        version: 1
        namespaces: {a: {}}
        veths:
          x: {peer: {device: y}}
          z: {peer: {device: w}}
          g: {peer: {device: eth0, namespace: a, addresses: [10.0.0.2/24]}}
        bridges:
          br0: {datapath: kernel, ports: {x: {}, z: {}, g: {}}, addresses: [10.0.0.1/24]%s}
          br1: {%sports: {y: {}, w: {}}}
        """;
    Node kernel = ask(file.formatted("", "datapath: kernel, "), "a", "host");
    finds(kernel, "bridge-loop", "br0 → br1 → br0");
    finds(ask(file.formatted("", ""), "a", "host"), "bridge-loop", "br0 → br1 → br0");
    Node tree = ask(file.formatted(", stp: {enabled: true}", "datapath: kernel, "), "a", "host");
    assertTrue(
        tree.texts("notKnown").toString().contains("spanning tree of br0"), "STP is not followed");
  }

  @Test
  void anAnswerThatTakesAnotherWayIsFound() throws IOException {
    Node answer =
        ask(
            TWO_NAMESPACES
                + """
                veths:
                  one: {namespace: a, addresses: [10.1.0.1/24], peer: {device: e1, namespace: b, addresses: [10.1.0.2/24]}}
                  two: {namespace: a, addresses: [10.2.0.1/24], peer: {device: e2, namespace: b, addresses: [10.2.0.2/24]}}
                routes: [{to: 10.1.0.1/32, via: 10.2.0.1, namespace: b}]
                """,
            "a",
            "10.1.0.2");
    finds(answer, "asymmetric", "not by a/one, but by a/two");
  }

  @Test
  void aPatchFlowsAndFiltersAreTheSwitchesOwn() throws IOException {
    String file =
        TWO_NAMESPACES
            + """
            bridges:
              br-a: {}
              br-b: {ports: {b0: {filter: {in: [established, {tcp: 22}], out: any}}}}
            patches: {p: {bridges: [br-a, br-b]}}
            internalPorts:
              a0: {bridge: br-a, namespace: a, device: eth0, addresses: [10.0.0.1/24]}
              b0: {bridge: br-b, namespace: b, device: eth0, addresses: [10.0.0.2/24]}
            """;
    Node ssh = ask(file, "a", "b", "--tcp", "22");
    assertEquals("a a/eth0 br-a p br-b b/eth0", places(ssh, "there"));
    assertEquals("delivered a", outcome(ssh, "back"));
    assertEquals("dropped br-b", outcome(ask(file, "a", "b", "--tcp", "23"), "there"));
    Node answered = ask(file, "b", "a", "--tcp", "23");
    assertEquals("delivered b", outcome(answered, "back"), "an answer is let in");
  }

  @Test
  void aGuestWithoutAKnownOtherEndIsWhoeverIsBehindIt() throws IOException {
    String file =
        """
        version: 1
        interfaces: {eth0: {up: true}}
        bridges: {br0: {ports: {vnet0: {}, vnet1: {}, eth0: {}}}}
        internalPorts: {gw: {bridge: br0, addresses: [10.0.0.1/24]}}
        """;
    Node guests = ask(file, "vnet0", "vnet1");
    assertEquals("vnet0 br0 vnet1", places(guests, "there"));
    assertEquals("delivered whoever is behind vnet0", outcome(guests, "back"));
    Node host = ask(file, "vnet0", "host", "--source", "10.0.0.5");
    assertEquals("vnet0 br0 gw", places(host, "there"));
    assertEquals(
        "host gw br0 vnet0",
        places(ask(file, "host", "10.0.0.5"), "there").replace("eth0", "vnet0"));
    Node silent = ask(file, "vnet0", "host");
    assertEquals("unknown", silent.node("back").node("outcome").text("kind"));
  }

  @Test
  void aSnapshotThatIsNoneIsAnErrorThatNamesTheOption() throws IOException {
    Path path = Files.writeString(directory.resolve("host.yaml"), TWO_NAMESPACES);
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.ERROR, run.execute("path", "--recorded", path.toString(), "a", "b"));
    assertTrue(run.err().contains("--recorded takes what `plumbline show -o json`"), run.err());
  }

  @Test
  void whoIsNotThereIsAnErrorThatNamesWhoIs() throws IOException {
    Path path = Files.writeString(directory.resolve("host.yaml"), TWO_NAMESPACES);
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.ERROR, run.execute("path", path.toString(), "c", "a"));
    assertTrue(
        run.err().contains("there is no `c`: there are the namespaces a, b, host"), run.err());
    assertFalse(run.err().contains("\tat "), run.err());
    CommandRun without = new CommandRun();
    assertEquals(ExitCode.ERROR, without.execute("path", path.toString(), "a", "b"));
    assertTrue(without.err().contains("b has no address"), without.err());
  }
}
