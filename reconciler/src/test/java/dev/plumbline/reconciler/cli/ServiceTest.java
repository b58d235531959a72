// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.systemd.NotifySocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent as a service: what its manager hears, on a real socket, from a real process. On a
 * throwaway host, but not in user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
class ServiceTest {
  @TempDir Path directory;

  @Test
  void theManagerHearsHowItGoes() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("host.yaml"), "version: 1\nveths: {a: {peer: {device: b}}}\n");
    try (NotifySocket manager = new NotifySocket(directory.resolve("notify").toString())) {
      Map<String, String> environment =
          Map.of("NOTIFY_SOCKET", manager.name(), "WATCHDOG_USEC", "2000000");
      try (AgentProcess agent =
          AgentProcess.start(directory, environment, "agent", "--file", file.toString())) {
        manager.await("READY=1"::equals);
        // Not before: the network waits for it.
        Sh.run("ip link show a");
        manager.await(line -> line.startsWith("STATUS=in-sync; at "));
        manager.await("WATCHDOG=1"::equals);
        manager.await("WATCHDOG=1"::equals);
        AgentProcess.run(directory, "pause");
        manager.await(line -> line.startsWith("STATUS=paused"));
        manager.await("WATCHDOG=1"::equals);
        AgentProcess.run(directory, "resume");
        manager.await(line -> line.startsWith("STATUS=in-sync"));
        Files.writeString(file, "version: 1\nveth: {}\n");
        manager.await(line -> line.startsWith("STATUS=held: ") && line.contains("unknown key"));
        agent.terminate();
        manager.await("STOPPING=1"::equals);
      }
    }
  }

  @Test
  void aFirstRevisionThatIsRefusedLetsTheHostStartToo() throws Exception {
    Path file = Files.writeString(directory.resolve("host.yaml"), "version: 2\n");
    try (NotifySocket manager = new NotifySocket(directory.resolve("notify").toString())) {
      try (AgentProcess agent =
          AgentProcess.start(
              directory,
              Map.of("NOTIFY_SOCKET", manager.name()),
              "agent",
              "--file",
              file.toString())) {
        manager.await("READY=1"::equals);
        assertTrue(agent.output().contains("is refused"), agent.output());
        assertFalse(manager.heard().contains("WATCHDOG=1"), manager.heard().toString());
      }
    }
  }
}
