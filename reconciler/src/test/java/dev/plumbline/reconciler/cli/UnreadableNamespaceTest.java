// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent without the right to look at each file in /run/netns goes on with all others. On a
 * throwaway host, but not in user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
class UnreadableNamespaceTest {
  /** Root without the capabilities that open a file of mode 0. */
  private static final List<String> WITHOUT =
      List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search");

  @TempDir Path directory;

  private String plan(Path file) throws Exception {
    try (AgentProcess verb =
        AgentProcess.start(
            directory, WITHOUT, "plan", file.toString(), "--run", directory + "/none")) {
      return verb.ended();
    }
  }

  private void write(String text) throws Exception {
    Files.writeString(directory.resolve("host.yaml"), text);
  }

  @Test
  void itIsSaidOnceAndTheNamespaceIsTakenNeitherForAbsentNorForEmpty() throws Exception {
    Sh.run("mkdir -p /run/netns && touch /run/netns/shut && chmod 0 /run/netns/shut");
    Path file = directory.resolve("host.yaml");
    write("version: 1\nbridges: {br0: {datapath: kernel}}\n");
    try (AgentProcess agent =
        AgentProcess.start(directory, WITHOUT, "agent", "--file", file.toString())) {
      String said = agent.await("cannot look into network namespace shut");
      assertTrue(said.contains("Permission denied, it takes CAP_DAC_READ_SEARCH"), said);
      agent.await("applied ");

      int since = agent.written();
      Sh.run("ip link del br0");
      agent.await(since, "drift: bridges.br0 .*repaired");
      AgentProcess.run(directory, "sync");

      since = agent.written();
      write(
          """
          version: 1
          namespaces: {shut: {}}
          bridges: {br0: {datapath: kernel}, br1: {datapath: kernel}}
          veths: {v0: {peer: {device: eth0, namespace: shut}}}
          """);
      agent.await(since, "namespaces.shut waits for the right to look into it: Permission denied");
      agent.await(since, "veths.v0 waits for namespace shut");
      agent.await(since, "applied .* 1 created");
      assertEquals("0 regular empty file\n", Sh.run("stat -c '%a %F' /run/netns/shut"));
      String plan = plan(file);
      assertTrue(plan.contains("for the right to look into it: Permission denied"), plan);

      since = agent.written();
      Sh.run("rm /run/netns/shut");
      agent.await(since, "network namespace shut can be looked into, or is gone");
      agent.await(since, "appeared: .*veths.v0");
      Sh.run("ip -n shut link show eth0");
      assertEquals(
          1,
          agent.output().lines().filter(line -> line.contains("cannot look into")).count(),
          agent.output());
      assertFalse(agent.output().contains("Exception"), agent.output());
    }
  }
}
