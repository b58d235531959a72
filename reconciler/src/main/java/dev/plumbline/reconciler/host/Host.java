// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Outcome.Result;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.apply.Snapshot;
import dev.plumbline.reconciler.apply.Unheld;
import dev.plumbline.reconciler.embedded.PortText;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.embedded.SwitchText;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.LiveView;
import dev.plumbline.reconciler.live.LostTrackException;
import dev.plumbline.reconciler.live.Touched;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Excerpt;
import dev.plumbline.reconciler.plan.FieldChange;
import dev.plumbline.reconciler.plan.FileTerms;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.GoalIndex;
import dev.plumbline.reconciler.plan.Ownership;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.PlannedCheck;
import dev.plumbline.reconciler.plan.Planner;
import dev.plumbline.reconciler.plan.Waiting;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The host that plumbline runs on: its own network namespace and all named ones.
 *
 * <p>Used by one thread at a time.
 */
public final class Host implements AutoCloseable {
  private static final int UNDO_ROUNDS = 3;

  /** With those in which a step was refused, after which the way back goes on without it. */
  private static final int WAY_BACK_ROUNDS = 20;

  private final Memory memory;
  private final ApplyLock lock;
  private final Kernel kernel;
  private final SwitchAccess embedded;
  private final Checks checks;

  private Ownership ownership;

  /** The embedded switch as it was read, and the devices that are its ports. */
  private @Nullable SwitchConfig switched;

  private Set<String> switchedDevices = Set.of();

  private Host(Memory memory, ApplyLock lock, SwitchAccess embedded, Kernel kernel)
      throws IOException {
    this.memory = memory;
    this.lock = lock;
    this.embedded = embedded;
    this.kernel = kernel;
    this.checks = new Checks(kernel);
    this.ownership = memory.load();
  }

  /**
   * Opens the host whose network namespace the calling thread is in.
   *
   * @param stateDirectory where plumbline remembers what it set; made when there is something to
   *     remember
   * @param embedded the way to the host's embedded switch; stays the caller's
   * @throws IOException if the kernel can not be spoken to, or what is remembered is damaged
   */
  public static Host open(Path stateDirectory, SwitchAccess embedded) throws IOException {
    return open(stateDirectory, embedded, NetlinkKernel.open());
  }

  /**
   * Opens the host that has this kernel.
   *
   * @param kernel is closed with the host, or at once where the host cannot be opened
   * @throws IOException if what is remembered is damaged
   */
  public static Host open(Path stateDirectory, SwitchAccess embedded, Kernel kernel)
      throws IOException {
    try {
      return new Host(new Memory(stateDirectory), new ApplyLock(stateDirectory), embedded, kernel);
    } catch (IOException | RuntimeException e) {
      kernel.close();
      throw e;
    }
  }

  /**
   * As {@link #open(Path, SwitchAccess, Kernel)}, for one that goes on where nothing can be
   * written: what is to be remembered is kept in memory, and written as soon as that is possible.
   *
   * @param unsaved is told what cannot be remembered, each time, and why
   */
  public static Host open(
      Path stateDirectory,
      SwitchAccess embedded,
      Kernel kernel,
      BiConsumer<String, IOException> unsaved)
      throws IOException {
    Host host = open(stateDirectory, embedded, kernel);
    host.memory.tolerate(unsaved);
    host.lock.tolerate(unsaved);
    return host;
  }

  /** As {@link #open(Path, SwitchAccess)} where nobody runs a switch. */
  public static Host open(Path stateDirectory) throws IOException {
    return open(stateDirectory, SwitchAccess.NONE);
  }

  /**
   * Has checks ended by somebody: as if they did not hold.
   *
   * @param goesOn is asked by the thread that applies, every 100 ms or so, as long as it waits for
   *     checks; false: they end at once
   */
  public void checkWhile(BooleanSupplier goesOn) {
    checks.goOnWhile(goesOn);
  }

  /**
   * Has somebody else say whether an earlier apply is not decided yet, which keeps all others off.
   */
  public void undecidedWhile(BooleanSupplier undecided) {
    lock.undecidedWhile(undecided);
  }

