// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.source.GitAccess;
import dev.plumbline.reconciler.source.GitRef;
import dev.plumbline.reconciler.source.Signers;
import dev.plumbline.reconciler.source.SourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which revision the agent brings the host to, and when. */
@KernelTest
class AgentTest {
  @TempDir private Path directory;
  private Path state;
  private Path work;

  @BeforeEach
  void paths() {
    state = directory.resolve("state");
    work = directory.resolve("work");
  }

  private static String bridges(String... names) {
    StringBuilder text = new StringBuilder("version: 1\nbridges:\n");
    for (String name : names) {
      text.append("  ").append(name).append(": {datapath: kernel}\n");
    }
    return text.toString();
  }

  private static boolean exists(String device) {
    return Sh.run("ip -o link").contains(" " + device + ": ");
  }

  private Git repository() throws GitAPIException {
    return Git.init().setDirectory(work.toFile()).setInitialBranch("main").call();
  }

  private void commit(Git git, String subject, String text) throws IOException, GitAPIException {
    AgentRun.write(work.resolve("hosts/alpha.yaml"), text);
    git.add().addFilepattern(".").call();
    git.commit()
        .setSign(false)
        .setMessage(subject)
        .setAuthor("Ann", "a@b")
        .setCommitter("Ann", "a@b")
        .call();
  }

  private AgentOptions ofRepository() {
    return ofRepository(null);
  }

  private AgentOptions ofRepository(@Nullable Signers signers) {
    AgentOptions.From from =
        new AgentOptions.Git(
            work.toString(),
            new GitRef.Branch("main"),
            GitAccess.USUAL,
            signers,
            "hosts/{host}.yaml",
            Map.of(),
            false,
            AgentOptions.Board.USUAL);
    return new AgentOptions(
        from, "alpha", Duration.ofMillis(100), state, state.resolveSibling("run"));
  }

  @Test
  void aCommitIsAppliedAndTheNextOneToo() throws Exception {
    try (Git git = repository()) {
      commit(git, "One bridge", bridges("br0"));
      try (AgentRun agent = AgentRun.start(ofRepository())) {
        String line = agent.await("applied .* \"One bridge\" by Ann: ");
        assertTrue(line.contains("1 created"), line);
        assertTrue(exists("br0"));

        commit(git, "Another one", bridges("br1"));
        line = agent.await("applied .* \"Another one\" by Ann: ");
        assertTrue(line.contains("1 created, 1 deleted"), line);
        assertTrue(exists("br1"));
        assertFalse(exists("br0"), "what left the file is gone");
      }
    }
  }

  @Test
  void aCommitThatNobodySignedIsNotAppliedAndTheLastGoodOneStays() throws Exception {
    Path allowed =
        Files.writeString(
            directory.resolve("allowed"),
            "ann@example.org ssh-ed25519"
                + " AAAAC3NzaC1lZDI1NTE5AAAAIJ2WKc8vbJj6gH4wD4k0tRQKX3pnkqXlYcRkTLKBgGpY\n");
    try (Git git = repository()) {
      commit(git, "Good", bridges("br0"));
      try (AgentRun agent = AgentRun.start(ofRepository())) {
        agent.await("applied .*Good");
      }
      commit(git, "Unsigned", bridges("br1"));
      try (AgentRun agent = AgentRun.start(ofRepository(new Signers(allowed, null, null)))) {
        agent.await("NOT APPLIED: commit [0-9a-f]{40} is not signed");
        agent.await("Unsigned.* is refused; the host stays at .*Good");
        assertFalse(exists("br1"));
        int since = agent.size();
        Sh.run("ip link del br0");
        agent.await(since, "drift: bridges.br0 is missing, repaired in");
      }
    }
  }

  @Test
  void aCommitThatIsNotAboutThisHostIsNotedAndIsTheLastGoodOne() throws Exception {
    try (Git git = repository()) {
      commit(git, "One bridge", bridges("br0"));
      try (AgentRun agent = AgentRun.start(ofRepository())) {
        agent.await("applied .* \"One bridge\" by Ann: ");
        AgentRun.write(work.resolve("hosts/beta.yaml"), bridges("br7"));
        commit(git, "Beta", bridges("br0"));
        agent.await("noted .* \"Beta\" by Ann: nothing in it is about this host");
        int since = agent.size();
        Sh.run("ip link del br0");
        agent.await(since, "drift: bridges.br0 is missing, repaired in");
        commit(git, "Another one", bridges("br1"));
        agent.await("applied .* \"Another one\" by Ann: ");
        assertFalse(agent.lines("noted").size() > 1, agent.lines("").toString());
      }
      Files.move(work, directory.resolve("elsewhere"));
      try (AgentRun agent = AgentRun.start(ofRepository())) {
        agent.await("applied .* \"Another one\" by Ann: nothing to do");
      }
    }
  }

