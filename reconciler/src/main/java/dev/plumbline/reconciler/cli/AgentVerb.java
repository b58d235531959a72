// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.agent.Agent;
import dev.plumbline.reconciler.agent.AgentLog;
import dev.plumbline.reconciler.agent.AgentOptions;
import dev.plumbline.reconciler.source.GitAccess;
import dev.plumbline.reconciler.source.GitRef;
import dev.plumbline.reconciler.source.HostPath;
import dev.plumbline.reconciler.source.Signers;
import dev.plumbline.spec.value.Durations;
import dev.plumbline.spec.value.ValueException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline agent}: keeps the host at the newest good revision of its file. */
@Command(
    name = "agent",
    description = {
      "Keep this host at the newest good revision of its file, and repair what drifts.",
      "One line an event on standard error. SIGTERM and SIGINT end it and leave the host as it is."
    })
final class AgentVerb implements Callable<Integer> {
  private static final long END_SECONDS = 20;

  static final class From {
    @Option(
        names = "--repo",
        required = true,
        paramLabel = "URL",
        description = "A Git repository: a path, file:, http:, https:, ssh: or user@host:path.")
    private @Nullable String repository;

    @Option(
        names = "--file",
        required = true,
        paramLabel = "FILE",
        description = "A file instead; it and what it includes are watched.")
    private @Nullable Path file;
  }

  @ArgGroup(multiplicity = "1")
  private From from = new From();

  static final class Ref {
    @Option(names = "--branch", paramLabel = "NAME", description = "Default: main.")
    private @Nullable String branch;

    @Option(names = "--tag", paramLabel = "NAME", description = "A tag instead of a branch.")
    private @Nullable String tag;

    @Option(
        names = "--commit",
        paramLabel = "ID",
        description = "One commit, by its 40 digits, instead of a branch.")
    private @Nullable String commit;

    GitRef chosen() {
      if (tag != null) {
        return new GitRef.Tag(tag);
      }
      return commit != null
          ? new GitRef.Commit(commit)
          : new GitRef.Branch(branch == null ? "main" : branch);
    }
  }

  @ArgGroup private Ref ref = new Ref();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = {
        "A token for http: and https: in the file's first line.",
        "Default: the environment variable " + GitAccess.TOKEN + ", or no token."
      })
  private @Nullable Path tokenFile;

  @Option(
      names = "--ssh-key",
      paramLabel = "FILE",
      description = "A private key without a passphrase, for ssh:. Default: ${DEFAULT-VALUE}.",
      defaultValue = GitAccess.USUAL_SSH_KEY)
  private Path sshKey = GitAccess.USUAL.sshKey();

  @Option(
      names = "--known-hosts",
      paramLabel = "FILE",
      description = "The host keys of servers; others are refused. Default: ${DEFAULT-VALUE}.",
      defaultValue = GitAccess.USUAL_KNOWN_HOSTS)
  private Path knownHosts = GitAccess.USUAL.knownHosts();

  @Option(
      names = "--allowed-signers",
      paramLabel = "FILE",
      description = {
        "Apply only commits with an SSH signature by one of these keys (ssh-keygen(1), ALLOWED",
        "SIGNERS). Default: anybody's commits, signed or not."
      })
  private @Nullable Path allowedSigners;

  @Option(
      names = "--revoked-signers",
      paramLabel = "FILE",
      description = "Keys that count no more: public keys, or a key revocation list.")
  private @Nullable Path revokedSigners;

  @Option(
      names = "--path",
      paramLabel = "PATH",
      defaultValue = HostPath.USUAL,
      description = "The host's file in the repository. Default: ${DEFAULT-VALUE}.")
  private String path = HostPath.USUAL;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "The host's name. Default: what `uname -n` says.")
  private @Nullable String host;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "30s",
      description = "Between two fetches: 500ms, 30s, 5m. Default: ${DEFAULT-VALUE}.")
  private String interval = "30s";

  @Option(
      names = "--state",
      paramLabel = "DIRECTORY",
      defaultValue = "${env:PLUMBLINE_STATE:-/var/lib/plumbline}",
      description = "What is remembered, and the clone. Default: ${DEFAULT-VALUE}.")
  private Path state = Path.of("/var/lib/plumbline");

  @Mixin private RunOption run = new RunOption();

  @Option(names = "--once", description = "Apply the newest revision and exit.")
  private boolean once;

  @Option(names = "--json-log", description = "Write the log as JSON, an object a line.")
  private boolean jsonLog;

  private final Console console;

  AgentVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Duration pause = duration(interval);
    Privilege.require("");
    AgentLog log = new AgentLog(console::info, jsonLog);
    try (Agent agent = open(log, pause)) {
      if (once) {
        return agent.once() ? ExitCode.DONE : ExitCode.ERROR;
      }
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(agent), "end-agent"));
      agent.run();
      return ExitCode.DONE;
    }
  }

  private Agent open(AgentLog log, Duration pause) throws IOException {
    Path file = from.file;
    try {
      AgentOptions.From origin =
          file != null
              ? new AgentOptions.File(file)
              : new AgentOptions.Git(
                  String.valueOf(from.repository),
                  ref.chosen(),
                  new GitAccess(tokenFile, sshKey, knownHosts),
                  signers(),
                  path);
      return Agent.open(new AgentOptions(origin, host, pause, state, run.directory()), log);
    } catch (IllegalArgumentException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The exit code of a JVM that a signal ends is the signal's; ending as asked is no failure. */
  private static void end(Agent agent) {
    if (!agent.isRunning()) {
      return;
    }
    agent.stop();
    try {
      if (agent.awaitEnd(END_SECONDS)) {
        Runtime.getRuntime().halt(ExitCode.DONE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable Signers signers() {
    if (allowedSigners == null) {
      if (revokedSigners != null) {
        throw new CommandException("--revoked-signers is of no use without --allowed-signers");
      }
      return null;
    }
    return new Signers(allowedSigners, revokedSigners);
  }

  private static Duration duration(String text) {
    try {
      return Durations.parse(text);
    } catch (ValueException e) {
      throw new CommandException("--interval: " + e.getMessage() + ", expected " + e.expected(), e);
    }
  }
}
