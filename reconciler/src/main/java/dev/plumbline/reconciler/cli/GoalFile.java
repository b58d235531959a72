// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.desired.FlowChecks;
import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.path.Promises;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.render.SavedPlan;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.Loaded;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.source.DirectorySource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A host file on its way to a goal.
 *
 * @param file as the user named it
 * @param digests SHA-256 of the file and all it includes, by absolute path
 */
record GoalFile(Path file, Goal goal, SortedMap<String, String> digests) {

  /**
   * Loads a file for a host; its problems are printed, a line each.
   *
   * @param host its name; null: the file's own
   * @throws CommandException if the file can not be planned
   */
  static GoalFile load(Path file, @Nullable String host, Console console) throws IOException {
    return load(file, host, console, FlowChecks::in);
  }

  /** The same, of a file in which traffic goes where its {@code reachability} says. */
  static GoalFile promised(Path file, @Nullable String host, Console console) throws IOException {
    return load(file, host, console, Promises::in);
  }

  private static GoalFile load(
      Path file, @Nullable String host, Console console, UnaryOperator<LoadOptions> checks)
      throws IOException {
    Path absolute = file.toAbsolutePath().normalize();
    Path directory = absolute.getParent() == null ? absolute : absolute.getParent();
    Path git = DirectorySource.gitRoot(directory);
    Path root = git == null ? directory : git;
    Loaded loaded = HostFile.load(file, checks.apply(new LoadOptions(host, root)));
    for (Problem problem : loaded.problems()) {
      console.info(problem.line());
    }
    DesiredState state = loaded.state();
    if (state == null) {
      throw new CommandException(file + ": the file is refused, see above");
    }
    SortedMap<String, String> digests = new TreeMap<>();
    for (String read : loaded.files()) {
      Path each = root.toRealPath().resolve(read);
      digests.put(each.toString(), SavedPlan.digest(each));
    }
    return new GoalFile(file, Goals.of(state), digests);
  }
}
