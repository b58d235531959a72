// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.agent.AgentLock;
import dev.plumbline.reconciler.api.AgentClient;
import dev.plumbline.reconciler.api.RemoteSwitch;
import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.apply.Unheld;
import dev.plumbline.reconciler.host.BusyException;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.host.Witness;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.PlannedCheck;
import dev.plumbline.reconciler.plan.Waiting;
import dev.plumbline.reconciler.render.PlanText;
import dev.plumbline.reconciler.render.SavedPlan;
import dev.plumbline.reconciler.render.Summary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plumbline apply}: makes the host match its file. */
@Command(
    name = "apply",
    description = "Make this host match its file: show the plan, ask, apply, verify.",
    footer = {
      "",
      "Exit codes: 0 the host matches the file (but for what waits) and its checks hold, 1 not; the"
          + " message says in what state it is."
    })
final class Apply implements Callable<Integer> {
  private static final Duration LONGEST_UNDO = Duration.ofMinutes(1);

  @Parameters(
      paramLabel = "FILE|PLAN",
      description = "The host's file, or a plan saved with `plumbline plan --out`.")
  private Path source = Path.of("");

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask, not even where the plan touches the path to this shell.")
  private boolean yes;

  @Option(
      names = "--confirm",
      paramLabel = "TIME",
      description =
          "Roll all of it back unless `plumbline confirm` comes within this time once it is applied:"
              + " 60s, 5m. Survives the loss of this shell.")
  private @Nullable Duration confirm;

  @Option(
      names = "--skip-checks",
      description = "Apply without trying the `checks` of the file afterwards.")
  private boolean skipChecks;

  @Option(names = "--full", description = "Print every change, even of thousands that are alike.")
  private boolean full;

  @Mixin private StateOption state = new StateOption();
  @Mixin private RunOption run = new RunOption();

  private final Console console;

  /** Somebody wants the end of the checks, and waits until what was done is undone. */
  private volatile boolean interrupted;

  private volatile boolean checking;
  private final CountDownLatch reported = new CountDownLatch(1);

  Apply(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Confirmation.check(confirm);
    SavedPlan saved = SavedPlan.isSavedPlan(source) ? SavedPlan.read(source) : null;
    Path file = saved == null ? source : saved.file();
    if (saved != null && !saved.host().equals(Host.name())) {
      throw new CommandException(
          source + " is for the host " + saved.host() + ", and this is " + Host.name());
    }
    GoalFile goal = GoalFile.promised(file, Host.name(), console);
    RemoteSwitch embedded = RemoteSwitch.of(run.directory());
    Confirmation confirmation = new Confirmation(state.directory(), run.directory(), console);
    try (Host host = Privilege.open(state.directory(), embedded, "")) {
      confirmation.refuseUndecided(host, embedded.agent());
      Planned planned =
          Planned.of(
              goal,
              host.read(goal.goal()),
              host.ownership(),
              System.getenv("SSH_CONNECTION"),
              RepositoryHost.addresses(embedded.agent()));
      if (saved != null) {
        refuseIfMoved(saved, planned);
      }
      console
          .out()
          .print(new PlanText(console.coloursOut(), full).render(planned.header(), planned.plan()));
      if (!planned.plan().problems().isEmpty()) {
        return ExitCode.ERROR;
      }
      AgentClient agent = embedded.agent();
      if (agent == null && !planned.plan().isEmpty()) {
        refuseBesideAgent();
      }
      if (agent == null && planned.needsSwitch()) {
        throw new CommandException(Planned.NO_SWITCH + "; nothing was changed");
      }
      if (!planned.plan().isEmpty() && !isConfirmed(planned)) {
        console.info("nothing was changed");
        return ExitCode.ERROR;
      }
      if (skipChecks && !planned.plan().checks().isEmpty()) {
        console.warn(
            "--skip-checks: "
                + PlannedCheck.count(planned.plan().checks().size())
                + " of the file not tried");
      }
      int code =
          agent == null
              ? apply(host, planned, confirmation)
              : applyBy(agent, host, planned, confirmation);
      if (confirm != null) {
        confirmation.remind();
      }
      return code;
    }
  }