  /** The host's name, as {@code uname -n} gives it. */
  public static String name() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/hostname")).trim();
  }

  /** What plumbline remembers of this host. */
  public Ownership ownership() {
    return ownership;
  }

  /** Reads the live state, and probes the kernel for what the goal needs. */
  public LiveState read(Goal goal) throws IOException {
    // Another process may have applied meanwhile, such as a person beside the agent.
    lock.look();
    ownership = memory.load();
    Set<ResourceId> sysctls = new TreeSet<>();
    Set<String> kinds = new TreeSet<>();
    for (Wanted wanted : goal.wanted()) {
      String kind = wanted.resource().get("kind");
      if (wanted.makes() && !kind.isEmpty()) {
        kinds.add(kind);
      }
      if (wanted.resource().id().type() == ResourceType.SYSCTL) {
        sysctls.add(wanted.resource().id());
      }
    }
    for (ResourceId id : ownership.settings().keySet()) {
      if (id.type() == ResourceType.SYSCTL) {
        sysctls.add(id);
      }
    }
    LiveState live = kernel.read(sysctls, kinds);
    switched = embedded.config();
    List<Resource> resources = switched == null ? List.of() : SwitchText.resources(switched);
    switchedDevices = PortText.devices(resources);
    return live.with(resources);
  }

  /** The changes that lead from the live state to the goal. */
  public Plan plan(Goal goal, LiveState live) {
    return Planner.plan(goal, live, ownership);
  }

  /**
   * Takes in what happened since the host was read, instead of reading it again.
   *
   * @param touched what events had to do with, by namespace
   * @return what is not as it was, each as it was before; null for what was not there
   * @throws LostTrackException if it has to be read again
   */
  public Map<ResourceId, @Nullable Resource> follow(Map<String, Touched> touched)
      throws IOException, LostTrackException {
    try {
      if (!Objects.equals(embedded.config(), switched)) {
        throw new LostTrackException("the embedded switch changed, of which no event tells");
      }
      if (lock.isOvertaken()) {
        throw new LostTrackException("another process has applied");
      }
      return view().follow(touched);
    } catch (LostTrackException e) {
      kernel.forget();
      throw e;
    }
  }

  private LiveView view() throws LostTrackException {
    LiveView view = kernel.view();
    if (view == null) {
      throw new LostTrackException("it was not read yet");
    }
    return view;
  }

  /**
   * The part of the goal that changes have to do with.
   *
   * @param changed what {@link #follow} gave since the plan for the whole was empty
   * @param waiting what waited then
   * @return null where only the whole will do
   */
  public @Nullable Excerpt excerpt(
      GoalIndex goal, Map<ResourceId, @Nullable Resource> changed, List<Waiting> waiting)
      throws LostTrackException {
    LiveView view = view();
    return Excerpt.of(
        goal, view.resources(), switchedDevices, view::part, ownership, changed, waiting);
  }

  /** Makes ready to follow what was read last, so that the first event finds it so. */
  public void awaitFollowing() {
    kernel.view();
  }

  /** The namespaces that were read; the host's own is empty. */
  public Set<String> namespaces() throws LostTrackException {
    return view().namespaces();
  }

  /** The index of a device as it was read or followed; null where it is not there. */
  public @Nullable Integer indexOf(ResourceId device) throws LostTrackException {
    return view().indexOf(device);
  }

  /**
   * Takes the steps of a plan for a part that leaves what is remembered as it is. Nothing is read
   * back, and nothing undone: follow what happens, and plan again.
   *
   * @return the step that failed; null for none
   * @throws BusyException if another process applies, or has applied since the host was read
   */
  public @Nullable Failure repair(Excerpt part, Plan plan) throws IOException {
    memory.flush();
    Closeable taken = lock.take();
    try {
      return kernel.apply(plan, part.live(), embedded, Progress.silent());
    } finally {
      taken.close();
    }
  }

  /**
   * Carries out a plan, reads again and plans again, and tries its checks. If a step fails or a
   * check does not hold, what was done is undone.
   *
   * @param live the live state that the plan was made from
   * @throws BusyException if another process applies, or has applied since {@link #read}: nothing
   *     was changed
   * @throws IOException if the host can not be read or spoken to at all
   * @throws IllegalArgumentException if the plan has problems
   */
  public Outcome apply(Goal goal, LiveState live, Plan plan, Progress progress) throws IOException {
    return apply(goal, live, plan, progress, remaining -> remaining);
  }

  /**
   * As {@link #apply(Goal, LiveState, Plan, Progress)} of a plan that leaves things out.
   *
   * @param leavingOut takes the same out of the plan that is made afterwards
   */
  public Outcome apply(
      Goal goal, LiveState live, Plan plan, Progress progress, UnaryOperator<Plan> leavingOut)
      throws IOException {
    return apply(goal, live, plan, progress, leavingOut, Witness.NONE);
  }

  /** As {@link #apply(Goal, LiveState, Plan, Progress)}, before a witness. */
  public Outcome apply(Goal goal, LiveState live, Plan plan, Progress progress, Witness witness)
      throws IOException {
    return apply(goal, live, plan, progress, remaining -> remaining, witness);
  }

  /**
   * As {@link #apply(Goal, LiveState, Plan, Progress)} of a plan that leaves things out, before a
   * witness.
   *
   * @param leavingOut takes the same out of the plan that is made afterwards
   */
  public Outcome apply(
      Goal goal,
      LiveState live,
      Plan plan,
      Progress progress,
      UnaryOperator<Plan> leavingOut,
      Witness witness)
      throws IOException {
    if (!plan.problems().isEmpty()) {
      throw new IllegalArgumentException("a plan with problems: " + plan.problems());
    }
    Closeable taken = lock.take();
    try {
      ownership = memory.load();
      witness.before(goal, live, plan, ownership);
      Outcome outcome = applyLocked(goal, live, plan, progress, leavingOut);
      witness.after(outcome);
      return outcome;
    } finally {
      taken.close();
    }
  }

  private Outcome applyLocked(
      Goal goal, LiveState live, Plan plan, Progress progress, UnaryOperator<Plan> leavingOut)
      throws IOException {
    if (plan.isEmpty()) {
      if (!plan.checks().isEmpty()) {
        progress.checking(plan.checks());
      }
      List<Unheld> unheld = checks.all(plan.checks());
      if (!unheld.isEmpty()) {
        return new Outcome(Result.UNDONE, plan, null, unheld, List.of(), plan);
      }
      remember(Planner.after(goal, live, ownership));
      return new Outcome(Result.NOTHING_TO_DO, plan, null, List.of(), plan);
    }
    Set<String> unheldBefore = checks.unheldBefore(plan.checks());
    if (!plan.checks().isEmpty() && checks.areBrokenOff()) {
      List<Unheld> untried =
          Checks.untried(plan.checks(), "broken off before the first step", true);
      return new Outcome(Result.UNDONE, plan, null, untried, List.of(), plan);
    }
    Ownership before = ownership;
    remember(Planner.before(plan, live, ownership));
    List<Change> asked = new ArrayList<>();
    Failure failure =
        kernel.apply(
            plan,
            live,
            embedded,
            (change, done, of) -> {
              asked.add(change);
              progress.step(change, done, of);
            });
    if (failure != null) {
      return undo(goal, live, null, plan, asked, failure, List.of(), before);
    }
    remember(Planner.taken(plan, ownership));
    LiveState now = read(goal);
    Plan remaining = leavingOut.apply(plan(goal, now));
    List<Unheld> unheld = checks.after(plan.checks(), unheldBefore, progress);
    if (!unheld.isEmpty()) {
      LiveState then = readAgain(goal, now);
      return undo(goal, live, then, plan, plan.changes(), null, unheld, before);
    }
    if (!remaining.isEmpty()) {
      return new Outcome(Result.NOT_CONVERGED, plan, null, describe(remaining), remaining);
    }
    remember(Planner.after(goal, now, ownership));
    return new Outcome(Result.APPLIED, plan, null, List.of(), remaining);
  }

  /** What is to be undone is undone by what was read before where it cannot be read now. */
  private LiveState readAgain(Goal goal, LiveState before) {
    try {
      return read(goal);
    } catch (IOException | RuntimeException e) {
      return before;
    }
  }

  /**
   * Tries checks until each holds or its time is over; changes nothing.
   *
   * @return those that did not hold
   * @throws IOException if they cannot be tried at all
   */
  public List<Unheld> check(List<PlannedCheck> asked) throws IOException {
    return checks.all(asked);
  }

  /**
   * Undoes what was asked for. Where the host cannot be read for that, it says of each step that it
   * may be taken.
   *
   * @param read the host as it is now; null: not known
   * @param asked the steps that the kernel was asked for
   */
  private Outcome undo(
      Goal goal,
      LiveState live,
      @Nullable LiveState read,
      Plan plan,
      List<Change> asked,
      @Nullable Failure failure,
      List<Unheld> unheld,
      Ownership before) {
    try {
      LiveState now = read == null ? read(goal) : read;
      Restored restored = restore(goal, live, now, Snapshot.of(plan), before);
      Result result = restored.left().isEmpty() ? Result.UNDONE : Result.UNDO_FAILED;
      Plan remaining = remaining(goal, plan);
      return new Outcome(result, plan, failure, unheld, restored.left(), remaining);
    } catch (IOException e) {
      List<String> left = new ArrayList<>();
      left.add("it cannot be undone, or not all: " + e.getMessage());
      left.addAll(Doubtful.lines(live, plan, asked));
      return new Outcome(Result.UNDO_FAILED, plan, failure, unheld, left, plan);
    }
  }

  /** What is to be done after all was undone. */
  private Plan remaining(Goal goal, Plan undone) {
    try {
      return plan(goal, read(goal));
    } catch (IOException e) {
      return undone; // as it was before
    }
  }

  /**
   * Decides something about an apply that is not confirmed yet, while no other process can apply.
   *
   * @throws BusyException if another process applies: nothing was decided
   */
  public <T> @Nullable T decide(Decision<T> decision) throws IOException {
    lock.look();
    Closeable taken = lock.takeToDecide();
    try {
      return decision.decide();
    } finally {
      taken.close();
    }
  }

  /** What {@link #decide} decides. */
  @FunctionalInterface
  public interface Decision<T> {
    @Nullable T decide() throws IOException;
  }

  /**
   * Makes all that was touched as it was; within {@link #decide} only. Where the embedded switch is
   * out of reach its part is left, and named.
   *
   * @param before the live state to go back to
   * @param then what was remembered in it; remembered again if nothing is left
   */
  public Restored restore(LiveState before, Snapshot touched, Ownership then) throws IOException {
    Goal goal = touched.goal(before, before);
    return restore(goal, before, read(goal), touched, then);
  }

  /**
   * @param goal names what has to be read
   */
  private Restored restore(
      Goal goal, LiveState before, LiveState now, Snapshot touched, Ownership then)
      throws IOException {
    Plan missing = wayBack(before, now, touched);
    int changes = missing.changes().size();
    LiveState end = now;
    Refusals refusals = new Refusals();
    // A second one only for what going back does to the rest and nobody has foreseen.
    int whole = 0;
    for (int round = 0; round < WAY_BACK_ROUNDS && whole < UNDO_ROUNDS; round++) {
      Plan reached = refusals.without(inReach(missing));
      if (reached.isEmpty()) {
        break;
      }
      Failure failure = kernel.apply(reached, end, embedded, Progress.silent());
      refusals.take(reached, failure);
      whole += failure == null ? 1 : 0;
      end = read(goal);
      missing = wayBack(before, end, touched);
    }
    List<String> left = describe(missing);
    // What the kernel would not take now, such as a route whose gateway nothing leads to any more.
    missing
        .waiting()
        .forEach(each -> left.add(each.address() + ": still to create, needs " + each.waitsFor()));
    left.addAll(missing.problems());
    left.addAll(0, refusals.standing());
    for (ResourceId id : touched.touched()) {
      Resource was = before.find(id);
      Resource is = end.find(id);
      if (was != null && is != null && !Objects.equals(was.owner(), is.owner())) {
        left.add(id + ": came back without its mark, and counts as somebody else's");
      }
    }
    if (left.isEmpty()) {
      remember(then);
    }
    return new Restored(changes, left);
  }

  /** Without what is the embedded switch's where that cannot be changed from here. */
  private Plan inReach(Plan plan) {
    if (embedded.isInReach()) {
      return plan;
    }
    List<Change> kernel = new ArrayList<>(plan.changes());
    kernel.removeIf(change -> change.id().type().isOfSwitch());
    return kernel.size() == plan.changes().size() ? plan : plan.only(kernel);
  }

  private static Plan wayBack(LiveState before, LiveState now, Snapshot touched) {
    return Planner.plan(touched.goal(before, now), now, Ownership.NONE);
  }

  private static List<String> describe(Plan plan) {
    List<String> sentences = new ArrayList<>();
    for (Change change : plan.changes()) {
      StringBuilder text = new StringBuilder();
      text.append(change.address()).append(": still to ").append(change.action().label());
      for (FieldChange field : FileTerms.of(change, plan)) {
        text.append(", ").append(field.name()).append(" is ").append(shown(field.before()));
        text.append(", not ").append(shown(field.after()));
      }
      sentences.add(text.toString());
    }
    return sentences;
  }

  private static String shown(String value) {
    return value.isEmpty() ? "none" : value;
  }

  private void remember(Ownership now) throws IOException {
    if (!now.equals(ownership)) {
      memory.save(now);
      ownership = now;
    }
  }

  @Override
  public void close() {
    memory.flush();
    kernel.close();
  }
}
