// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.api.RemoteSwitch;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Disruption;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.render.JsonFormatException;
import dev.plumbline.reconciler.render.LiveJson;
import dev.plumbline.reconciler.render.PlanJson;
import dev.plumbline.reconciler.render.PlanMarkdown;
import dev.plumbline.reconciler.render.PlanText;
import dev.plumbline.reconciler.render.SavedPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plumbline plan}: what an apply would change. Changes nothing. */
@Command(
    name = "plan",
    description = "Show what `apply` would change, and change nothing.",
    footer = {
      "",
      "Exit codes: 0 planned, 1 error, a plan that cannot be applied, or one that disrupts more than"
          + " --max-disruption; with --detailed-exitcode also 2: there are changes."
    })
final class PlanCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The host's file.")
  private Path file = Path.of("");

  @Option(
      names = "--live",
      paramLabel = "SNAPSHOT",
      description =
          "Plan against a state recorded with `plumbline show -o json` instead of this host;"
              + " needs no root.")
  private @Nullable Path snapshot;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "text (default), json or markdown.")
  private OutputFormat format = OutputFormat.text;

  @Option(
      names = "--out",
      paramLabel = "PLAN",
      description = "Save the plan, for `plumbline apply PLAN`.")
  private @Nullable Path saved;

  @Option(names = "--detailed-exitcode", description = "Exit with 2 if there are changes.")
  private boolean detailed;

  @Option(
      names = "--max-disruption",
      paramLabel = "CLASS",
      description =
          "Fail, and name the steps, if any disrupts more than this: none, in-place or interrupts.")
  private @Nullable String mostDisruption;

  @Option(names = "--full", description = "Print every change, even of thousands that are alike.")
  private boolean full;

  @Mixin private StateOption state = new StateOption();
  @Mixin private RunOption run = new RunOption();

  private final Console console;

  PlanCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Disruption.Level most = most();
    if (saved != null) {
      refuseOtherFile(saved);
    }
    Planned planned = planned(file, snapshot, state, run, console);
    print(planned);
    if (!planned.plan().problems().isEmpty()) {
      return ExitCode.ERROR;
    }
    List<String> worse = worse(planned.plan(), most);
    if (!worse.isEmpty()) {
      worse.forEach(console::info);
      console.error(
          (worse.size() == 1 ? "this step disrupts" : "these " + worse.size() + " steps disrupt")
              + " more than --max-disruption "
              + most.label()
              + " lets pass"
              + (saved == null ? "" : "; the plan was not saved"));
      return ExitCode.ERROR;
    }
    if (saved != null) {
      SavedPlan.of(
              planned.live(),
              planned.plan(),
              file.toAbsolutePath().normalize(),
              planned.file().digests())
          .write(saved);
      console.info("saved: apply it with `plumbline apply " + saved + "`");
    }
    return detailed && !planned.plan().isEmpty() ? ExitCode.CHANGES : ExitCode.DONE;
  }

  private Disruption.Level most() {
    if (mostDisruption == null) {
      return Disruption.Level.INTERRUPTS;
    }
    for (Disruption.Level level : Disruption.Level.values()) {
      if (level.label().equals(mostDisruption)) {
        return level;
      }
    }
    throw new CommandException(
        "--max-disruption: `"
            + mostDisruption
            + "` is no class of disruption, expected none, in-place or interrupts");
  }

  /** A line for each change that disrupts more. */
  private static List<String> worse(Plan plan, Disruption.Level most) {
    return plan.changes().stream()
        .filter(change -> change.disruption().level().compareTo(most) > 0)
        .map(
            change ->
                change.address()
                    + ": "
                    + change.disruption().level().label()
                    + (change.disruption().what().isEmpty()
                        ? ""
                        : " " + change.disruption().what()))
        .toList();
  }

  /**
   * Plans a file.
   *
   * @param snapshot a recorded state to plan against; null: this host
   */
  static Planned planned(
      Path file, @Nullable Path snapshot, StateOption state, RunOption run, Console console)
      throws IOException {
    if (snapshot != null) {
      LiveState recorded = recorded(snapshot, "--live");
      return Planned.ofRecorded(GoalFile.promised(file, recorded.host(), console), recorded);
    }
    GoalFile goal = GoalFile.promised(file, Host.name(), console);
    RemoteSwitch embedded = RemoteSwitch.of(run.directory());
    try (Host host =
        Privilege.open(
            state.directory(), embedded, ", or plan against a recorded state with --live")) {
      Planned planned =
          Planned.of(
              goal,
              host.read(goal.goal()),
              host.ownership(),
              System.getenv("SSH_CONNECTION"),
              RepositoryHost.addresses(embedded.agent()));
      return embedded.agent() == null ? planned.withoutSwitch() : planned;
    }
  }

  static LiveState recorded(Path snapshot, String option) throws IOException {
    try {
      return LiveJson.read(snapshot);
    } catch (JsonFormatException e) {
      throw new CommandException(
          e.getMessage() + "; " + option + " takes what `plumbline show -o json` printed", e);
    }
  }

  /** A slip of the keyboard must not replace somebody's file with a plan. */
  private static void refuseOtherFile(Path target) throws IOException {
    if (Files.exists(target) && !SavedPlan.isSavedPlan(target)) {
      throw new CommandException(
          target + " is there and is no saved plan: give --out another name, or remove it");
    }
  }

  private void print(Planned planned) {
    switch (format) {
      case json -> PlanJson.write(planned.header(), planned.plan(), console.out());
      case markdown ->
          console.out().print(new PlanMarkdown(full).render(planned.header(), planned.plan()));
      default ->
          console
              .out()
              .print(
                  new PlanText(console.coloursOut(), full)
                      .render(planned.header(), planned.plan()));
    }
  }
}
