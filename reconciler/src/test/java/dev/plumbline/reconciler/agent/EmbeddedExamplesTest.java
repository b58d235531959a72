// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.api.AgentClient;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of the embedded switch run as they are, and do what their heads say. */
@KernelTest
@RequiresEbpf
class EmbeddedExamplesTest {
  private static final Path EXAMPLES = Path.of("..", "examples");

  @TempDir Path directory;

  /** Cards, and at the other end of all their cables one switch with a neighbour on it. */
  @BeforeEach
  void connect() {
    Sh.run("ip netns add outside");
    Sh.run("ip -n outside link add wire type bridge");
    Sh.run("ip -n outside link set wire up");
    for (int card = 0; card < 3; card++) {
      Sh.run("ip link add eth" + card + " type veth peer name cable" + card + " netns outside");
      Sh.run("ip link set eth" + card + " up");
      Sh.run("ip -n outside link set cable" + card + " master wire up");
    }
  }

  private AgentRun agent(String example) {
    return AgentRun.ofFile(EXAMPLES.resolve(example), directory.resolve("state"));
  }

  @Test
  void aContainerOnAnInternalPortReachesItsGateway() throws Exception {
    Sh.run("ip -n outside address add 10.0.0.254/24 dev wire");
    try (AgentRun agent = agent("embedded-container.yaml")) {
      Sh.ping("web", "10.0.0.254");
      Sh.ping("outside", "10.0.0.2");
      assertEquals(1, agent.lines("applied").size(), "once, and nothing drifts");
    }
  }

  @Test
  void aHostWithAllItsCardsInTheSwitchIsReachedOverItsBondAlsoWhenACableIsPulled()
      throws Exception {
    Sh.run("ip -n outside address add 192.168.50.1/24 dev wire");
    try (AgentRun agent = agent("embedded-in-band.yaml")) {
      Sh.ping("", "192.168.50.1");
      Sh.ping("outside", "192.168.50.10");
      String seen = Sh.run("ip -n outside neighbour show 192.168.50.10");
      assertTrue(seen.contains(Sh.run("cat /sys/class/net/br0/address").strip()), seen);
      Sh.run("ip -n outside link set cable0 down");
      AgentRun.eventually(
          "the other card carries on",
          () -> Sh.run("ping -c 1 -W 1 192.168.50.1 || true").contains("1 received"));
      Sh.ping("outside", "192.168.50.10");
      assertEquals(1, agent.lines("applied").size(), "once, and nothing drifts");
    }
  }

  @Test
  void bridgesJoinedByAPatchAreOneNetwork() throws Exception {
    Sh.run("ip -n outside address add 10.0.0.9/24 dev wire");
    try (AgentRun agent = agent("embedded-patch.yaml")) {
      Sh.ping("vm", "10.0.0.9");
      assertFalse(Sh.run("ip -br link").contains("p-int"), "a patch is no device");
      assertEquals(1, agent.lines("applied").size(), "once, and nothing drifts");
    }
  }

  /** Flows that make one VLAN of another; a pair that carries one across. */
  @ParameterizedTest
  @ValueSource(strings = {"embedded-flows.yaml", "embedded-veth-pair.yaml"})
  void aGuestInAVlanIsReachedFromOutside(String example) throws Exception {
    Sh.run("ip -n outside address add 10.0.0.9/24 dev wire");
    try (AgentRun agent = agent(example)) {
      Sh.ping("vm", "10.0.0.9");
      Sh.ping("outside", "10.0.0.2");
      assertEquals(1, agent.lines("applied").size(), "once, and nothing drifts");
    }
  }

  @Test
  void aGroupSpreadsConnectionsOverTwoCards() throws Exception {
    Sh.run("ip -n outside address add 10.0.0.9/24 dev wire");
    try (AgentRun agent = agent("embedded-groups.yaml")) {
      Sh.ping("vm", "10.0.0.9");
      Sh.ping("outside", "10.0.0.2");
      send(64);
      AgentClient client = Objects.requireNonNull(AgentClient.find(directory.resolve("run")));
      AgentRun.eventually(
          "connections go by both cards",
          () -> {
            return ways(client).containsAll(Set.of("eth1", "eth2"));
          });
      assertEquals(1, agent.lines("applied").size(), "once, and nothing drifts");
    }
  }

  @Test
  void aMeterKeepsAFloodFromAGuest() throws Exception {
    Sh.run("ip -n outside address add 10.0.0.9/24 dev wire");
    try (AgentRun agent = agent("embedded-meter.yaml")) {
      Sh.ping("outside", "10.0.0.2");
      String answered =
          Sh.run("ip netns exec outside ping -q -A -c 200 -W 1 10.0.0.2 -w 3 | grep received");
      AgentClient client = Objects.requireNonNull(AgentClient.find(directory.resolve("run")));
      Node meter = Node.of(client.get("flows")).nodes("meters").get(0);
      assertTrue(meter.number("droppedPackets") > 0, meter.map() + " " + answered);
      assertEquals(
          "meter=1 pktps burst stats bands=type=drop rate=10 burst_size=20", meter.text("meter"));
      Sh.run("ip netns exec outside ping -q -i 0.3 -c 3 -w 30 10.0.0.2"); // there is room again
      assertEquals(1, agent.lines("applied").size(), "once, and nothing drifts");
    }
  }

  /** What megaflows do with the guest's UDP. */
  private static Set<String> ways(AgentClient client) {
    try {
      return Node.of(client.get("flows")).nodes("cached").stream()
          .filter(flow -> flow.text("match").contains("in_port(vm0)"))
          .filter(flow -> flow.text("match").contains("tp_dst(0x0009)"))
          .map(flow -> flow.text("actions"))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A datagram from each of so many ports of the guest. */
  private static void send(int ports) throws Exception {
    try (NetNamespace vm = NetNamespace.named("vm")) {
      vm.run(
          () -> {
            for (int i = 0; i < ports; i++) {
              try (DatagramSocket socket = new DatagramSocket()) {
                socket.send(
                    new DatagramPacket(new byte[8], 8, new InetSocketAddress("10.0.0.9", 9)));
              }
            }
            return null;
          });
    }
  }

  @Test
  void aFilteredPortLetsInWhatItsRulesName() throws Exception {
    Sh.run("ip -n outside address add 10.0.0.9/24 dev wire");
    try (AgentRun agent = agent("embedded-filter.yaml")) {
      Sh.ping("vm", "10.0.0.9");
      Sh.ping("outside", "10.0.0.2");
      assertEquals("refused", connect(22, 30_000), "its rule lets it in, and nobody listens");
      assertEquals("silence", connect(23, 2_000), "no rule");
      assertEquals(1, agent.lines("applied").size(), "once, and nothing drifts");
    }
  }

  private static String connect(int port, int patienceMillis) throws Exception {
    try (NetNamespace outside = NetNamespace.named("outside")) {
      return outside.run(
          () -> {
            try (Socket socket = new Socket()) {
              socket.connect(new InetSocketAddress("10.0.0.2", port), patienceMillis);
              return "open";
            } catch (ConnectException e) {
              return "refused";
            } catch (SocketTimeoutException e) {
              return "silence";
            }
          });
    }
  }
}
