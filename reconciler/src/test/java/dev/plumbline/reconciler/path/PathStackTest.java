// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.path.Question.Traffic;
import dev.plumbline.spec.value.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the kernel's IP stack does with packets, where that is easily thought otherwise. */
class PathStackTest {
  private static final String PAIR =
      "u0: {addresses: [10.1.0.5/24], peer: {device: eth0, namespace: web, addresses: [10.1.0.6/24]}}";

  private static Answer ask(String file, String from, String to) throws PathException {
    return PathProperties.ask("version: 1\n" + file, from, to, Traffic.PING);
  }

  private static void ends(End.Kind there, End.Kind back, Answer answer) {
    assertEquals(there, answer.arrives().kind(), answer::toString);
    assertEquals(back, answer.returns().kind(), answer::toString);
  }

  private static void delivered(Answer answer) {
    ends(End.Kind.DELIVERED, End.Kind.DELIVERED, answer);
  }

  private static String ring(int links) {
    StringBuilder file = new StringBuilder("namespaces:\n");
    StringBuilder toB = new StringBuilder();
    StringBuilder toA = new StringBuilder();
    for (String name : List.of("a", "b")) {
      file.append("  ").append(name).append(": {sysctl: {net.ipv4.ip_forward: 1}}\n");
    }
    file.append("veths:\n");
    for (int i = 0; i < links; i++) {
      file.append(
          ("  p%d: {namespace: a, addresses: [10.0.%d.1/30],"
                  + " peer: {device: q%d, namespace: b, addresses: [10.0.%d.2/30]}}\n")
              .formatted(i, i, i, i));
      toB.append(i == 0 ? "" : ", ").append("{via: 10.0.%d.2}".formatted(i));
      toA.append(i == 0 ? "" : ", ").append("{via: 10.0.%d.1}".formatted(i));
    }
    return file
        + "routes:\n- {to: default, namespace: a, nextHops: ["
        + toB
        + "]}\n- {to: default, namespace: b, nextHops: ["
        + toA
        + "]}\n";
  }

  @Test
  @Timeout(60)
  void aRoutingLoopWithSeveralNextHopsIsRecognised() throws PathException {
    Answer two = ask(ring(2), "a", "192.0.2.1");
    assertEquals(End.Kind.DROPPED, two.arrives().kind());
    assertTrue(two.arrives().reason().contains("it goes round"), two.arrives().reason());
    assertEquals(Finding.Kind.BLACK_HOLE, two.findings().get(0).kind());
    Answer many = ask(ring(8), "a", "192.0.2.1");
    assertEquals(End.Kind.DROPPED, many.arrives().kind());
    assertTrue(many.notKnown().toString().contains("256 were followed"), many.notKnown()::toString);
  }

  @Test
  void anAddressOfAnotherVrfIsNotItsOwn() throws PathException {
    String file =
        """
        namespaces: {a: {}, b: {}}
        veths:
          a0: {addresses: [10.1.0.1/24], peer: {device: eth0, namespace: a, addresses: [10.1.0.2/24]}}
          b0: {addresses: [10.2.0.1/24], peer: {device: eth0, namespace: b, addresses: [10.2.0.2/24]}}
        vrfs: {red: {table: 100, members: [a0]}, blue: {table: 200, members: [b0]}}
        routes:
        - {to: default, via: 10.1.0.1, namespace: a}
        """;
    assertEquals(End.Kind.DROPPED, ask(file, "a", "10.2.0.1").arrives().kind());
    delivered(ask(file, "a", "10.1.0.1"));
  }

  @Test
  void aLocalRouteMakesAWholePrefixItsOwn() throws PathException {
    Answer answer =
        ask(
            """
            namespaces: {web: {sysctl: {net.ipv4.ip_forward: 0}}}
            veths: {%s}
            routes:
            - {to: 10.7.0.0/16, type: local, dev: lo, table: local, namespace: web}
            - {to: 10.7.0.0/16, via: 10.1.0.6}
            """
                .formatted(PAIR),
            "host",
            "10.7.0.1");
    delivered(answer);
    assertEquals("web", answer.arrives().place());
    assertEquals("host", answer.returns().place());
    assertEquals(List.of(), answer.findings());
  }

