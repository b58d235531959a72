// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.range;

import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.desired.FlowChecks;
import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Cards;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.path.Promises;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.render.CheckDiff;
import dev.plumbline.reconciler.render.HostDiff;
import dev.plumbline.reconciler.render.HostDiff.Basis;
import dev.plumbline.reconciler.render.HostDiff.What;
import dev.plumbline.reconciler.render.PlanHeader;
import dev.plumbline.reconciler.source.GitRange;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.Loaded;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.source.FileSource;
import dev.plumbline.spec.yaml.YamlLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * For every host file that a range changes, the plan from one commit to the other.
 *
 * <p>Where no state of the host was recorded, a model of a kernel takes the older commit first, and
 * the plan is for what is there then.
 */
public final class RangePlans {
  /** Applies until a host is as its file says: a second one for what the first made possible. */
  private static final int APPLIES = 3;

  /** Live states that somebody recorded. */
  @FunctionalInterface
  public interface Records {
    /** The plan for a host from its recorded state; null if there is none. */
    @Nullable Plan plan(String host, Path file, Goal goal) throws IOException;
  }

  private final GitRange range;
  private final Records records;
  private final Path scratch;

  /**
   * Plans of a range.
   *
   * @param scratch a directory that nobody else uses, and the caller removes
   */
  public RangePlans(GitRange range, Records records, Path scratch) {
    this.range = range;
    this.records = records;
    this.scratch = scratch;
  }

  /**
   * Makes them, in the order of the files' paths.
   *
   * @param template where hosts' files are, as of {@code --path}; null: as {@code plumbline.yaml}
   *     says
   * @param problems takes what is wrong with the newer commit's {@code plumbline.yaml}
   */
  public List<HostDiff> make(@Nullable String template, Problems problems) throws IOException {
    SortedMap<String, String> before =
        HostFiles.of(range.filesBefore(), range.pathsBefore(), template, new Problems());
    SortedMap<String, String> after =
        HostFiles.of(range.files(), range.paths(), template, problems);
    Set<String> paths = new TreeSet<>(before.keySet());
    paths.addAll(after.keySet());
    List<HostDiff> diffs = new ArrayList<>();
    for (String path : problems.hasErrors() ? Set.<String>of() : paths) {
      String host = after.getOrDefault(path, before.getOrDefault(path, ""));
      LoadOptions any = FlowChecks.in(LoadOptions.defaults());
      Loaded old = before.containsKey(path) ? load(range.filesBefore(), path, host, any) : null;
      // As plan, apply and the agent read it.
      LoadOptions promised = Promises.in(LoadOptions.defaults());
      Loaded now = after.containsKey(path) ? load(range.files(), path, host, promised) : null;
      if (old == null || now == null || !isSame(old, now)) {
        diffs.add(diff(path, host, old, now));
      }
    }
    return diffs;
  }

  private static Loaded load(FileSource files, String path, String host, LoadOptions any) {
    return HostFile.load(files, path, host.isEmpty() ? any : any.forHost(host));
  }

  private boolean isSame(Loaded old, Loaded now) throws IOException {
    if (!old.files().equals(now.files())) {
      return false;
    }
    for (String file : now.files()) {
      if (!Arrays.equals(content(range.filesBefore(), file), content(range.files(), file))) {
        return false;
      }
    }
    return true;
  }

  private static byte[] content(FileSource files, String path) throws IOException {
    try {
      return files.read(path, YamlLimits.FILE_BYTES);
    } catch (NoSuchFileException e) {
      return new byte[0]; // the loaded file has a problem that says so
    }
  }

  private HostDiff diff(String path, String host, @Nullable Loaded old, @Nullable Loaded now)
      throws IOException {
    PlanHeader header = new PlanHeader(host, path, range.to().id());
    if (now == null) {
      return new HostDiff(header, What.REMOVED, Basis.REVISION, List.of());
    }
    List<String> lines = now.problems().stream().map(Problem::line).toList();
    DesiredState state = now.state();
    if (state == null) {
      return new HostDiff(header, What.BROKEN, Basis.REVISION, lines);
    }
    if (host.isEmpty() && state.host() != null) {
      header = new PlanHeader(state.host(), path, range.to().id());
    }
    What what = old == null ? What.ADDED : What.CHANGED;
    Goal goal = Goals.of(state);
    DesiredState applied = old == null ? null : old.state();
    Goal before = applied == null ? null : Goals.of(applied);
    List<CheckDiff> checks =
        CheckDiff.of(before == null ? List.of() : before.checks(), goal.checks());
    Plan recorded = records.plan(header.host(), Path.of(path), goal);
    if (recorded != null) {
      return new HostDiff(header, what, Basis.RECORD, lines, checks, recorded);
    }
    Plan plan = planned(header.host(), before, goal);
    Basis basis = before == null ? Basis.NOTHING : Basis.REVISION;
    return new HostDiff(header, what, basis, lines, checks, plan);
  }

  /** The plan for a host that another goal was applied to; null: that nothing was. */
  private Plan planned(String name, @Nullable Goal before, Goal goal) throws IOException {
    ModelKernel kernel = Cards.kernel(name, before == null ? List.of(goal) : List.of(before, goal));
    List<String> warnings = new ArrayList<>();
    Path memory = Files.createTempDirectory(scratch, "host");
    try (Host host = Host.open(memory, SwitchAccess.NONE, kernel)) {
      for (int i = 0; before != null && i < APPLIES; i++) {
        String refused = apply(host, before);
        if (refused != null) {
          warnings.add("the older commit cannot be applied whole to a host of its own: " + refused);
        }
        if (refused != null || host.plan(before, host.read(before)).isEmpty()) {
          break;
        }
      }
      Plan plan = host.plan(goal, host.read(goal));
      warnings.addAll(plan.warnings());
      return plan.withWarnings(warnings);
    }
  }

  /** What was refused; null if all was done. */
  private static @Nullable String apply(Host host, Goal goal) throws IOException {
    LiveState live = host.read(goal);
    Plan plan = host.plan(goal, live);
    if (!plan.problems().isEmpty()) {
      return plan.problems().get(0);
    }
    Outcome outcome = host.apply(goal, live, plan, Progress.silent());
    return outcome.failure() == null ? null : String.valueOf(outcome.failure());
  }
}
