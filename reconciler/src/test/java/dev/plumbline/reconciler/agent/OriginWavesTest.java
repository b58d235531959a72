// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.rollout.HostStatus;
import dev.plumbline.reconciler.source.Signers;
import dev.plumbline.spec.RepositoryFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one host of several takes and tells, with the others' words and the time as a test says. */
class OriginWavesTest {
  private static final String FILE = "version: 1\nnamespaces: {web: {}}\n";
  private static final Map<String, String> CANARY = Map.of("wave", "canary");

  @TempDir private Path directory;
  private final ListBoard board = new ListBoard();
  private final TestClock clock = new TestClock();

  /** A repository whose first wave is to be in sync for ten minutes. */
  private OriginRun run(Map<String, String> labels) throws IOException {
    OriginRun run = new OriginRun(directory);
    run.board = board;
    run.clock = clock;
    run.identity = new RepositoryFile.Identity("alpha", null, labels);
    run.write(
        "plumbline.yaml",
        "version: 1\nrollout:\n  waves:\n    - {match: {labels: {wave: canary}}, soak: 10m}\n");
    return run;
  }

  private static SyncState at(String revision, List<String> why) {
    Instant now = Instant.EPOCH;
    return new SyncState(
        revision, revision, now, now, null, null, why, List.of(), List.of(), now, now, 1);
  }

  private static HostStatus canary(String commit) {
    return new HostStatus("c1", CANARY, commit, commit, "in-sync", true, "", Instant.EPOCH);
  }

  @Test
  void aHostTellsOnceMoreAtTheEndOfItsSoakTimeIfItStillIsInSync() throws Exception {
    try (OriginRun run = run(CANARY)) {
      String one = run.commit("One", "hosts/alpha.yaml", FILE);
      GitOrigin origin = run.open(null);
      origin.start(run.mailbox);
      run.await();
      origin.stands(at(one, List.of()), false);
      board.await(status -> status.isAt(one) && !status.soaked());
      clock.pass(599);
      origin.stands(at(one, List.of("gone")), false);
      board.await(status -> !status.isAt(one));
      origin.stands(at(one, List.of()), false);
      clock.pass(599);
      origin.stands(at(one, List.of()), false);
      assertFalse(board.await(status -> status.isAt(one)).soaked(), "it began anew");
      clock.pass(1);
      origin.stands(at(one, List.of()), false);
      board.await(HostStatus::soaked);
      // Of another commit, and while somebody keeps the agent from repairing: nothing is proven.
      origin.stands(at(one, List.of()), true);
      board.await(status -> status.state().equals("paused") && !status.soaked());
    }
  }

  @Test
  void aHostThatNobodyWaitsForHasNothingToProve() throws Exception {
    try (OriginRun run = run(Map.of())) {
      String one = run.commit("One", "hosts/alpha.yaml", FILE);
      board.others = () -> List.of(canary(one));
      GitOrigin origin = run.open(null);
      origin.start(run.mailbox);
      run.await();
      origin.stands(at(one, List.of()), false);
      board.await(HostStatus::soaked);
      assertEquals(1, board.told.size(), "once");
    }
  }