  @Test
  void aGuestAnswersForTheAddressThatHeIsSaidToHave() throws PathException {
    Answer answer =
        PathProperties.ask(
            """
            version: 1
            bridges: {br0: {ports: {eth0: {}, vnet0: {}}}}
            internalPorts: {m0: {bridge: br0, addresses: [192.0.2.10/24]}}
            """,
            "vnet0",
            "host",
            new Traffic(Packet.ICMP, 0, IpAddress.parse("192.0.2.50"), null, 0));
    delivered(answer);
    assertEquals("whoever is behind vnet0", answer.returns().place());
    assertTrue(
        answer.findings().stream().noneMatch(each -> each.kind() == Finding.Kind.ASYMMETRIC));
  }

  @Test
  void aVlanDeviceOverAPortTakesItsFramesBeforeTheBridge() throws PathException {
    delivered(
        ask(
            """
            namespaces: {web: {}}
            veths: {web0: {peer: {device: eth0, namespace: web}}}
            vlans:
              wv: {parent: eth0, id: 10, namespace: web, addresses: [10.10.0.2/24]}
              hv: {parent: web0, id: 10, addresses: [10.10.0.1/24]}
            bridges: {br0: {datapath: kernel, ports: {web0: {}, eth1: {}}}}
            """,
            "host",
            "web"));
  }

  @Test
  void whatIsForwardedIsRoots() throws PathException {
    String file =
        """
        namespaces: {r: {sysctl: {net.ipv4.ip_forward: 1}}, c: {}}
        veths:
          c0: {namespace: r, addresses: [10.1.0.1/24], peer: {device: eth0, namespace: c, addresses: [10.1.0.2/24]}}
          d0: {namespace: r, addresses: [10.2.0.1/24], peer: {device: d1, addresses: [10.2.0.2/24]}}
        routes:
        - {to: default, via: 10.1.0.1, namespace: c}
        - {to: 0.0.0.0/0, type: blackhole, table: 100, namespace: r}
        - {to: 10.1.0.0/24, via: 10.2.0.1}
        rules:
        - {priority: 1000, uidRange: %s, table: 100, namespace: r}
        """;
    delivered(ask(file.formatted("1000-1000"), "c", "10.2.0.2"));
    assertEquals(End.Kind.DROPPED, ask(file.formatted("0-999"), "c", "10.2.0.2").arrives().kind());
  }

  @Test
  void neighbourDiscoveryIsAnsweredByTheDeviceThatHasTheAddressAndArpByAny() throws PathException {
    String file =
        """
        namespaces: {web: {}}
        veths:
          u0: {addresses: [10.1.0.5/24, "fd00::5/64"], peer: {device: eth0, namespace: web, addresses: [10.1.0.6/24, "fd00::6/64"]}}
        dummies: {d0: {namespace: web, addresses: [10.1.0.99/32, "fd00::99/128"]}}
        """;
    delivered(ask(file, "host", "10.1.0.99"));
    delivered(ask(file, "host", "fd00::6"));
    assertEquals(End.Kind.DROPPED, ask(file, "host", "fd00::99").arrives().kind());
  }

  @Test
  void theParentOfATunnelIsWhereItsPacketsLeave() throws PathException {
    Answer answer =
        ask(
            """
            interfaces: {eth0: {addresses: [10.1.0.5/24]}, eth1: {addresses: [10.2.0.5/24]}}
            routes: [{to: default, via: 10.1.0.1}]
            tunnels: {vx0: {type: vxlan, key: 5, remote: 10.9.0.1, parent: eth1, addresses: [10.50.0.1/24]}}
            """,
            "host",
            "10.50.0.2");
    assertEquals("eth1", answer.arrives().place());
  }

