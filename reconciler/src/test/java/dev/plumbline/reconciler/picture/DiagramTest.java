// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.path.PathException;
import dev.plumbline.reconciler.path.Question;
import dev.plumbline.reconciler.path.Question.Traffic;
import dev.plumbline.reconciler.picture.Diagram.Edge;
import dev.plumbline.reconciler.picture.Diagram.Kind;
import dev.plumbline.reconciler.picture.Diagram.Link;
import dev.plumbline.reconciler.picture.Diagram.Node;
import dev.plumbline.reconciler.picture.Diagram.Port;
import dev.plumbline.reconciler.picture.Diagram.Row;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xml.sax.InputSource;

/** What is drawn for what is in a file. */
class DiagramTest {
  private static Diagram of(String file) {
    return Pictures.of("version: 1\n" + file).diagram();
  }

  private static Node node(Diagram diagram, String name, Kind kind) {
    return diagram.nodes().stream()
        .filter(each -> each.name().equals(name) && each.kind() == kind)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind + " " + name + " in " + diagram));
  }

  private static List<String> texts(List<Row> rows) {
    return rows.stream().map(Row::text).toList();
  }

  private static List<String> port(Node node, String name) {
    for (Port port : node.ports()) {
      if (port.id().equals(name)) {
        return texts(port.rows());
      }
    }
    throw new AssertionError("no port " + name + " of " + node);
  }

  /** {@code br0 DEVICE eth0}, as lines are drawn: to the outside. */
  private static Set<String> lines(Diagram diagram) {
    Set<String> lines = new TreeSet<>();
    for (Edge edge : diagram.edges()) {
      lines.add(name(diagram, edge.from()) + " " + edge.link() + " " + name(diagram, edge.to()));
    }
    return lines;
  }

  private static String name(Diagram diagram, Diagram.End end) {
    return diagram.nodes().stream()
        .filter(each -> each.id().equals(end.node()))
        .findFirst()
        .orElseThrow()
        .name();
  }

  @Test
  void aBridgeHasPortsWithTheirVlans() {
    Diagram diagram =
        of(
            """
            bridges:
              br0: {ports: {vnet0: {vlan: {access: 10}}, eth0: {vlan: {trunk: [10, 20-29]}}}}
            """);
    Node bridge = node(diagram, "br0", Kind.BRIDGE);
    assertEquals(List.of("access 10"), port(bridge, "vnet0"));
    assertEquals(List.of("trunk 10, 20-29"), port(bridge, "eth0"));
    assertEquals(Set.of("br0 DEVICE eth0", "vnet0 DEVICE br0"), lines(diagram));
    node(diagram, "vnet0", Kind.GUEST);
    node(diagram, "eth0", Kind.CARD);
  }

  @Test
  void vlansOfAKernelBridgeAreWrittenAlike() {
    Diagram diagram =
        of(
            """
            bridges:
              br0: {datapath: kernel, ports: {eth0: {vlan: {native: 1, trunk: [10, 11, 12]}}, eth1: {vlan: {access: 7}}}}
            """);
    Node bridge = node(diagram, "br0", Kind.BRIDGE);
    assertEquals(List.of("native 1 trunk 10-12"), port(bridge, "eth0"));
    assertEquals(List.of("access 7"), port(bridge, "eth1"));
  }

  @Test
  void anInternalPortIsALineFromTheStackToTheBridge() {
    Diagram diagram =
        of(
            """
            bridges: {br0: {ports: {eth0: {}}}}
            internalPorts: {mgmt0: {bridge: br0, vlan: {access: 5}, addresses: [192.0.2.1/24]}}
            routes: [{to: default, via: 192.0.2.254}]
            """);
    assertEquals(Set.of("br0 DEVICE eth0", "host INTERNAL br0"), lines(diagram));
    assertEquals(
        List.of("mgmt0", "192.0.2.1/24", "default via 192.0.2.254"),
        port(node(diagram, "host", Kind.STACK), "mgmt0"));
    assertEquals(List.of("mgmt0", "access 5"), port(node(diagram, "br0", Kind.BRIDGE), "mgmt0"));
  }

  @Test
  void aVethPairIsALineBetweenThoseThatHaveItsEnds() {
    Diagram diagram =
        of(
            """
            namespaces: {web: {}}
            veths: {w0: {peer: {device: eth0, namespace: web, addresses: [10.0.0.2/24]}}}
            bridges: {br0: {ports: {w0: {}}}}
            """);
    assertEquals(Set.of("web VETH br0"), lines(diagram));
    assertEquals(List.of("eth0", "10.0.0.2/24"), port(node(diagram, "web", Kind.STACK), "eth0"));
  }

  @Test
  void bondsOfBothKindsHaveTheirMembers() {
    Diagram embedded =
        of(
            """
            bridges: {br0: {}}
            bonds: {bond0: {bridge: br0, members: [eth0, eth1], mode: active-backup}}
            """);
    assertEquals(
        Set.of("bond0 MEMBER eth0", "bond0 MEMBER eth1", "br0 DEVICE bond0"), lines(embedded));
    Diagram kernel =
        of(
            """
            bonds: {bond0: {members: [eth0, eth1], mode: 802.3ad}}
            vlans: {bond0.7: {parent: bond0, id: 7, addresses: [192.0.2.1/24]}}
            """);
    assertEquals(
        Set.of("bond0 MEMBER eth0", "bond0 MEMBER eth1", "host DEVICE bond0"), lines(kernel));
    assertEquals(List.of("VLAN 7"), port(node(kernel, "bond0", Kind.BOND), "over bond0.7"));
  }

  @Test
  void aPatchJoinsTwoBridges() {
    Diagram diagram =
        of("bridges: {a: {}, b: {ports: {eth0: {}}}}\npatches: {p: {bridges: [a, b]}}\n");
    assertEquals(Set.of("a PATCH b", "b DEVICE eth0"), lines(diagram));
  }

  @Test
  void aTunnelLeadsToItsRemoteAndToTheStackThatSendsIt() {
    Diagram diagram =
        of(
            """
            interfaces: {eth0: {addresses: [192.168.1.11/24]}, eth1: {addresses: [10.0.0.1/24]}}
            bridges: {br0: {ports: {vnet0: {}}}}
            tunnels: {vx: {bridge: br0, type: vxlan, key: 42, remote: 192.168.1.12}}
            routes: [{to: default, via: 10.0.0.254}]
            """);
    assertTrue(
        lines(diagram).containsAll(Set.of("br0 TUNNEL 192.168.1.12", "br0 CARRIED host")),
        lines(diagram)::toString);
    Node stack = node(diagram, "host", Kind.STACK);
    assertTrue(port(stack, "eth0").contains("sends vx"), port(stack, "eth0")::toString);
    assertFalse(port(stack, "eth1").contains("sends vx"), port(stack, "eth1")::toString);
    assertEquals(List.of("vx", "VXLAN 42"), port(node(diagram, "br0", Kind.BRIDGE), "vx"));
  }

  @Test
  void aNamespaceWithMoreThanItsStackIsAContainer() {
    String file =
        """
        namespaces: {lab: {}}
        bridges: {br0: {datapath: kernel, namespace: lab, addresses: [10.0.0.1/24]}}
        veths: {v0: {namespace: lab, peer: {device: v1, namespace: lab, addresses: [10.0.0.2/24]}}}
        """;
    Diagram diagram = of(file);
    assertEquals("lab", diagram.groups().get(0).name());
    assertEquals("lab", node(diagram, "br0", Kind.BRIDGE).group());
    LayoutTest.check(Pictures.of("version: 1\n" + file).layout());
  }

  @Test
  void theWayOfAPacketIsThatOfPath() throws PathException, IOException {
    Picture picture = Pictures.of(Path.of("../examples/traffic-patterns/host-5.yaml"));
    Picture traced = picture.traced(new Question("vnet2", "10.9.0.2", Traffic.PING));
    Trace trace = Objects.requireNonNull(traced.trace());
    Set<String> nodes = new TreeSet<>();
    for (Node node : traced.diagram().nodes()) {
      if (trace.isThere(node)) {
        nodes.add(node.name());
      }
    }
    assertEquals(Set.of("vnet2", "br-int", "host", "br1", "bond1", "eth2", "eth3"), nodes);
    for (Edge edge : traced.diagram().edges()) {
      boolean isOnWay = trace.there(edge) != null;
      assertEquals(isOnWay, trace.back(edge) != null, () -> "back as there: " + edge);
      assertFalse(isOnWay && edge.link() == Link.TUNNEL, edge::toString);
    }
    assertTrue(trace.lines().contains("there: leaves by eth2 or eth3"), trace.lines()::toString);
  }

  @Test
  void hostileNamesAreEscaped() throws Exception {
    String name = "</svg>\\\"]>&;#";
    String file =
        "version: 1\nbridges: {br0: {ports: {\"<b>&'\\\"\": {}, \"a|b]#35;\": {}, \"-->\": {}}}}\n";
    Picture picture = Pictures.of(file);
    String svg = picture.svg(Theme.AUTO);
    var factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    var document = factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    assertEquals("svg", document.getDocumentElement().getTagName());
    assertTrue(document.getDocumentElement().getTextContent().contains("<b>&'\""));
    assertFalse(svg.contains("<b>"), name);
    assertFalse(picture.dot().contains("<b>&'"));
    assertTrue(picture.dot().contains("&lt;b&gt;&amp;"));
    String mermaid = picture.mermaid();
    assertTrue(mermaid.contains("#60;b#62;#38;#39;#34;"), mermaid);
    assertTrue(mermaid.contains("a#124;b#93;#35;35#59;"), mermaid);
    DotTest.accepted(picture.dot());
  }

  @Test
  void thereIsNothingFromOutsideInIt() throws IOException {
    for (Path example : Pictures.examples()) {
      String svg = Pictures.of(example).svg(Theme.AUTO).replace("http://www.w3.org/2000/svg", "");
      assertFalse(svg.contains("http"), example::toString);
      assertFalse(svg.contains("url("), example::toString);
      assertFalse(svg.contains("@import"), example::toString);
      assertTrue(svg.contains("<title>") && svg.contains("<desc>"), example::toString);
    }
  }

  private static String large(int guests) {
    StringBuilder file = new StringBuilder("version: 1\nnamespaces:\n");
    for (int i = 0; i < guests; i++) {
      file.append("  ct").append(i).append(": {}\n");
    }
    file.append("bridges:\n");
    for (int b = 0; b < 4; b++) {
      file.append("  br").append(b).append(": {ports: {eth").append(b).append(": {}");
      for (int i = b; i < guests; i += 4) {
        file.append(", vnet").append(i).append(": {vlan: {access: ").append(i % 7 + 1).append("}}");
      }
      file.append("}}\n");
    }
    file.append("internalPorts:\n");
    for (int i = 0; i < guests; i++) {
      file.append("  c").append(i).append(": {bridge: br").append(i % 4);
      file.append(", namespace: ct").append(i).append(", device: eth0, addresses: [10.0.");
      file.append(i / 200).append('.').append(i % 200 + 1).append("/16]}\n");
    }
    return file.toString();
  }

  @Test
  @Timeout(120)
  void twoHundredObjectsAreDrawnWithoutOverlapAndAlwaysAlike() {
    Picture picture = Pictures.of(large(72)).apart();
    assertTrue(picture.diagram().nodes().size() > 140);
    LayoutTest.check(picture.layout());
    assertEquals(picture.svg(Theme.LIGHT), Pictures.of(large(72)).apart().svg(Theme.LIGHT));
  }

  @Test
  void thoseWhoAreAlikeAreOneBox() throws PathException {
    Picture picture = Pictures.of(large(72));
    LayoutTest.check(picture.layout());
    // Of the 72 taps no six of a bridge are in the same VLAN, but in seven there are eighteen.
    assertEquals(4 + 4 + 4 + 4, picture.diagram().nodes().size());
    String words = Words.of(picture.diagram());
    assertTrue(words.contains("vnet0 … vnet68, 18 alike, in 7 VLANs"), words);
    assertTrue(words.contains("access 1-7"), words);
    assertTrue(
        words.contains("ct0 … ct68, 18 alike, namespace; port eth0, 10.0.0.1/16 … 10.0.0.69/16"),
        words);
    // Who is on the way of a packet is drawn, and so is whoever is in another VLAN.
    Picture traced = picture.traced(new Question("ct0", "ct8", Traffic.PING));
    String apart = Words.of(traced.diagram());
    assertTrue(apart.contains("ct0, namespace; port eth0, 10.0.0.1/16."), apart);
    assertTrue(apart.contains("ct4 … ct68, 16 alike, namespace"), apart);
    LayoutTest.check(traced.layout());
    Picture other =
        Pictures.of(
            large(72)
                .replace(
                    "{bridge: br0, namespace: ct4,",
                    "{vlan: {access: 7}, bridge: br0, namespace: ct4,"));
    assertTrue(Words.of(other.diagram()).contains("ct4, namespace; port eth0, 10.0.0.5/16."));
  }

  @Test
  void whoHasAnotherNetworkLengthRouteOrMtuIsNotAlike() {
    StringBuilder file = new StringBuilder("bridges: {br0: {}}\nnamespaces: {");
    for (int i = 0; i < 12; i++) {
      file.append("n").append(i).append(": {}, ");
    }
    file.append("}\ninternalPorts:\n");
    for (int i = 0; i < 12; i++) {
      String address = "10.0.0." + (10 + i) + (i == 3 ? "/16" : "/24");
      file.append(
          "  p%d: {bridge: br0, namespace: n%d, addresses: [%s]}\n".formatted(i, i, address));
    }
    file.append("routes:\n");
    for (int i = 0; i < 12; i++) {
      String via = i == 4 ? "10.0.0.254" : "10.0.0.1";
      file.append("  - {namespace: n%d, to: default, via: %s}\n".formatted(i, via));
    }
    String words = Words.of(of(file.toString().replace(", }", "}")));
    assertTrue(words.contains("n0 … n11, 10 alike"), words);
    assertTrue(words.contains("n3, namespace; port p3, 10.0.0.13/16"), words);
    assertTrue(words.contains("10.0.0.14/24, default via 10.0.0.254"), words);
  }

  @Test
  void aStackThatOnlySendsTunnelsHasItsName() {
    String words =
        Words.of(of("bridges: {b: {}}\ntunnels: {t: {bridge: b, type: gre, remote: 10.0.0.9}}\n"));
    assertTrue(words.contains("host, the host's IP stack"), words);
  }

  /** Forty guests, a VLAN each; six more in one, who are a box of their own; a trunk. */
  @Test
  void guestsInManyVlansAreOneBoxAndThoseOfOneAnother() {
    StringBuilder file = new StringBuilder("version: 1\nbridges: {br0: {ports: {eth0: {}");
    for (int i = 0; i < 40; i++) {
      file.append(", vnet%d: {vlan: {access: %d}}".formatted(i, 100 + i));
    }
    for (int i = 40; i < 46; i++) {
      file.append(", vnet%d: {vlan: {access: 7}}".formatted(i));
    }
    file.append(", vnet46: {vlan: {trunk: [7, 100]}}}}}\n");
    Picture picture = Pictures.of(file.toString());
    LayoutTest.check(picture.layout());
    String words = Words.of(picture.diagram());
    assertTrue(words.contains("vnet0 … vnet39, 40 alike, in 40 VLANs"), words);
    assertTrue(words.contains("access 100-139"), words);
    assertTrue(words.contains("vnet40 … vnet45, 6 alike,"), words);
    assertTrue(words.contains("access 7"), words);
    assertTrue(words.contains("vnet46"), words);
    assertEquals(1 + 1 + 3, picture.diagram().nodes().size(), words);
    String scattered = file.toString().replaceAll("access: 1(\\d)[13579]", "access: 2$10");
    scattered = Words.of(Pictures.of(scattered).diagram());
    assertTrue(scattered.contains("access 100, 102, 104, 106, …"), scattered);
    assertTrue(Pictures.of(file.toString()).apart().diagram().nodes().size() > 46);
  }

  @Test
  void fewWhoAreAlikeAreDrawnOneByOne() {
    assertEquals(
        Pictures.of(large(20)).apart().diagram(), Pictures.of(large(20)).diagram(), "five at each");
  }

  /** Some seconds on a free machine; a minute where ten others have it. */
  @Test
  @Timeout(600)
  void twoThousandObjectsAreDrawnInBoundedTime() {
    assertTrue(Pictures.of(large(700)).apart().svg(Theme.LIGHT).length() > 100_000);
  }
}
