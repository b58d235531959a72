// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.host.DirectoryTree;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.range.RangePlans;
import dev.plumbline.reconciler.render.DiffReport;
import dev.plumbline.reconciler.render.HostDiff;
import dev.plumbline.reconciler.source.GitRange;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plumbline diff}: what a range of commits would change on every host. */
@Command(
    name = "diff",
    description = {
      "Show what the commits of a range would change, for each host whose file they touch: the plan",
      "from the older commit to the newer one. Needs no root and no host, and changes nothing."
    },
    footer = {
      "",
      "The range is named as for git diff: `main` (to HEAD), `main..HEAD`, `main HEAD`, and",
      "`main...HEAD` for what HEAD has since it left main, which is what a merge request shows.",
      "",
      "Exit codes: 0 shown, 1 error or a file or plan that cannot be applied; with",
      "--detailed-exitcode also 2: there are changes."
    })
final class DiffVerb implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "REVISION", description = "The older commit, or A..B.")
  private String first = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "REVISION",
      description = "The newer commit. Default: HEAD.")
  private @Nullable String second;

  @Option(
      names = {"-C", "--directory"},
      paramLabel = "DIRECTORY",
      description = "Look for the repository from here. Default: the working directory.")
  private Path directory = Path.of("");

  @Option(
      names = "--path",
      paramLabel = "PATH",
      description =
          "Where hosts' files are, with {host} for the host's name. Default: as the repository's"
              + " plumbline.yaml says, or hosts/{host}.yaml.")
  private @Nullable String template;

  @Option(
      names = "--live",
      paramLabel = "DIRECTORY",
      description =
          "Plan against the states recorded there as HOST.json (`plumbline show -o json`) instead"
              + " of what the older commit says, for hosts that have one.")
  private @Nullable Path recorded;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "text (default), json or markdown.")
  private OutputFormat format = OutputFormat.text;

  @Option(names = "--detailed-exitcode", description = "Exit with 2 if there are changes.")
  private boolean detailed;

  @Option(names = "--full", description = "Print every change, even of thousands that are alike.")
  private boolean full;

  private final Console console;

  DiffVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Problems problems = new Problems();
    Path scratch = Files.createTempDirectory("plumbline-diff");
    try (GitRange range = GitRange.open(directory, first, second)) {
      List<HostDiff> hosts =
          new RangePlans(range, this::recordedPlan, scratch).make(template, problems);
      for (Problem problem : problems.sorted()) {
        console.info(problem.line());
      }
      if (problems.hasErrors()) {
        throw new CommandException("the newer commit's plumbline.yaml is refused, see above");
      }
      print(new DiffReport(range.from().id(), range.to().id(), hosts));
      if (hosts.stream().anyMatch(HostDiff::isBad)) {
        return ExitCode.ERROR;
      }
      boolean changes = hosts.stream().anyMatch(HostDiff::changes);
      return detailed && changes ? ExitCode.CHANGES : ExitCode.DONE;
    } finally {
      DirectoryTree.delete(scratch);
    }
  }

  private @Nullable Plan recordedPlan(String host, Path file, Goal goal) throws IOException {
    if (recorded == null) {
      return null;
    }
    Path record = recorded.resolve(host + ".json");
    if (host.isEmpty() || !Files.exists(record)) {
      console.info(file + ": " + record + " is not there; planned from the older commit");
      return null;
    }
    LiveState live = PlanCommand.recorded(record, "--live");
    return Planned.ofRecorded(new GoalFile(file, goal, new TreeMap<>()), live).plan();
  }

  private void print(DiffReport report) {
    switch (format) {
      case json -> report.json(console.out());
      case markdown -> console.out().print(report.markdown(full));
      default -> console.out().print(report.text(console.coloursOut(), full));
    }
  }
}