  /** The agent keeps the host as the file says that was applied last, so it has to be the one. */
  private int applyBy(AgentClient agent, Host host, Planned planned, Confirmation confirmation)
      throws IOException {
    if (planned.plan().isEmpty()) {
      return reportUnchanged(skipChecks ? List.of() : host.check(planned.plan().checks()), planned);
    }
    long start = System.nanoTime();
    AgentAnswers answers = new AgentAnswers(planned.plan(), console, confirmation::watch);
    Path file = planned.file().file().toAbsolutePath().normalize();
    String plan =
        SavedPlan.of(planned.live(), planned.plan(), file, planned.file().digests()).text();
    agent.apply(plan, confirm, skipChecks, Asker.of(System.getenv()), answers::take);
    return report(answers.outcome(), planned, (System.nanoTime() - start) / 1_000_000);
  }

  private void refuseBesideAgent() throws IOException {
    String agent = AgentLock.holder(state.directory());
    if (agent != null) {
      throw new CommandException(
          "an agent"
              + (agent.isEmpty() ? "" : " (process " + agent + ")")
              + " keeps this host as its own file says, and would undo this, and it does not listen"
              + " in "
              + run.directory()
              + "; nothing was changed: name its run directory by --run, change the agent's file, or"
              + " stop it first");
    }
  }

  private void refuseIfMoved(SavedPlan saved, Planned planned) {
    SavedPlan now =
        SavedPlan.of(planned.live(), planned.plan(), saved.file(), planned.file().digests());
    List<String> moved = saved.moved(now);
    if (!moved.isEmpty()) {
      moved.forEach(each -> console.info("moved: " + each));
      throw new CommandException(
          source + " is out of date, see above: plan again; nothing was changed");
    }
  }

  private boolean isConfirmed(Planned planned) {
    if (yes) {
      return true;
    }
    if (!console.canAsk()) {
      throw new CommandException(
          "there is no terminal to ask on; nothing was changed: apply with --yes, or from a"
              + " terminal");
    }
    if (planned.dangers().isEmpty() || confirm != null) {
      String answer = console.ask("Apply this plan? [y/N] ");
      return answer != null
          && List.of("y", "yes").contains(answer.strip().toLowerCase(java.util.Locale.ROOT));
    }
    planned.dangers().forEach(console::warn);
    String host = planned.live().host();
    String answer =
        console.ask(
            "You may lose the connection to this host. Type its name (" + host + ") to go on: ");
    return answer != null && answer.strip().equals(host);
  }

  private int apply(Host host, Planned planned, Confirmation confirmation) throws IOException {
    long start = System.nanoTime();
    Thread farewell = new Thread(() -> farewell(planned), "farewell");
    host.checkWhile(() -> !interrupted);
    Runtime.getRuntime().addShutdownHook(farewell);
    try {
      Outcome outcome =
          host.apply(
              planned.file().goal(),
              planned.live(),
              skipChecks ? planned.plan().withoutChecks() : planned.plan(),
              new Steps(),
              confirm == null
                  ? Witness.NONE
                  : confirmation.witness(planned.file().file(), confirm));
      if (confirm == null && outcome.isGood()) {
        confirmation.checkpoints().superseded();
      }
      // The farewell stands until the outcome is told: no signal finds nothing said.
      int code = report(outcome, planned, (System.nanoTime() - start) / 1_000_000);
      console.out().flush();
      return code;
    } catch (BusyException e) {
      throw new CommandException(e.getMessage() + "; nothing was changed: apply again", e);
    } catch (IOException e) {
      confirmation.brokenOff(host);
      throw e;
    } finally {
      reported.countDown();
      forget(farewell);
    }
  }

  /** Not with --confirm: a terminal that nobody reads any more would hold the apply up. */
  private final class Steps implements Progress {
    @Override
    public void step(Change change, int done, int of) {
      if (confirm == null) {
        console.progress("[" + done + "/" + of + "] " + change.address());
      }
    }

    @Override
    public void checking(List<PlannedCheck> checks) {
      checking = true;
      if (confirm == null) {
        console.progress(AgentAnswers.checking(checks.size()));
      }
    }
  }

