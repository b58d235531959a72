// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What could cut somebody off is named by the command itself, each path by its steps. */
@ExtendWith(ThrowawayHost.class)
class LockOutTest {
  @TempDir private Path directory;

  /** Three cables: to the gateway, to the network of the shell's peer, to that of a Git server. */
  @BeforeEach
  void cables() {
    Sh.run(
        "set -e; for n in 1 2 3; do ip link add c$n type veth peer name far$n;"
            + " ip link set c$n up; ip link set far$n up; ip addr add 10.0.$n.1/24 dev c$n; done;"
            + " ip route add default via 10.0.1.9; ip route add 198.51.100.0/24 via 10.0.2.9");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("host.yaml"), "version: 1\n" + text);
  }

  private String run(Map<String, String> environment, String... arguments) throws Exception {
    try (AgentProcess process = AgentProcess.start(directory, environment, arguments)) {
      return process.ended();
    }
  }

  @Test
  void thePeerOfTheShellsSshConnection() throws Exception {
    Path file = file("interfaces: {c2: {mtu: 1400}, c3: {mtu: 1400}}\n");
    Map<String, String> ssh = Map.of("SSH_CONNECTION", "198.51.100.7 50000 10.0.2.1 22");
    String plan = run(ssh, "plan", file.toString());
    String path = "the path of this SSH session to 198.51.100.7";
    assertTrue(plan.contains("this touches " + path + ": interfaces.c2"), plan);
    assertTrue(plan.contains("! touches " + path), plan);
    assertTrue(plan.indexOf("! touches") == plan.lastIndexOf("! touches"), plan);
    String refused = run(ssh, "apply", file.toString());
    assertTrue(refused.contains("apply with --yes"), refused);
    assertTrue(Sh.run("ip link show c2").contains("mtu 1500"), refused);
    String other = run(Map.of("SSH_CONNECTION", ""), "plan", file.toString());
    assertFalse(other.contains("touches"), other);
  }

  @Test
  void theServerOfTheRepositoryThatAnAgentFollows() throws Exception {
    try (AgentProcess agent =
        AgentProcess.start(
            directory, "agent", "--repo", "http://10.0.3.80:1/net.git", "--branch", "main")) {
      agent.await("10\\.0\\.3\\.80");
      Path file = file("interfaces: {c2: {mtu: 1400}, c3: {mtu: 1400}}\n");
      String plan = run(Map.of(), "plan", file.toString());
      String path = "the path to the agent's repository";
      assertTrue(plan.contains("this touches " + path + ": interfaces.c3"), plan);
    }
  }
}
