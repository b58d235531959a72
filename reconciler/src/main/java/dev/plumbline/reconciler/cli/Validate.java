// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.path.Promises;
import dev.plumbline.reconciler.render.Shown;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.RepositoryFile;
import dev.plumbline.spec.problem.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code plumbline validate}: every problem of every file, a line each. Needs no root and reads no
 * kernel.
 */
@Command(
    name = "validate",
    description = {
      "Check host files, and plumbline.yaml of a repository; print every problem as",
      "FILE:LINE:COLUMN: MESSAGE."
    })
final class Validate implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Host files, or a repository's plumbline.yaml.")
  private List<Path> files = List.of();

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description =
          "The host that the files are for: what $${host} stands for. A file whose `host` is"
              + " another is refused. Default: the file's own `host`.")
  private @Nullable String host;

  @Option(
      names = "--root",
      paramLabel = "DIRECTORY",
      description =
          "What `include` may not leave. Default: the Git working copy of the file, or its"
              + " directory.")
  private @Nullable Path root;

  private final Console console;

  Validate(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    int wrong = 0;
    for (Path file : files) {
      List<Problem> problems;
      if (file.endsWith(RepositoryFile.NAME)) {
        problems = RepositoryFile.check(file);
      } else {
        problems = HostFile.load(file, Promises.in(new LoadOptions(host, root))).problems();
      }
      for (Problem problem : problems) {
        console.out().println(Shown.text(problem.line()));
      }
      if (problems.stream().anyMatch(Problem::isError)) {
        wrong++;
      } else {
        console.info(file + ": valid");
      }
    }
    return wrong == 0 ? ExitCode.DONE : ExitCode.ERROR;
  }
}
