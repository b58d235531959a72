// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.source.Signers;
import dev.plumbline.spec.RepositoryFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the loop is offered of a repository. */
class GitOriginTest {
  private static final String FILE = "version: 1\nnamespaces: {web: {}}\n";

  @TempDir private Path directory;

  @Test
  void aCommitIsOfferedOnceAndAgainWhenItsKeyIsAllowedLater() throws Exception {
    String keygen = OriginRun.sshKeygen();
    Path allowed = Files.writeString(directory.resolve("allowed"), "");
    Sh.run(keygen + " -q -t ed25519 -N '' -f " + directory.resolve("ann"));
    try (OriginRun run = new OriginRun(directory)) {
      run.write("hosts/alpha.yaml", FILE);
      run.git(
          "add -A && git -c gpg.format=ssh -c gpg.ssh.program="
              + keygen
              + " commit -q -m One -S"
              + directory.resolve("ann.pub"));
      run.start(new Signers(allowed, null, null));

      Candidate refused = run.await();
      assertNull(refused.state());
      assertTrue(refused.problems().get(0).startsWith("NOT APPLIED: commit "), refused.label());
      run.hurryTwice();
      assertNull(run.mailbox.take(), "said once");

      Files.writeString(
          allowed, "ann@example.org " + Files.readString(directory.resolve("ann.pub")));
      Candidate good = run.await();
      assertEquals(refused.id(), good.id());
      assertNotNull(good.state());
      assertFalse(good.state().namespaces().isEmpty());
      run.hurryTwice();
      assertNull(run.mailbox.take(), "offered once");
    }
  }

  private static final String MACHINE = "4c4c4544004b3510804ac2c04f315931";

  @Test
  void theFileIsTheOneThatTheRepositorySays() throws Exception {
    try (OriginRun run = new OriginRun(directory)) {
      run.identity = new RepositoryFile.Identity("web-1", MACHINE, Map.of("site", "fra"));
      run.commit("Usual", "hosts/web-1.yaml", FILE);
      run.start(null);
      assertNotNull(run.await().state());

      run.commit(
          "Nobody", "plumbline.yaml", "version: 1\nhosts:\n- {match: {host: w-1}, path: a}\n");
      Candidate nobody = run.await();
      assertNull(nobody.state());
      assertEquals(
          List.of(
              "plumbline.yaml:2:1: hosts: no entry matches this host (host `web-1`, machine-id "
                  + MACHINE
                  + ", labels {site=fra}), did you mean `w-1`?"),
          nobody.problems());

      run.write("roles/fra.yaml", FILE);
      run.write("hosts/" + MACHINE + ".yaml", FILE.replace("web", "db"));
      String label = "- {match: {labels: {site: fra}}, path: roles/fra.yaml}\n";
      String machine = "- {match: {machineId: " + MACHINE + "}, path: 'hosts/{machine-id}.yaml'}\n";
      run.commit("Label", "plumbline.yaml", "version: 1\nhosts:\n" + label);
      Candidate first = run.await();
      assertNotNull(first.state(), first.problems().toString());
      run.commit("More", "plumbline.yaml", "version: 1\nhosts:\n" + label + machine);
      assertEquals(first.content(), run.await().content(), "changes nothing for this host");
      run.commit("Machine", "plumbline.yaml", "version: 1\nhosts:\n" + machine + label);
      Candidate other = run.await();
      assertNotEquals(first.content(), other.content());
      assertNotNull(other.state());
      assertTrue(other.state().namespaces().containsKey("db"));

      run.commit("Out", "plumbline.yaml", "version: 1\nhosts:\n  - path: ../a.yaml\n");
      assertEquals(
          List.of("plumbline.yaml:3:11: hosts: the path ../a.yaml leads out of the repository"),
          run.await().problems());
      run.commit("Broken", "plumbline.yaml", "version: 1\nhsots: []\n");
      assertEquals(
          List.of("plumbline.yaml:2:1: unknown key `hsots`, did you mean `hosts`?"),
          run.await().problems());
    }
  }