  @Test
  void aBrokenCommitIsReportedOnceAndTheLastGoodOneIsKept() throws Exception {
    try (Git git = repository()) {
      commit(git, "Good", bridges("br0"));
      try (AgentRun agent = AgentRun.start(ofRepository())) {
        agent.await("applied .*Good");
        commit(git, "Broken", bridges("br0") + "bridgs: {}\n");
        agent.await("Broken.* is refused; the host stays at .*Good");
        agent.settle();

        List<String> problems = agent.lines("hosts/alpha.yaml:4:1: ");
        assertEquals(1, problems.size(), problems.toString());
        int since = agent.size();
        Sh.run("ip link del br0");
        agent.await(since, "drift: bridges.br0 is missing, repaired in");
      }
    }
  }

  @Test
  void aCommitByWhichTrafficGoesElsewhereIsRefusedAsApplyDoes() throws Exception {
    String pair = "veths: {v0: {peer: {device: v1, namespace: web, addresses: [10.9.0.1/24]}}}\n";
    String promise = "reachability: {out: {from: web, to: 10.9.0.2, expect: %s}}\n";
    String file = "version: 1\nnamespaces: {web: {}}\n" + pair + promise;
    try (Git git = repository()) {
      commit(git, "Kept", file.formatted("dropped"));
      try (AgentRun agent = AgentRun.start(ofRepository())) {
        agent.await("applied .*Kept");
        commit(git, "Not kept", file.formatted("delivered") + bridges("br0").split("\n", 2)[1]);
        agent.await("Not kept.* is refused; the host stays at .*Kept");
        agent.await("hosts/alpha.yaml:4:\\d+: reachability.out: what web sends to 10.9.0.2 is");
        assertFalse(exists("br0"));
      }
    }
  }

  @Test
  void theLastGoodCommitIsAppliedWhereTheRepositoryCannotBeReached() throws Exception {
    try (Git git = repository()) {
      commit(git, "Good", bridges("br0"));
      try (AgentRun agent = AgentRun.start(ofRepository())) {
        agent.await("applied .*Good");
      }
    }
    Sh.run("ip link del br0");
    Files.move(work, directory.resolve("elsewhere"));

    try (AgentRun agent = AgentRun.start(ofRepository())) {
      agent.await("applied .*Good");
      assertTrue(exists("br0"));
      String line = agent.await("next try in");
      assertTrue(line.contains(work.toString()), line);

      Files.move(directory.resolve("elsewhere"), work);
      agent.await("can be fetched again");
    }
  }

  @Test
  void aRepositoryThatSomebodyHasToMendIsReportedOnceAndTriedSlowly() throws Exception {
    try (Git git = repository()) {
      commit(git, "Good", bridges("br0"));
      try (AgentRun agent = AgentRun.start(ofRepository())) {
        agent.await("applied .*Good");
        Files.move(work, directory.resolve("elsewhere"));
        String line = agent.await("FETCH REFUSED, somebody has to mend it: " + work);
        assertTrue(line.contains("next try in 1.00 s"), line);
        int since = agent.size();
        Sh.run("ip link del br0");
        agent.await(since, "drift: bridges.br0 is missing, repaired in");
        Thread.sleep(2500);
        // A fetch that was under way when the directory went may have said something before that.
        assertEquals(1, agent.lines("FETCH REFUSED").size(), agent.lines("").toString());
        assertTrue(agent.lines("next try").size() <= 2, agent.lines("").toString());

        Files.move(directory.resolve("elsewhere"), work);
        agent.await("can be fetched again");
      }
    }
  }

  @Test
  void anAgentThatHasNothingToApplyEndsWhereSomebodyHasToMendTheRepository() throws Exception {
    Files.createDirectories(work);
    List<String> log = new ArrayList<>();
    try (Agent agent = Agent.open(ofRepository(), new AgentLog(log::add, false))) {
      SourceException refused = assertThrows(SourceException.class, agent::run);
      assertTrue(refused.getMessage().contains(work.toString()), refused.getMessage());
    }
  }

