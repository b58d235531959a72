// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.embedded.Leg;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files with embedded bridges, applied by an agent, and packets that pass. On a throwaway host, but
 * not in user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
class EmbeddedSwitchTest {
  private static final String FILE =
      """
      version: 1
      namespaces: {web: {}}
      bridges: {br0: {ports: {eth1: {}}}}
      internalPorts:
        mgmt0: {bridge: br0, addresses: [10.0.0.1/24]}
        web0: {bridge: br0, namespace: web, device: eth0, addresses: [10.0.0.2/24]}
      """;

  @TempDir Path directory;
  private Path file;
  private Path state;

  /** A network card of the host, and a neighbour at the other end of its cable. */
  @BeforeEach
  void connect() {
    file = directory.resolve("host.yaml");
    state = directory.resolve("state");
    Sh.run("ip netns add peer");
    Sh.run("ip link add eth1 type veth peer name eth0 netns peer");
    Sh.run("ip link set eth1 up");
    Sh.run("ip -n peer address add 10.0.0.9/24 dev eth0");
    Sh.run("ip -n peer link set eth0 up");
  }

  /** So that no probe of a neighbour waits for the second agent. */
  private static void keepNeighbour(String namespace, String address, String other) {
    String mac = Sh.run("ip netns exec " + other + " cat /sys/class/net/eth0/address").strip();
    Sh.run(
        "ip -n %s neighbour replace %s dev eth0 lladdr %s nud permanent"
            .formatted(namespace, address, mac));
  }

  @Test
  void packetsPassBetweenTheHostAContainerAndANeighbour() throws Exception {
    AgentRun.write(file, FILE);
    try (AgentRun agent = AgentRun.ofFile(file, state)) {
      Sh.ping("peer", "10.0.0.1");
      Sh.ping("peer", "10.0.0.2");
      Sh.ping("web", "10.0.0.1");
      Sh.ping("", "10.0.0.9");
      agent.settle();
      assertEquals(1, agent.lines("applied|drift").size(), "the switch is no drift of its own");
      String leg = Sh.run("ip address show dev " + Leg.of("mgmt0"));
      assertFalse(leg.contains("inet"), leg);
      assertTrue(leg.contains("UP"), leg);
    }
  }

  @Test
  void anAgentThatStartsAgainTakesTheSwitchOverWithoutALostPing() throws Exception {
    AgentRun.write(file, FILE);
    Process pings;
    try (AgentRun agent = AgentRun.ofFile(file, state)) {
      Sh.ping("peer", "10.0.0.2");
      keepNeighbour("peer", "10.0.0.2", "web");
      keepNeighbour("web", "10.0.0.9", "peer");
      pings =
          new ProcessBuilder("ip netns exec peer ping -i 0.01 -c 500 -W 1 10.0.0.2".split(" ", -1))
              .redirectErrorStream(true)
              .start();
      Thread.sleep(500);
      assertEquals(1, agent.lines("applied").size());
    }
    try (AgentRun next = AgentRun.ofFile(file, state)) {
      String text = new String(pings.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(text.contains("500 packets transmitted, 500 received"), text);
      Sh.ping("web", "10.0.0.1");
      next.settle();
      assertEquals(0, next.lines("failed").size());
    }
    AgentRun.write(file, "version: 1\n");
    try (AgentRun last = AgentRun.ofFile(file, state)) {
      AgentRun.eventually(
          "nothing is left of a switch that the file does not name any more",
          () -> !Sh.run("ip -br link").contains("plumbline"));
      assertEquals(1, last.lines("applied").size());
    }
  }

  @Test
  void whatLeavesTheFileLeavesTheSwitchAndTheLastBridgeTakesTheSwitchAlong() throws Exception {
    AgentRun.write(file, FILE);
    try (AgentRun agent = AgentRun.ofFile(file, state)) {
      Sh.ping("peer", "10.0.0.2");
      int since = agent.size();
      AgentRun.write(file, FILE.replaceAll("  web0: .*\n", ""));
      agent.await(since, "applied ");
      assertFalse(Sh.run("ip -br link").contains(Leg.of("web0")));
      Sh.ping("peer", "10.0.0.1");

      since = agent.size();
      AgentRun.write(file, "version: 1\n");
      agent.await(since, "applied ");
      String links = Sh.run("ip -br link");
      assertFalse(links.contains("mgmt0") || links.contains("plumbline"), links);
    }
  }
}