  @Test
  void aPathThatIsGivenIsTakenWhateverTheRepositorySays() throws Exception {
    try (OriginRun run = new OriginRun(directory)) {
      run.path = "by-machine/{machine-id}.yaml";
      run.identity = new RepositoryFile.Identity("alpha", MACHINE, Map.of());
      run.write("plumbline.yaml", "version: 1\nhosts:\n  - path: nothing.yaml\n");
      run.commit("One", "by-machine/" + MACHINE + ".yaml", FILE);
      run.start(null);
      assertNotNull(run.await().state());
      // Whether there are waves cannot be told.
      run.commit("Broken", "plumbline.yaml", "nothing\n");
      assertNull(run.await().state());
    }
  }

  private static void forced(OriginRun run, String to) {
    run.git("reset -q --hard " + to);
  }

  /** Commits that touch nothing of the host, at once; the last one's full name. */
  private static String more(OriginRun run, int commits) {
    return run.git(
            "checkout -q -b more && for i in $(seq "
                + commits
                + "); do git commit -q --allow-empty -m more; done"
                + " && git checkout -q main && git reset -q --hard more && git branch -q -D more"
                + " && git rev-parse HEAD")
        .strip();
  }

  @Test
  void aRollbackOrAForcedBranchIsFollowedAndTold() throws Exception {
    try (OriginRun run = new OriginRun(directory)) {
      String one = run.commit("One", "hosts/alpha.yaml", FILE);
      run.commit("Two", "hosts/alpha.yaml", FILE + "dummies: {}\n");
      run.start(null);
      run.await().keep().keep();
      String many = more(run, 5);
      Candidate newest = run.await();
      assertEquals(many, newest.id());
      newest.keep().keep();
      assertEquals(List.of(), run.log, "nothing to tell of commits that come after");

      forced(run, "HEAD~1");
      Candidate before = run.await();
      assertNotNull(before.state());
      before.keep().keep();
      assertTrue(run.log.get(0).contains(" is older than the applied "), run.log.toString());

      // In one step, or what is fetched in between would be one.
      run.git("checkout -q -b aside " + one);
      String aside = run.commit("Aside", "hosts/alpha.yaml", FILE);
      run.git("update-ref refs/heads/main " + aside);
      assertNotNull(run.await().state());
      String told = run.log.get(run.log.size() - 1);
      assertTrue(told.contains("\"Aside\" by Ann does not descend from the applied"), told);
    }
  }

  @Test
  void heldIsWhatDoesNotComeAfterTheAppliedCommitUntilTheBranchMovesOn() throws Exception {
    try (OriginRun run = new OriginRun(directory)) {
      run.holdRollbacks = true;
      run.commit("One", "hosts/alpha.yaml", FILE);
      String two = run.commit("Two", "hosts/alpha.yaml", FILE + "dummies: {}\n");
      run.start(null);
      run.await().keep().keep();

      forced(run, "HEAD~1");
      Candidate held = run.await();
      assertNull(held.state());
      assertTrue(
          held.problems().get(0).contains(" is older than the applied commit " + two),
          held.problems().toString());
      run.hurryTwice();
      assertNull(run.mailbox.take(), "said once");
      assertEquals(1, run.log.size(), run.log.toString());

      forced(run, two);
      assertNotNull(run.await().state());
    }
  }

  @Test
  void moreHistoryThanIsLookedAtIsUnknown() throws Exception {
    try (OriginRun run = new OriginRun(directory)) {
      run.commit("One", "hosts/alpha.yaml", FILE);
      run.start(null);
      run.await().keep().keep();
      StringBuilder commits = new StringBuilder();
      for (int i = 0; i < 1_100; i++) {
        commits
            .append("commit refs/heads/many\ncommitter Ann <ann@example.org> ")
            .append(System.currentTimeMillis() / 1000)
            .append(" +0000\ndata 1\nx\n")
            .append(i == 0 ? "from refs/heads/main^0\n" : "");
      }
      Path stream = Files.writeString(directory.resolve("stream"), commits.toString());
      run.git("fast-import --quiet < " + stream + " && git reset -q --hard many");
      assertNotNull(run.await().state(), "followed all the same");
      String told = run.log.get(run.log.size() - 1);
      assertTrue(told.contains(" cannot be told to come after the applied "), told);
    }
  }