  @Test
  void anAgentThatHasNothingToApplyWaitsForANetworkThatIsNotThereYet() throws Exception {
    AgentOptions.From from =
        new AgentOptions.Git(
            "http://127.0.0.1:1/hosts.git", new GitRef.Branch("main"), GitAccess.USUAL, null);
    try (AgentRun agent =
        AgentRun.start(
            new AgentOptions(
                from, "alpha", Duration.ofMillis(100), state, state.resolveSibling("run")))) {
      agent.await("127.0.0.1.*next try in 100 ms");
      agent.await("127.0.0.1.*next try in 200 ms");
    }
  }

  @Test
  void aChangedFileIsAppliedAndSoIsAChangedInclude() throws Exception {
    Path file = directory.resolve("host.yaml");
    Path included = directory.resolve("base/base.yaml");
    AgentRun.write(included, "bridges: {br1: {datapath: kernel}}\n");
    AgentRun.write(file, "include: [base/base.yaml]\n" + bridges("br0"));
    try (AgentRun agent = AgentRun.ofFile(file, state)) {
      assertTrue(exists("br0") && exists("br1"));

      int since = agent.size();
      AgentRun.write(file, "include: [base/base.yaml]\n" + bridges("br2"));
      agent.await(since, "applied .*1 created, 1 deleted");
      assertTrue(exists("br2") && exists("br1") && !exists("br0"));

      since = agent.size();
      AgentRun.write(included, "bridges: {br3: {datapath: kernel}}\n");
      agent.await(since, "applied .*1 created, 1 deleted");
      assertTrue(exists("br3") && !exists("br1"));
    }
  }