  @Test
  void theLoopIsWokenWhenTheSoakTimeIsOver() throws Exception {
    List<String> woken = new ArrayList<>();
    StatusTeller.Pace pace =
        new StatusTeller.Pace(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    try (StatusTeller teller = StatusTeller.start(board, pace, new AgentLog(line -> {}, false))) {
      Runnable look =
          () -> {
            synchronized (woken) {
              woken.add("woken");
            }
          };
      teller.stands(canary("a".repeat(40)), 50L, look);
      AgentRun.eventually(
          "woken",
          () -> {
            synchronized (woken) {
              return woken.size() == 1;
            }
          });
      teller.stands(canary("a".repeat(40)), 1L, look);
      AgentRun.eventually(
          "woken again",
          () -> {
            synchronized (woken) {
              return woken.size() == 2;
            }
          });
      assertEquals(1, board.told.size(), "nothing new to tell");
    }
  }

  @Test
  void anAgentThatIsStartedAtTheNewestCommitTellsOfIt() throws Exception {
    String one;
    try (OriginRun run = run(CANARY)) {
      one = run.commit("One", "hosts/alpha.yaml", FILE);
      run.start(null);
      run.await().keep().keep();
    }
    assertEquals(List.of(), board.told);
    try (OriginRun run = run(CANARY)) {
      run.git("checkout -q .");
      GitOrigin origin = run.open(null);
      origin.start(run.mailbox);
      assertEquals(one, run.await().id());
      run.hurryTwice();
      origin.stands(at(one, List.of()), false);
      HostStatus told = board.await(status -> status.isAt(one));
      assertEquals(CANARY, told.labels());
      assertFalse(told.soaked(), "not yet for ten minutes");
    }
  }

  @Test
  void aNewHostDoesNotTakeACommitBeforeItsTurnWithoutALoopEither() throws Exception {
    try (OriginRun run = run(Map.of())) {
      String one = run.commit("One", "hosts/alpha.yaml", FILE);
      Candidate newest = run.open(null).now();
      assertEquals(one, newest.id());
      assertFalse(newest.isApplicable());
      assertFalse(newest.isTurn());
      assertEquals(List.of("it waits for the waves before it"), newest.problems());
    }
  }

  @Test
  void aBoardThatFailsInAnyWayCostsNothingButTheView() throws Exception {
    try (OriginRun run = run(Map.of())) {
      board.others =
          () -> {
            throw new IllegalStateException("broken");
          };
      String one = run.commit("One", "hosts/alpha.yaml", FILE);
      run.start(null);
      assertFalse(run.await().isTurn());
      run.hurryTwice();
      String log = run.log.toString();
      assertTrue(log.contains("how other hosts stand cannot be read: java.lang.IllegalState"), log);
      assertFalse(log.contains("clone seems damaged"), log);

      Map<String, String> many = new TreeMap<>();
      for (int i = 10; i < 35; i++) {
        many.put("host-" + i, "it is no JSON");
      }
      board.unreadable = many;
      board.others = () -> List.of(canary(one));
      run.hurryTwice();
      clock.pass(600);
      assertTrue(run.await().isTurn());
      List<String> said = run.log.stream().filter(line -> line.contains("not count")).toList();
      assertEquals(21, said.size(), said.toString());
      assertTrue(said.get(20).endsWith("and 5 more statuses do not count"), said.get(20));
    }
  }

  @Test
  void aCommitWhoseKeyIsAllowedLaterWaitsForItsTurnAsAnyOther() throws Exception {
    String keygen = OriginRun.sshKeygen();
    Path allowed = Files.writeString(directory.resolve("allowed"), "");
    Sh.run(keygen + " -q -t ed25519 -N '' -f " + directory.resolve("ann"));
    try (OriginRun run = run(Map.of())) {
      run.write("hosts/alpha.yaml", FILE);
      run.git(
          "add -A && git -c gpg.format=ssh -c gpg.ssh.program="
              + keygen
              + " commit -q -m One -S"
              + directory.resolve("ann.pub"));
      run.start(new Signers(allowed, null, null));
      Candidate refused = run.await();
      assertFalse(refused.isAllowed());

      Files.writeString(
          allowed, "ann@example.org " + Files.readString(directory.resolve("ann.pub")));
      Candidate waits = run.await();
      assertEquals(refused.id(), waits.id());
      assertTrue(waits.isAllowed());
      assertFalse(waits.isTurn());
      run.hurryTwice();
      assertNull(run.mailbox.take(), "nothing new");

      board.others = () -> List.of(canary(refused.id()));
      run.hurryTwice();
      clock.pass(600);
      Candidate good = run.await();
      assertEquals(refused.id(), good.id());
      assertTrue(good.isTurn());
      assertNotNull(good.state());
    }
  }
}
