// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a switch that outlives its agent is to plans, and to the next agent. On a throwaway host,
 * but not in user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
class RestartTest {
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

  @BeforeEach
  void connect() throws Exception {
    file = Files.writeString(directory.resolve("host.yaml"), FILE);
    Sh.run("ip netns add peer");
    Sh.run("ip link add eth1 type veth peer name eth0 netns peer");
    Sh.run("ip link set eth1 up");
    Sh.run("ip -n peer address add 10.0.0.9/24 dev eth0");
    Sh.run("ip -n peer link set eth0 up");
  }

  private String plan(Path of) throws Exception {
    return AgentProcess.run(directory, "plan", of.toString());
  }

  @Test
  void aKilledAgentLeavesASwitchThatNoPlanMakesAnew() throws Exception {
    try (AgentProcess agent = AgentProcess.follow(file, directory)) {
      Sh.ping("peer", "10.0.0.1");
      assertTrue(plan(file).contains("Nothing to do"), plan(file));
      agent.kill();
      String plan = plan(file);
      assertTrue(plan.contains("Nothing to do"), plan);
      assertTrue(plan.contains("none is running"), plan);
      Path other =
          Files.writeString(directory.resolve("other.yaml"), FILE.replaceAll("  web0: .*\n", ""));
      plan = plan(other);
      assertTrue(plan.contains("Plan: 0 to create, 0 to modify, 0 to recreate, 4 to delete"), plan);
      assertFalse(plan.contains("bridges.br0.ports.eth1"), plan);
    }
    try (AgentProcess next = AgentProcess.follow(file, directory)) {
      String first = next.await("applied ");
      assertTrue(first.contains("nothing to do"), first);
      Sh.ping("peer", "10.0.0.1");
    }
  }

  @Test
  void aSwitchWhoseTablesAreGoneIsMadeAnew() throws Exception {
    try (AgentProcess agent = AgentProcess.follow(file, directory)) {
      agent.kill();
      Sh.run("umount -l " + directory.resolve("run/switch/bpf"));
      String plan = plan(file);
      assertTrue(plan.contains("bridges.br0.ports.eth1"), plan);
    }
    try (AgentProcess next = AgentProcess.follow(file, directory)) {
      Sh.ping("peer", "10.0.0.1");
      assertFalse(next.output().contains("failed"), next.output());
    }
  }

  @Test
  void whatTheFileLostMeanwhileIsTakenAwayAndTheCardIsWhatItWas() throws Exception {
    try (AgentProcess agent = AgentProcess.follow(file, directory)) {
      assertTrue(Sh.run("ip link show dev eth1").contains("PROMISC"));
      agent.terminate();
    }
    Files.writeString(file, "version: 1\n");
    try (AgentProcess next = AgentProcess.follow(file, directory)) {
      String first = next.await("applied ");
      assertTrue(first.contains("deleted"), first);
      String links = Sh.run("ip link show");
      assertFalse(links.contains("mgmt0") || links.contains("plumbline"), links);
      assertFalse(Sh.run("ip link show dev eth1").contains("PROMISC"), "as it was");
      assertFalse(Files.exists(directory.resolve("run/switch/config.json")));
    }
  }
}
