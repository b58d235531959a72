// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.checkpoint.Checkpoints;
import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.host.BootClock;
import dev.plumbline.reconciler.host.DirectoryTree;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.host.KernelWatch;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Delivery;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.OtherPeople;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.sim.Edits;
import dev.plumbline.reconciler.sim.Event.Edited;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.source.MapSource;
import dev.plumbline.testkit.HostArbitraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/**
 * An agent's loop on a model of a kernel whose events come late, twice, in another order or never:
 * when nobody writes any more and what is late has come, the host is as its file says, without the
 * look that the agent takes once a minute.
 */
class EventsProperties {
  /** Of turns that answer what has come. */
  private static final int TURNS = 3;

  /** Longer than the agent waits before it tries again what failed. */
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

  @Provide
  Arbitrary<String> files() {
    return HostArbitraries.files();
  }

  @Provide
  Arbitrary<List<Edited>> edits() {
    return HostArbitraries.edits().list().ofMinSize(1).ofMaxSize(4);
  }

  @Provide
  Arbitrary<List<Delivery>> deliveries() {
    return Arbitraries.of(Delivery.class).list().ofMaxSize(20);
  }

  @Provide
  Arbitrary<List<Boolean>> turns() {
    return Arbitraries.of(true, false).list().ofSize(4);
  }

  @Property(seed = "20261122")
  void however_events_come_the_end_is_the_same(
      @ForAll("files") String file,
      @ForAll("edits") List<Edited> edits,
      @ForAll("deliveries") List<Delivery> deliveries,
      @ForAll("turns") List<Boolean> turns)
      throws IOException {
    DesiredState state = load(file);
    Assume.that(state != null);
    Path shm = Path.of("/dev/shm");
    Path place =
        Files.isWritable(shm)
            ? Files.createTempDirectory(shm, "plumbline-events")
            : Files.createTempDirectory("plumbline-events");
    try (Loop loop = new Loop(place, Objects.requireNonNull(state))) {
      Assume.that(loop.adopted());
      loop.disturbed(edits, deliveries, turns);
      loop.settles();
    } finally {
      DirectoryTree.delete(place);
    }
  }

  private static @Nullable DesiredState load(String file) {
    return HostFile.load(
            MapSource.ofTexts(Map.of("host.yaml", file)), "host.yaml", LoadOptions.defaults())
        .state();
  }

  /** An agent's loop, turned by hand. */
  private static final class Loop implements AutoCloseable {
    private final ModelKernel kernel = new ModelKernel(OtherPeople.live());
    private final List<String> story = new ArrayList<>();
    private final Path place;
    private final DesiredState state;
    private final Goal goal;
    private final Host host;
    private final KernelWatch watch;
    private final Reconciling reconciling;

    Loop(Path place, DesiredState state) throws IOException {
      this.place = place;
      this.state = state;
      this.goal = Goals.of(state);
      AgentLog log = new AgentLog(story::add, false);
      host = Host.open(place.resolve("state"), SwitchAccess.NONE, kernel);
      watch = kernel.watch(log::say);
      watch.longestSleepMillis(100);
      Path run = place.resolve("run");
      reconciling =
          new Reconciling(
              host,
              watch,
              new Mailbox(() -> {}),
              new Pause(run, Clock.systemUTC()),
              new ObjectPauses(run, Clock.systemUTC()),
              new Checkpoints(place.resolve("state"), BootClock.OF_THE_HOST),
              log);
    }

    boolean adopted() throws IOException {
      boolean adopted =
          reconciling.adopt(
              Candidate.read("1", "1", "one", state, List.of(), Candidate.Keeper.NOTHING));
      reconciling.checkSoon();
      turn();
      return adopted;
    }

    private void turn() throws IOException {
      watch.wakeUp();
      reconciling.turn();
    }

    void disturbed(List<Edited> edits, List<Delivery> deliveries, List<Boolean> turns)
        throws IOException {
      Iterator<Delivery> next = deliveries.iterator();
      kernel.deliver(() -> next.hasNext() ? next.next() : Delivery.AT_ONCE);
      Iterator<Boolean> turning = turns.iterator();
      for (Edited each : edits) {
        story.add("somebody else: " + Edits.make(kernel, each));
        if (turning.next()) {
          turn();
        }
      }
      kernel.deliver(() -> Delivery.AT_ONCE);
      kernel.deliverLate();
    }

    void settles() throws IOException {
      for (int i = 0; i < TURNS; i++) {
        turn();
      }
      if (left().isEmpty()) {
        return;
      }
      Assume.that(isWithinReach());
      long end = System.nanoTime() + LONGEST_NANOS;
      while (!left().isEmpty() && System.nanoTime() < end) {
        reconciling.turn();
      }
      assertEquals("", left(), () -> String.join("\n", story));
    }

    private String left() throws IOException {
      Plan plan = host.plan(goal, kernel.state());
      return plan.changes().stream().map(Change::toString).collect(Collectors.joining("\n"))
          + String.join("\n", plan.problems());
    }

    /** Whether somebody who begins now, and reads it all, brings the host to its file. */
    private boolean isWithinReach() throws IOException {
      Path other = place.resolve("other");
      Files.createDirectories(other);
      Path remembered = place.resolve("state").resolve("ownership");
      if (Files.exists(remembered)) {
        Files.copy(remembered, other.resolve("ownership"));
      }
      try (Host fresh = Host.open(other, SwitchAccess.NONE, new ModelKernel(kernel.state()))) {
        LiveState live = fresh.read(goal);
        Plan plan = fresh.plan(goal, live);
        return plan.problems().isEmpty()
            && fresh.apply(goal, live, plan, Progress.silent()).isGood();
      }
    }

    @Override
    public void close() {
      watch.close();
      host.close();
    }
  }
}
