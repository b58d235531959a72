// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.host.BootClock;
import dev.plumbline.reconciler.rollout.StatusBoard;
import dev.plumbline.reconciler.source.GitAccess;
import dev.plumbline.reconciler.source.GitRef;
import dev.plumbline.reconciler.source.GitSource;
import dev.plumbline.reconciler.source.HostPath;
import dev.plumbline.reconciler.source.Signers;
import dev.plumbline.spec.RepositoryFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** A repository that git keeps, and the origin of an agent for the host alpha that follows it. */
final class OriginRun implements AutoCloseable {
  private static final int SECONDS = 30;

  private final Path directory;
  private final Path work;
  final Mailbox mailbox = new Mailbox(() -> {});
  final List<String> log = new CopyOnWriteArrayList<>();
  @Nullable String path;
  boolean holdRollbacks;
  RepositoryFile.Identity identity = new RepositoryFile.Identity("alpha", null, Map.of());
  private @Nullable GitOrigin origin;
  @Nullable StateDirectory state;
  BootClock clock = BootClock.OF_THE_HOST;
  @Nullable StatusBoard board;

  OriginRun(Path directory) {
    this.directory = directory;
    this.work = directory.resolve("work");
    Sh.run("mkdir -p " + work);
    git("init -q -b main .");
  }

  /** Runs git in the repository; more of the shell may follow. */
  String git(String arguments) {
    return Sh.run(
        "cd "
            + work
            + " && export HOME="
            + directory
            + " GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.org"
            + " GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.org && git "
            + arguments);
  }

  void write(String path, String text) throws IOException {
    AgentRun.write(work.resolve(path), text);
  }

  /** Commits a file; returns the commit's full name. */
  String commit(String subject, String path, String text) throws IOException {
    write(path, text);
    return git("add -A && git commit -q --allow-empty -m '" + subject + "' && git rev-parse HEAD")
        .strip();
  }

  void start(@Nullable Signers signers) throws IOException {
    open(signers).start(mailbox);
  }

  /** An origin that looks at nothing by itself. */
  GitOrigin open(@Nullable Signers signers) throws IOException {
    AgentLog agentLog = new AgentLog(log::add, false);
    StateDirectory remembered = StateDirectory.open(directory, clock, agentLog);
    state = remembered;
    GitSource source =
        GitSource.open(
            directory.resolve("clone"),
            work.toString(),
            new GitRef.Branch("main"),
            GitAccess.USUAL);
    AgentOptions.Git from =
        new AgentOptions.Git(work.toString(), new GitRef.Branch("main"), GitAccess.USUAL, null);
    AgentOptions options =
        new AgentOptions(from, null, Duration.ofMillis(100), directory, directory.resolve("run"));
    Fleet fleet =
        board == null
            ? Fleet.open(from, identity.host(), options, remembered, agentLog)
            : fleet(board, remembered, agentLog);
    GitOrigin made =
        new GitOrigin(
            source,
            signers,
            new HostPath(path, identity),
            holdRollbacks,
            Duration.ofMillis(100),
            remembered,
            fleet,
            agentLog);
    origin = made;
    return made;
  }

  private Fleet fleet(StatusBoard shared, StateDirectory remembered, AgentLog agentLog) {
    Duration soon = Duration.ofMillis(1);
    return new Fleet(
        shared,
        new Turns(shared, identity.host(), directory, clock, remembered.trouble(), agentLog),
        StatusTeller.start(shared, new StatusTeller.Pace(soon, soon, soon, soon), agentLog),
        new Soak(clock, remembered.trouble()));
  }

  /** The next candidate. */
  Candidate await() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (System.nanoTime() < end) {
      Candidate candidate = mailbox.take();
      if (candidate != null) {
        return candidate;
      }
      Thread.sleep(5);
    }
    throw new AssertionError("nothing is offered: " + log);
  }

  /** Waits until the origin has looked twice more, once of it from now on. */
  void hurryTwice() throws Exception {
    GitOrigin asked = origin;
    if (asked == null) {
      throw new IllegalStateException("not started");
    }
    long tries = asked.state().tries();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (asked.state().tries() < tries + 2) {
      if (System.nanoTime() > end) {
        throw new AssertionError("does not fetch: " + log);
      }
      asked.hurry();
      Thread.sleep(5);
    }
  }

  @Override
  public void close() {
    if (origin != null) {
      origin.close();
    }
    if (state != null) {
      state.close();
    }
  }

  /**
   * Debian's {@code ssh-keygen}, by its path; skips the test, and says so, where it is not to be
   * had.
   */
  static String sshKeygen() {
    String unpacked = Sh.run("../tools/openssh || true").strip();
    if (unpacked.isEmpty()) {
      System.err.println("Debian's ssh-keygen cannot be had: test skipped here");
      Assumptions.abort("Debian's ssh-keygen cannot be had");
    }
    return unpacked + "/usr/bin/ssh-keygen";
  }
}