  /** A signal ends the process: at once, but while checks are tried not before all is undone. */
  private void farewell(Planned planned) {
    if (!checking) {
      console.error(
          "interrupted: the host is on its way to "
              + planned.file().file()
              + (confirm == null
                  ? ", and nothing was undone; apply again to go on from here"
                  : ", and is rolled back now"));
      return;
    }
    interrupted = true;
    try {
      if (!reported.await(LONGEST_UNDO.toSeconds(), TimeUnit.SECONDS)) {
        console.error("interrupted: not all was undone in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void forget(Thread farewell) {
    try {
      Runtime.getRuntime().removeShutdownHook(farewell);
    } catch (IllegalStateException e) {
      // A signal is ending the JVM already: the hook says so.
    }
  }

  private int report(Outcome outcome, Planned planned, long millis) {
    switch (outcome.result()) {
      case NOTHING_TO_DO -> {
        return reportUnchanged(List.of(), planned);
      }
      case APPLIED -> {
        applied(outcome, planned, millis);
        return ExitCode.DONE;
      }
      case NOT_CONVERGED -> {
        console.error(
            "every step was taken, but the host does not match " + planned.file().file() + ":");
        outcome.left().forEach(each -> console.info("  " + each));
        console.info("apply again to go on from here; nothing was undone." + holding(planned));
        return ExitCode.ERROR;
      }
      default -> {
        if (planned.plan().isEmpty()) {
          return reportUnchanged(outcome.unheld(), planned);
        }
        failed(outcome, planned);
        return ExitCode.ERROR;
      }
    }
  }

  /** Of a plan without any change, whose checks were tried all the same. */
  private int reportUnchanged(List<Unheld> unheld, Planned planned) {
    if (!unheld.isEmpty()) {
      unheld(unheld, planned);
      console.info("nothing was changed, and nothing undone");
      return ExitCode.ERROR;
    }
    if (!skipChecks && !planned.plan().checks().isEmpty()) {
      console.out().println(holding(planned).strip());
    }
    return ExitCode.DONE;
  }

  private String holding(Planned planned) {
    int checks = skipChecks ? 0 : planned.plan().checks().size();
    return checks == 0
        ? ""
        : " " + PlannedCheck.count(checks) + (checks == 1 ? " holds." : " hold.");
  }

  private void unheld(List<Unheld> unheld, Planned planned) {
    List<Unheld> failed = unheld.stream().filter(each -> !each.brokenOff()).toList();
    if (failed.isEmpty()) {
      console.error("interrupted while checks were tried:");
    } else {
      console.error(
          failed.size()
              + " of "
              + PlannedCheck.count(planned.plan().checks().size())
              + (failed.size() == 1 ? " does not hold:" : " do not hold:"));
    }
    failed.forEach(each -> console.info("  " + each));
    unheld.stream().filter(Unheld::brokenOff).forEach(each -> console.info("  " + each));
  }

  private void applied(Outcome outcome, Planned planned, long millis) {
    console
        .out()
        .println(
            "Applied in "
                + millis
                + " ms: "
                + done(planned.plan())
                + ". The host matches "
                + planned.file().file()
                + (outcome.remaining().waiting().isEmpty() ? "." : ", but for what waits.")
                + holding(planned));
    for (Waiting waiting : outcome.remaining().waiting()) {
      console.out().println("  " + waiting.address() + " waits for " + waiting.waitsFor());
    }
  }

  private static String done(Plan plan) {
    return Summary.counts(plan)
        .replace("to create", "created")
        .replace("to modify", "modified")
        .replace("to recreate", "recreated")
        .replace("to delete", "deleted");
  }

  private void failed(Outcome outcome, Planned planned) {
    @Nullable Failure failure = outcome.failure();
    if (!outcome.unheld().isEmpty()) {
      unheld(outcome.unheld(), planned);
    } else {
      console.error(
          failure == null
              ? "a step failed"
              : failure.address() + " (" + failure.resource() + "): " + failure.message());
    }
    if (outcome.result() == Outcome.Result.UNDONE) {
      console.info("what was done before has been undone: the host is as it was");
      return;
    }
    console.info("not all that was done before could be undone; the host differs in this:");
    outcome.left().forEach(each -> console.info("  " + each));
    console.info(
        "apply again once the cause is gone; it goes on from any state"
            + (confirm == null ? "" : ", or `plumbline rollback` tries again"));
  }
}
