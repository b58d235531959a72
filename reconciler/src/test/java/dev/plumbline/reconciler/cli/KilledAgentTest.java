// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.render.Schemas;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A whole agent that is killed, and started again. */
@ExtendWith(ThrowawayHost.class)
@Timeout(300)
class KilledAgentTest {
  /** More by {@code -Dkills=200}: each takes a second or two. */
  private static final int KILLS = Integer.getInteger("kills", 6);

  @TempDir private Path directory;
  private Path work;

  @BeforeEach
  void repository() throws Exception {
    if (!Sh.run("id -u").strip().equals("0")) {
      System.err.println("no root: test skipped here");
      Assumptions.abort("no root");
    }
    work = Files.createDirectories(directory.resolve("work/hosts")).getParent();
    git("init -q -b main .");
  }

  private void git(String arguments) {
    Sh.run(
        "cd "
            + work
            + " && HOME=/nonexistent git -c user.name=Ann -c user.email=ann@example.org "
            + arguments);
  }

  private void commit(String bridge) throws Exception {
    Files.writeString(
        work.resolve("hosts/alpha.yaml"),
        "version: 1\nbridges: {" + bridge + ": {datapath: kernel}}\n");
    git("add -A");
    git("commit -q -m " + bridge);
  }

  private AgentProcess start() throws Exception {
    return AgentProcess.start(
        directory,
        "agent",
        "--repo",
        "file://" + work,
        "--host",
        "alpha",
        "--interval",
        "100ms",
        "--config",
        "/dev/null");
  }

  private static boolean exists(String device) {
    return Sh.run("ip -o link").contains(" " + device + ": ");
  }

  @Test
  void anAgentThatIsKilledAtAnyMomentConvergesWhenItIsStartedAgain() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    String said = "";
    for (int i = 0; i < KILLS; i++) {
      commit("br" + i);
      try (AgentProcess agent = start()) {
        // From before it has looked at its state to after it has applied.
        Thread.sleep(random.nextInt(1_500));
        agent.kill();
      }
      // Many deaths of one revision are another test's.
      Files.deleteIfExists(directory.resolve("state/starts"));
      if (i % 2 == 1 || i == KILLS - 1) {
        try (AgentProcess agent = start()) {
          agent.await("applied .*\"br" + i + "\"");
          agent.terminate();
          said = agent.output();
        }
        String links = Sh.run("ip -o link");
        assertTrue(exists("br" + i), "seed " + seed + ": " + said);
        assertEquals(
            1,
            links.lines().filter(line -> line.matches("[0-9]+: br[0-9]+: .*")).count(),
            "seed " + seed + ": " + links + said);
      }
    }
  }

  @Test
  void aRevisionWithWhichTheAgentDiesThriceGivesWayToTheOneBeforeAndHistoryTells()
      throws Exception {
    commit("br1");
    try (AgentProcess agent = start()) {
      agent.await("applied .*\"br1\"");
      commit("br2");
      agent.await("applied .*\"br2\"");
      long end = System.nanoTime() + 30_000_000_000L;
      while (!Files.exists(directory.resolve("state/good/2.json")) && System.nanoTime() < end) {
        Thread.sleep(5);
      }
      agent.kill();
    }
    for (int i = 0; i < 2; i++) {
      try (AgentProcess agent = start()) {
        agent.await("applied .*\"br2\"");
        agent.kill();
      }
    }
    try (AgentProcess agent = start()) {
      agent.await("FALLBACK: agent or host went down 3 times soon after .*\"br2\"");
      agent.await("applied .*\"br1\"");
      agent.await("NOT APPLIED: commit [0-9a-f]{40} made agent or host go down 3 times");
      assertTrue(exists("br1") && !exists("br2"));
      commit("br3");
      agent.await("applied .*\"br3\"");
      agent.terminate();
    }
    String history = AgentProcess.run(directory, "history");
    int fallback = history.indexOf("FALLBACK");
    assertTrue(fallback > history.indexOf("applied"), history);
    assertTrue(history.indexOf("\"br3\"", fallback) > fallback, history);
    String json = AgentProcess.run(directory, "history", "-o", "json");
    Schemas.validates("history.schema.json", json);
    assertTrue(
        json.contains("\"event\": \"fallback\"") || json.contains("\"event\":\"fallback\""), json);
  }

  @Test
  void aCommitThatALocalRepositoryLacksIsOneLineAndNoStackTrace() throws Exception {
    commit("br1");
    String output =
        AgentProcess.run(
            directory,
            "agent",
            "--repo",
            work.toString(),
            "--commit",
            "0123456789012345678901234567890123456789",
            "--once",
            "--config",
            "/dev/null");
    assertTrue(output.contains("is there a commit 0123456789"), output);
    assertEquals(1, output.lines().count(), output);
  }
}
