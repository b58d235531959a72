// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.control.Announcement;
import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.apply.Snapshot;
import dev.plumbline.reconciler.desired.FlowChecks;
import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.host.DirectoryTree;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.host.Restored;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Ownership;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.Loaded;
import dev.plumbline.spec.source.MapSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A host over a model kernel: reads, plans and applies as on a real one. It keeps what plumbline
 * remembers in a directory of its own, which goes with {@link #close}.
 */
public final class ModelHost implements AutoCloseable {
  /** In memory where there is such a place: what is remembered is forced to the disk each time. */
  private static final @Nullable Path PLACE =
      Files.isWritable(Path.of("/dev/shm")) ? Path.of("/dev/shm") : null;

  /** The switch is a part of the model kernel: it can be changed from here, and undone too. */
  private static final SwitchAccess EMBEDDED =
      new SwitchAccess() {
        @Override
        public @Nullable SwitchConfig config() {
          return null;
        }

        @Override
        public boolean isInReach() {
          return true;
        }

        @Override
        public void configure(SwitchConfig config, List<Announcement> announcements) {
          throw new IllegalStateException("the model kernel has its switch itself");
        }
      };

  /** A process that dies: thrown by a disturbance, it ends the apply there. */
  public static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Crash() {
      super("a crash", null, false, false);
    }
  }

  /** A plan with a problem, which cannot be applied: says which. */
  static final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ProblemException(String problem) {
      super(problem);
    }
  }

  /** What the host runs over; it outlives {@link #restart}. */
  public final ModelKernel kernel;

  private final Path state;
  private Host host;

  /** A host on which this is there, and plumbline has never been. */
  public ModelHost(LiveState live) {
    kernel = new ModelKernel(live);
    try {
      state =
          PLACE == null
              ? Files.createTempDirectory("plumbline-model")
              : Files.createTempDirectory(PLACE, "plumbline-model");
      host = Host.open(state, EMBEDDED, kernel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What there is of others in a state: without what plumbline made, and as settings were. What
   * something of others is on stays, as it does on the host.
   *
   * @throws IllegalArgumentException if what plumbline made cannot be taken off the host
   */
  public static LiveState withoutOurs(LiveState live) {
    try (ModelHost host = new ModelHost(live)) {
      Plan plan = host.plan(NamedGoal.EMPTY.goal());
      if (!plan.problems().isEmpty()) {
        throw new IllegalArgumentException(plan.problems().get(0));
      }
      Failure failure = host.apply(NamedGoal.EMPTY.goal()).failure();
      if (failure != null) {
        throw new IllegalArgumentException(failure.toString());
      }
      return host.kernel.state();
    }
  }

  /** The goal of a file; null where validation refuses it. */
  public static @Nullable Goal goal(String yaml) {
    Loaded loaded =
        HostFile.load(
            MapSource.ofTexts(Map.of("host.yaml", yaml)),
            "host.yaml",
            FlowChecks.in(LoadOptions.defaults()));
    return loaded.state() == null ? null : Goals.of(loaded.orThrow());
  }

  /** Another process with the same state directory. */
  public void restart() {
    host.close();
    try {
      host = Host.open(state, EMBEDDED, kernel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Plan plan(Goal goal) {
    try {
      return host.plan(goal, host.read(goal));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads, plans and applies.
   *
   * @throws ProblemException if the plan has a problem
   */
  public Outcome apply(Goal goal) {
    try {
      LiveState live = host.read(goal);
      Plan plan = host.plan(goal, live);
      if (!plan.problems().isEmpty()) {
        throw new ProblemException(plan.problems().get(0));
      }
      return host.apply(goal, live, plan, Progress.silent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Applies, and rolls back to what was before.
   *
   * @param outcome throws where the apply was not good
   */
  Restored applyAndGoBack(Goal goal, Consumer<Outcome> outcome) {
    try {
      LiveState live = host.read(goal);
      Ownership then = host.ownership();
      Plan plan = host.plan(goal, live);
      outcome.accept(host.apply(goal, live, plan, Progress.silent()));
      return Objects.requireNonNull(host.decide(() -> host.restore(live, Snapshot.of(plan), then)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is remembered. */
  public Ownership ownership() {
    return host.ownership();
  }

  /** The host itself, until {@link #restart}. */
  Host host() {
    return host;
  }

  @Override
  public void close() {
    host.close();
    try {
      DirectoryTree.delete(state);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
