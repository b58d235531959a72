// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Cards;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.render.SimReport;
import dev.plumbline.reconciler.sim.ModelHost;
import dev.plumbline.reconciler.sim.NamedGoal;
import dev.plumbline.reconciler.sim.Simulated;
import dev.plumbline.reconciler.sim.Simulation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plumbline sim}: faults thrown at host files, on a model of a kernel. */
@Command(
    name = "sim",
    description = {
      "Apply host files on a model of a kernel while requests are refused, the process dies, others",
      "write and applies are rolled back, and say whether every run converged. Needs no root and no",
      "host, and changes nothing."
    },
    footer = {
      "",
      "Several files are revisions of one host's file, applied in any order. A run that failed is",
      "repeated by its seed: `plumbline sim FILE --seed N --runs 1`.",
      "",
      "Exit codes: 0 every run converged, 1 error, a run that did not, or a file that was never",
      "applied successfully."
    })
final class SimVerb implements Callable<Integer> {
  private static final long MOST_RUNS = 100_000_000;
  private static final int SEEDS = 1_000_000_000;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "The host's file; several: revisions of it.")
  private List<Path> files = List.of();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "The seed of the first run; the next ones have the numbers after it. Default: another each"
              + " time.")
  private @Nullable Long seed;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "1000",
      description = "How many runs. Default: ${DEFAULT-VALUE}.")
  private long runs;

  @Option(
      names = "--card",
      paramLabel = "NAME",
      description =
          "A network card that the host has; may be given several times. Default: the devices that"
              + " the files name and none makes.")
  private List<String> cards = List.of();

  @Option(
      names = "--live",
      paramLabel = "SNAPSHOT",
      description =
          "Begin with what others made in a state recorded with `plumbline show -o json`, instead of"
              + " a host with nothing but cards.")
  private @Nullable Path snapshot;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description =
          "The host that the files are for: what $${host} stands for. Default: the recorded state's,"
              + " or the file's own `host`.")
  private @Nullable String host;

  @Mixin private AnswerFormat format = new AnswerFormat();

  private final Console console;

  SimVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (runs < 1 || runs > MOST_RUNS) {
      throw new CommandException("--runs: " + runs + " is not between 1 and " + MOST_RUNS);
    }
    if (!cards.isEmpty() && snapshot != null) {
      throw new CommandException("--card and --live both say what the host has: give one of them");
    }
    LiveState recorded = snapshot == null ? null : PlanCommand.recorded(snapshot, "--live");
    String name = host == null && recorded != null ? recorded.host() : host;
    List<NamedGoal> goals = new ArrayList<>();
    for (Path file : files) {
      goals.add(new NamedGoal(file.toString(), GoalFile.load(file, name, console).goal()));
    }
    for (NamedGoal goal : goals) {
      if (!goal.goal().checks().isEmpty()) {
        console.warn(
            goal.name()
                + ": its checks are not tried, for a model has no packets; all count as held");
      }
    }
    long first = seed == null ? ThreadLocalRandom.current().nextInt(SEEDS) : seed;
    Simulated simulated = new Simulation(others(recorded, goals), goals).runs(first, runs);
    SimReport report = new SimReport(simulated, again());
    if (format.isJson()) {
      report.json(console.out());
    } else {
      console.out().print(report.text(console.coloursOut()));
    }
    return simulated.isGood() ? ExitCode.DONE : ExitCode.ERROR;
  }

  private LiveState others(@Nullable LiveState recorded, List<NamedGoal> goals) {
    if (recorded != null) {
      try {
        return ModelHost.withoutOurs(recorded);
      } catch (IllegalArgumentException e) {
        throw new CommandException(
            "--live: what plumbline made cannot be taken off that host: " + e.getMessage());
      }
    }
    String name = host == null ? "host" : host;
    return cards.isEmpty()
        ? Cards.kernel(name, goals.stream().map(NamedGoal::goal).toList()).state()
        : ModelKernel.withCards(name, cards).state();
  }

  /** The command line that repeats a run, but for its seed. */
  private String again() {
    StringBuilder text = new StringBuilder("plumbline sim");
    files.forEach(file -> text.append(' ').append(quoted(file.toString())));
    cards.forEach(card -> text.append(" --card ").append(quoted(card)));
    if (snapshot != null) {
      text.append(" --live ").append(quoted(snapshot.toString()));
    }
    if (host != null) {
      text.append(" --host ").append(quoted(host));
    }
    return text.append(" --runs 1 --seed ").toString();
  }

  /** As a shell takes it for one word. */
  private static String quoted(String word) {
    return word.matches("[\\w./@%+=:,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