  @Test
  void theDeviceThatAPacketCameInByForwardsOrNot() throws PathException {
    String file =
        """
        namespaces: {r: {sysctl: {net.ipv4.ip_forward: %s, net.ipv4.conf.c0.forwarding: %s, net.ipv4.conf.d0.forwarding: 1}}, c: {}}
        veths:
          c0: {namespace: r, addresses: [10.1.0.1/24], peer: {device: eth0, namespace: c, addresses: [10.1.0.2/24]}}
          d0: {namespace: r, addresses: [10.2.0.1/24], peer: {device: d1, addresses: [10.2.0.2/24]}}
        routes:
        - {to: default, via: 10.1.0.1, namespace: c}
        - {to: 10.1.0.0/24, via: 10.2.0.1}
        """;
    delivered(ask(file.formatted(0, 1), "c", "10.2.0.2"));
    Answer shut = ask(file.formatted(1, 0), "c", "10.2.0.2");
    assertEquals("r does not forward: net.ipv4.conf.c0.forwarding is 0", shut.arrives().reason());
  }

  @Test
  void aConnectionAsksTheRulesAgainWithItsAddress() throws PathException {
    String file =
        """
        version: 1
        interfaces: {eth0: {addresses: [10.1.0.5/24]}, eth1: {addresses: [10.2.0.5/24]}}
        routes:
        - {to: default, via: 10.1.0.1, source: 10.2.0.5}
        - {to: default, via: 10.2.0.1, table: 100}
        rules: [{priority: 1000, from: 10.2.0.5/32, table: 100}]
        """;
    Traffic tcp = new Traffic(Packet.TCP, 80, null, null, 0);
    assertEquals("eth1", PathProperties.ask(file, "host", "198.51.100.1", tcp).arrives().place());
    Traffic udp = new Traffic(Packet.UDP, 53, null, null, 0);
    Answer either = PathProperties.ask(file, "host", "198.51.100.1", udp);
    assertTrue(either.notKnown().toString().contains("socket is connected"));
    assertEquals(
        "eth0", PathProperties.ask(file, "host", "198.51.100.1", Traffic.PING).arrives().place());
  }

  @Test
  void tagsInATunnelTakeRoomAndMtusOfTheKernelsOwnMakingAreNotKnown() throws PathException {
    Answer tagged =
        ask(
            """
            interfaces: {eth9: {mtu: 1538, addresses: [10.9.0.5/24]}}
            bridges: {br0: {ports: {vnet0: {vlan: {access: 10}}}}}
            tunnels: {g0: {bridge: br0, type: gre, remote: 10.9.0.6}}
            """,
            "vnet0",
            "10.5.5.5");
    assertTrue(tagged.findings().toString().contains("has 1542 in tunnel g0"), tagged::toString);
    Answer untold =
        ask(
            """
            interfaces: {eth0: {mtu: 9000, addresses: [10.1.0.5/24]}}
            tunnels: {g0: {type: gretap, remote: 10.1.0.6, addresses: [10.50.0.1/24]}}
            """,
            "host",
            "10.50.0.2");
    assertTrue(untold.notKnown().toString().contains("the MTU of g0"), untold::toString);
  }

  @Test
  void whatHasNoEffectIsRefused() {
    String file = "version: 1\nnamespaces: {web: {}}\nveths: {%s}\n".formatted(PAIR);
    Traffic tagged = new Traffic(Packet.ICMP, 0, null, null, 3);
    String refused =
        assertThrows(PathException.class, () -> PathProperties.ask(file, "web", "10.1.0.5", tagged))
            .getMessage();
    assertTrue(refused.startsWith("`vlan` is a matter of whoever is behind a device"), refused);
    Traffic mixed = new Traffic(Packet.ICMP, 0, IpAddress.parse("fd00::1"), null, 0);
    String port = file + "interfaces: {eth7: {}}\n";
    assertThrows(PathException.class, () -> PathProperties.ask(port, "eth7", "10.1.0.5", mixed));
  }

  @Test
  void loMeansItsNamespace() throws PathException {
    String file = "namespaces: {web: {}}\nveths: {%s}\n".formatted(PAIR);
    delivered(ask(file, "lo", "10.1.0.6"));
    delivered(ask(file, "web/lo", "10.1.0.5"));
  }
}