  @Test
  void aRevisionThatTheAgentDoesNotSurviveGivesWayToTheOneBefore() throws Exception {
    String first;
    String second;
    try (OriginRun run = new OriginRun(directory)) {
      first = run.commit("One", "hosts/alpha.yaml", FILE);
      run.start(null);
      run.await().keep().keep();
      second = run.commit("Two", "hosts/alpha.yaml", FILE + "dummies: {lo1: {}}\n");
      run.await().keep().keep();
    }
    for (int i = 0; i < Starts.DEATHS; i++) {
      try (OriginRun run = new OriginRun(directory)) {
        run.start(null);
        Candidate good = run.await();
        assertEquals(second, good.id());
        good.keep().trying();
      }
    }
    try (OriginRun run = new OriginRun(directory)) {
      // Before there is any network.
      Files.move(directory.resolve("work"), directory.resolve("elsewhere"));
      run.start(null);
      Candidate before = run.await();
      assertEquals(first, before.id());
      assertNotNull(before.state());
      assertTrue(
          run.log.get(0).contains("FALLBACK: agent or host went down 3 times"), run.log.get(0));
      before.keep().trying();
      before.keep().keep();
      Files.move(directory.resolve("elsewhere"), directory.resolve("work"));
      Candidate held = run.await();
      assertEquals(second, held.id());
      assertNull(held.state());
      assertTrue(
          held.problems().get(0).contains("made agent or host go down 3 times"),
          held.problems().toString());
      String third = run.commit("Three", "hosts/alpha.yaml", FILE + "dummies: {lo2: {}}\n");
      Candidate next = run.await();
      assertEquals(third, next.id());
      assertNotNull(next.state());
    }
  }

  @Test
  void theLastGoodRevisionDoesNotNeedTheClone() throws Exception {
    try (OriginRun run = new OriginRun(directory)) {
      run.commit("One", "hosts/alpha.yaml", "version: 1\ninclude: [../base/b.yaml]\n");
      run.commit("Base", "base/b.yaml", "namespaces: {web: {}}\n");
      run.start(null);
      Candidate candidate = run.await();
      while (candidate.state() == null) {
        candidate = run.await();
      }
      candidate.keep().keep();
    }
    Sh.run("rm -r " + directory.resolve("clone") + " " + directory.resolve("work/.git"));
    try (OriginRun run = new OriginRun(directory)) {
      run.start(null);
      Candidate good = run.await();
      assertNotNull(good.state());
      assertTrue(good.state().namespaces().containsKey("web"));
    }
  }

  @Test
  void aDamagedCloneIsThrownAwayAndFetchedAnew() throws Exception {
    try (OriginRun run = new OriginRun(directory)) {
      run.commit("One", "hosts/alpha.yaml", FILE);
      run.start(null);
      run.await().keep().keep();
    }
    // As a power failure leaves files that were not yet on the disk.
    Sh.run(
        "for f in $(find "
            + directory.resolve("clone")
            + " -name '*.pack' -o -path '*refs/plumbline/*' -type f); do : > $f; done");
    try (OriginRun run = new OriginRun(directory)) {
      run.start(null);
      assertNotNull(run.await().state(), "what is good does not need the clone");
      String two = run.commit("Two", "hosts/alpha.yaml", FILE + "dummies: {}\n");
      Candidate next = run.await();
      assertEquals(two, next.id(), run.log.toString());
      assertNotNull(next.state(), run.log.toString());
    }
  }
}
