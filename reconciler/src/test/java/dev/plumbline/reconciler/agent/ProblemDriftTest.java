// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * One object that cannot be repaired, as is known beforehand, holds back no other. On a throwaway
 * host, but not in user-mode Linux too: what the planner says is the same there.
 */
@ExtendWith(ThrowawayHost.class)
class ProblemDriftTest {
  @TempDir Path directory;

  private static boolean has(String command, String text) {
    return Sh.run(command).contains(text);
  }

  @Test
  void whatIsInTheWayIsSaidOnceAndTheRestIsRepaired() throws Exception {
    Path file = directory.resolve("host.yaml");
    AgentRun.write(
        file,
        """
        version: 1
        bridges: {br0: {datapath: kernel, ports: {v0: {}}, addresses: [192.0.2.1/24]}}
        veths:
          v0: {peer: {device: v1}}
          v2: {addresses: [198.51.100.1/24], peer: {device: v3}}
        """);
    try (AgentRun agent = AgentRun.ofFile(file, directory.resolve("state"))) {
      // Somebody else's device gets the bridge's name, while the agent cannot be faster.
      String pause =
          "curl -sf -o /dev/null -X POST --unix-socket " + directory.resolve("run/agent.sock");
      Sh.run(pause + " http://localhost/v1/pause");
      Sh.run("ip link del br0 && ip link add br0 type veth peer name other");
      Sh.run(pause + " http://localhost/v1/resume");
      agent.await("drift cannot be repaired: bridges.br0: .*which plumbline did not make");
      int since = agent.size();
      Sh.run("ip addr del 198.51.100.1/24 dev v2");
      agent.await(since, "drift: .*198.51.100.1/24.*repaired");
      assertTrue(has("ip addr show dev v2", "198.51.100.1/24"));
      since = agent.size();
      Sh.run("ip link del v2");
      agent.await(since, "drift: veths.v2 is missing.*repaired");
      assertTrue(has("ip addr show dev v2", "198.51.100.1/24"));
      assertTrue(has("ip -d link show br0", " veth "), "what is not ours stays");
      List<String> said = agent.lines("bridges.br0: .*would have to be made anew");
      assertEquals(1, said.size(), said.toString());
      since = agent.size();
      Sh.run("ip link del br0");
      agent.await(since, "drift: .*bridges.br0 is missing.*repaired");
      AgentRun.eventually("the port is back", () -> has("ip link show v0", "master br0"));
      assertTrue(has("ip addr show dev br0", "192.0.2.1/24"));
    }
  }
}