  @Test
  void aFileThatAnEditorPutsInTheOldOnesPlaceIsApplied() throws Exception {
    Path file = directory.resolve("host.yaml");
    AgentRun.write(file, bridges("br0"));
    try (AgentRun agent = AgentRun.ofFile(file, state)) {
      int since = agent.size();
      Path fresh = directory.resolve("host.yaml.swp");
      AgentRun.write(fresh, bridges("br0", "br1"));
      Files.move(fresh, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

      agent.await(since, "applied .*1 created");
      assertTrue(exists("br1"));
    }
  }

  @Test
  void aDeviceThatIsPluggedInLaterIsTakenUp() throws Exception {
    Path file = directory.resolve("host.yaml");
    AgentRun.write(
        file,
        """
        version: 1
        bridges: {br0: {datapath: kernel, ports: {tap9: {}}}}
        interfaces: {nic0: {mtu: 1400}}
        """);
    try (AgentRun agent = AgentRun.ofFile(file, state)) {
      assertTrue(exists("br0"), "the rest is applied");
      agent.await("waits for .*nic0");
      agent.await("waits for .*tap9");

      int since = agent.size();
      Sh.run("ip link add tap9 type veth peer name nic0");
      agent.await(since, "(appeared|drift): .*");
      AgentRun.eventually(
          "both are set",
          () ->
              Sh.run("ip link show dev tap9").contains("master br0")
                  && Sh.run("ip link show dev nic0").contains("mtu 1400"));
    }
  }

  @Test
  void aSecondAgentWithTheSameStateIsRefused() throws Exception {
    Path file = directory.resolve("host.yaml");
    AgentRun.write(file, bridges("br0"));
    try (AgentRun agent = AgentRun.ofFile(file, state)) {
      AgentOptions again =
          new AgentOptions(
              new AgentOptions.File(file),
              "alpha",
              Duration.ofSeconds(30),
              state,
              state.resolveSibling("run"));

      IOException refused =
          assertThrows(
              IOException.class, () -> Agent.open(again, new AgentLog(line -> {}, false)).close());

      long pid = ProcessHandle.current().pid();
      assertTrue(
          refused.getMessage().contains("another agent (process " + pid + ")"),
          refused.getMessage());
      assertTrue(refused.getMessage().contains(state.toString()), refused.getMessage());
      assertEquals(1, agent.lines("applied").size());
    }
    try (AgentRun next = AgentRun.ofFile(file, state)) {
      next.await("nothing to do");
    }
  }

  @Test
  void aRevisionThatFailsIsUndoneAndTriedAgainWhenTheHostHasChanged() throws Exception {
    // The kernel refuses a preferred source that is no address of the host; no plan can know.
    Path file = directory.resolve("host.yaml");
    AgentRun.write(file, bridges("br0"));
    try (AgentRun agent = AgentRun.ofFile(file, state)) {
      int since = agent.size();
      AgentRun.write(
          file,
          bridges("br0", "br1") + "routes: [{to: 10.99.0.0/16, dev: br0, source: 10.9.9.9}]\n");
      String line = agent.await(since, " failed at routes.10.99.0.0/16 ");
      assertTrue(line.contains("all was undone"), line);
      agent.settle();
      assertFalse(exists("br1"), "undone");
      assertTrue(exists("br0"), "the good revision stays");
      // What the undo itself changed may be told late, and is a change of the host then.
      int tries = agent.lines("failed at").size();
      assertTrue(tries <= 2, () -> "not tried again while nothing changes: " + tries);

      int repairs = agent.size();
      Sh.run("ip link del br0");
      agent.await(repairs, "drift: bridges.br0 is missing, repaired in");

      Sh.run("ip address add 10.9.9.9/32 dev lo");
      agent.await(repairs, "applied ");
      assertTrue(exists("br1"));
    }
  }

  @Test
  void onceAppliesAndEnds() throws Exception {
    Path file = directory.resolve("host.yaml");
    AgentRun.write(file, bridges("br0"));
    AgentOptions options =
        new AgentOptions(
            new AgentOptions.File(file),
            "alpha",
            Duration.ofSeconds(30),
            state,
            state.resolveSibling("run"));
    List<String> log = new ArrayList<>();
    try (Agent agent = Agent.open(options, new AgentLog(log::add, true))) {
      assertTrue(agent.once());
    }

    assertTrue(exists("br0"));
    assertTrue(log.get(0).startsWith("{\"number\":1,\"time\":\""), log.toString());
    assertTrue(log.get(0).contains("\"event\":\"applied\""), log.toString());

    AgentRun.write(file, "version: 1\nnothing: {}\n");
    try (Agent agent = Agent.open(options, new AgentLog(log::add, true))) {
      assertFalse(agent.once(), "a broken file is no success");
    }
  }

  @Test
  void anAgentThatEndsLeavesTheHostAsItIs() throws Exception {
    Path file = directory.resolve("host.yaml");
    AgentRun.write(file, bridges("br0"));
    AgentRun.ofFile(file, state).close();

    assertTrue(exists("br0"));
  }

  @Test
  void aCommitWhosePlanOrApplyFailsIsHeldAndTheNextOneIsTried() throws Exception {
    try (Git git = repository()) {
      commit(git, "Good", bridges("br0"));
      try (AgentRun agent = AgentRun.start(ofRepository())) {
        agent.await("applied .*Good");
        // No plan: a protected device.
        int since = agent.size();
        commit(git, "Forbidden", "protect: [lo]\ninterfaces: {lo: {mtu: 1400}}\n" + bridges("br1"));
        agent.await(since, "Forbidden.* cannot be applied; the host stays at .*Good");
        agent.settle();
        assertEquals(
            1, agent.lines("Forbidden.* cannot be applied").size(), agent.lines("").toString());
        assertTrue(exists("br0") && !exists("br1"));

        // A step that the kernel refuses.
        since = agent.size();
        commit(
            git,
            "Refused",
            bridges("br0", "br1") + "routes: [{to: 10.99.0.0/16, dev: br0, source: 10.9.9.9}]\n");
        String line = agent.await(since, "Refused.* failed at routes.10.99.0.0/16 ");
        assertTrue(line.contains("all was undone"), line);
        agent.settle();
        assertTrue(exists("br0") && !exists("br1"));
        since = agent.size();
        Sh.run("ip link del br0");
        agent.await(since, "drift: bridges.br0 is missing, repaired in");

        since = agent.size();
        commit(git, "Mended", bridges("br2"));
        agent.await(since, "applied .*Mended");
        agent.settle();
        assertTrue(exists("br2") && !exists("br1"));
        // What failed is not tried any more, whatever happens on the host.
        since = agent.size();
        Sh.run("ip address add 10.9.9.9/32 dev lo");
        Sh.run("ip link del br2");
        agent.await(since, "drift: bridges.br2 is missing, repaired in");
        agent.settle();
        assertTrue(!exists("br1"), agent.lines("").toString());
      }
      // What a later agent is told first of a broken commit is the good one before.
      commit(git, "Broken", bridges("br3") + "bridgs: {}\n");
      try (AgentRun agent = AgentRun.start(ofRepository())) {
        agent.await("applied .*Mended.*nothing to do");
        agent.await("hosts/alpha.yaml:4:1: .*did you mean `bridges`");
        agent.await("Broken.* is refused; the host stays at .*Mended");
      }
    }
  }
}
