// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.agent.Agent;
import dev.plumbline.reconciler.agent.AgentLog;
import dev.plumbline.reconciler.agent.AgentOptions;
import dev.plumbline.reconciler.report.Event;
import dev.plumbline.reconciler.systemd.Journal;
import dev.plumbline.reconciler.systemd.ServiceManager;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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

  @Mixin private ConfigOption configuration = new ConfigOption();
  @Mixin private SourceOptions source = new SourceOptions();
  @Mixin private AccessOptions access = new AccessOptions();
  @Mixin private SignerOptions signers = new SignerOptions();
  @Mixin private BoardOptions board = new BoardOptions();
  @Mixin private AskingOptions asking = new AskingOptions();
  @Mixin private NotificationOptions notification = new NotificationOptions();
  @Mixin private StateOption state = new StateOption();
  @Mixin private RunOption run = new RunOption();

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
  private Duration interval = AgentOptions.USUAL_INTERVAL;

  @Option(names = "--once", description = "Apply the newest revision and exit.")
  private boolean once;

  @Option(
      names = "--json-log",
      description = "Write the log as JSON, an object a line, also where there is a journal.")
  private boolean jsonLog;

  private final Console console;

  AgentVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    AgentOptions options = options();
    if (configuration.isCheck()) {
      console.info(configuration.what() + ": valid");
      return ExitCode.DONE;
    }
    Privilege.require("");
    Journal journal = jsonLog ? null : Journal.of(System.getenv());
    AgentLog log =
        journal == null
            ? new AgentLog(console::info, jsonLog)
            : new AgentLog(event -> write(journal, event));
    try (journal;
        ServiceManager manager = ServiceManager.of(System.getenv());
        Agent agent = open(options, manager, log)) {
      if (once) {
        return agent.once() ? ExitCode.DONE : ExitCode.ERROR;
      }
      Path file = configuration.read();
      if (file != null) {
        agent.configuredBy(file);
      }
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(agent), "end-agent"));
      // Of a terminal it means that nobody sits there any more.
      if (!console.canAsk()) {
        HangUp.handle(agent::look);
      }
      agent.run();
      return ExitCode.DONE;
    }
  }

  private void write(Journal journal, Event event) {
    try {
      journal.write(event);
    } catch (IOException e) {
      console.info(AgentLog.text(event)); // which gets there as a plain line
    }
  }

  private AgentOptions options() {
    try {
      AgentOptions.From from = source.from(access.access(), signers.signers(), board.board());
      return new AgentOptions(
          from,
          host,
          interval,
          state.directory(),
          run.directory(),
          asking.options(),
          notification.options());
    } catch (IllegalArgumentException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Agent open(AgentOptions options, ServiceManager manager, AgentLog log)
      throws IOException {
    try {
      return Agent.open(options, manager, log);
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
}
