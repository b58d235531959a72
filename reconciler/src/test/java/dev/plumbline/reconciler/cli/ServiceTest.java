// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.source.GitHttpServer;
import dev.plumbline.reconciler.systemd.NotifySocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
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

  /**
   * A socket takes ten messages otherwise, and the agent drops what a slow reader has no room for.
   */
  private static void room() {
    Sh.run("sysctl -qw net.unix.max_dgram_qlen=512");
  }

  @Test
  void theManagerHearsHowItGoes() throws Exception {
    room();
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
    room();
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

  /**
   * The server's answer comes when the test is over; half a minute is what a first fetch is given.
   */
  @Test
  void aFetchThatHangsHoldsUpNobodyWhereThereIsAGoodRevision() throws Exception {
    Path hosts = Files.createDirectories(directory.resolve("work/hosts"));
    Files.writeString(
        hosts.resolve("alpha.yaml"), "version: 1\nveths: {v0: {peer: {device: v1}}}\n");
    Sh.run(
        "ip link set lo up; cd "
            + hosts
            + "/.. && git init -q -b main . && git add -A && git -c user.name=Ann"
            + " -c user.email=ann@example.org commit -q -m One");
    CountDownLatch over = new CountDownLatch(1);
    try (GitHttpServer server = new GitHttpServer(directory, "")) {
      String[] follow = {
        "agent",
        "--config",
        "/dev/null",
        "--host",
        "alpha",
        "--repo",
        "http://127.0.0.1:" + server.port() + "/work"
      };
      try (AgentProcess first = AgentProcess.start(directory, follow)) {
        first.await("applied ");
        first.terminate();
      }
      Sh.run("ip link del v0");
      CountDownLatch hanging = new CountDownLatch(1);
      server.before(
          () -> {
            hanging.countDown();
            await(over);
          });
      try (NotifySocket manager = new NotifySocket(directory.resolve("notify").toString());
          AgentProcess agent =
              AgentProcess.start(directory, Map.of("NOTIFY_SOCKET", manager.name()), follow)) {
        manager.await("READY=1"::equals);
        Sh.run("ip link show v0");
        manager.await(line -> line.startsWith("STATUS=in-sync; at "));
        await(hanging);
        assertFalse(agent.output().contains("fetch"), agent.output());
        AgentProcess.run(directory, "pause");
        agent.terminate();
      }
      // A paused one applies nothing, and nobody has to wait for that either.
      try (NotifySocket manager = new NotifySocket(directory.resolve("notify2").toString());
          AgentProcess agent =
              AgentProcess.start(directory, Map.of("NOTIFY_SOCKET", manager.name()), follow)) {
        manager.await("READY=1"::equals);
        manager.await(line -> line.startsWith("STATUS=paused"));
        assertFalse(agent.output().contains("applied "), agent.output());
      } finally {
        over.countDown(); // the server ends with its last answer
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whoIsToldToLookAgainLooksAndSaysIfItsConfigurationHasChanged() throws Exception {
    boolean ignored =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .anyMatch(line -> line.matches("SigIgn:\\s*[0-9a-f]*[13579bdf]"));
    Assumptions.assumeFalse(ignored, "SIGHUP is ignored here, as by nohup(1), and so by an agent");
    Path file = Files.writeString(directory.resolve("host.yaml"), "version: 1\n");
    Path configuration = Files.writeString(directory.resolve("agent.yaml"), "file: " + file + "\n");
    try (AgentProcess agent =
        AgentProcess.start(directory, "agent", "--config", configuration.toString())) {
      agent.await("applied ");
      int since = agent.written();
      Sh.run("kill -HUP " + agent.pid());
      agent.await(since, "asked to fetch and compare now");
      since = agent.written();
      assertTrue(AgentProcess.run(directory, "sync").contains("in-sync"), agent.output());
      agent.await(since, "asked to fetch and compare now");
      assertFalse(agent.output().contains("agent.yaml"), agent.output());
      Files.writeString(configuration, "interval: 5s\n", StandardOpenOption.APPEND);
      since = agent.written();
      Sh.run("kill -HUP " + agent.pid());
      agent.await(since, "agent.yaml is not what it was when this agent was started.* restart");
      agent.terminate();
    }
  }
}
