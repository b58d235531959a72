// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.apply.Unheld;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.host.Kernel;
import dev.plumbline.reconciler.host.KernelWatch;
import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.LiveView;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.PlannedCheck;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model of a host's kernel. It outlives the hosts that are opened over it, as a kernel does the
 * processes.
 *
 * <p>{@link #edit}, {@link #state} and {@link #disturb} may be called by any thread; the rest, as
 * of any kernel, by one at a time.
 */
public final class ModelKernel implements Kernel {
  /**
   * Told of all that happens to resources, whoever did it, one after the other as the kernel's
   * events would tell.
   */
  @FunctionalInterface
  public interface Listener {
    /**
     * Something happened.
     *
     * @param before null: it was made
     * @param after null: it is gone; with another identity: it was renamed, or moved
     */
    void happened(@Nullable Resource before, @Nullable Resource after);
  }

  private final String name;
  private final Capabilities capabilities;
  private final Parts parts;
  private volatile Disturbance disturbance = Disturbance.NONE;
  private volatile Function<PlannedCheck, @Nullable String> answers = check -> null;
  private @Nullable ModelView view;

  /** In which order dumps tell what there is: another one each time, the same from the start on. */
  private final Random order = new Random(1);

  /**
   * A kernel of which this is there at first.
   *
   * @param live with the fields that matter; the others are as a new resource has them
   */
  public ModelKernel(LiveState live) {
    name = live.host();
    parts = new Parts(live);
    capabilities = live.capabilities();
  }

  /**
   * A host that has its loopback device and these network cards, which are up.
   *
   * @param name as {@code uname -n} gives it
   */
  public static ModelKernel withCards(String name, List<String> cards) {
    List<Resource> devices = new ArrayList<>();
    devices.add(
        new Resource(ResourceId.deviceIn("", "lo"), null, Map.of("kind", "", "mtu", "65536")));
    for (String card : cards) {
      devices.add(new Resource(ResourceId.deviceIn("", card), null, Map.of("kind", "")));
    }
    return new ModelKernel(new LiveState(name, Capabilities.ALL, devices, Map.of()));
  }

  /** Has this come between the requests of plans from now on. */
  public void disturb(Disturbance with) {
    disturbance = with;
  }

  /**
   * Says what checks find from now on; before, each of them holds.
   *
   * @param why null: it holds; else why not. Asked by the thread that applies, before the first
   *     step and after the last one
   */
  public void answer(Function<PlannedCheck, @Nullable String> why) {
    answers = why;
  }

  /**
   * Whether all that came before has been answered when a change is asked for: a process can end
   * there, but not within a batch, which the kernel takes as one.
   *
   * @param last the change before it in the plan; null for none
   */
  public static boolean startsBatch(@Nullable Change last, Change change) {
    return Application.startsBatch(last, change);
  }

  /**
   * Somebody else does something.
   *
   * @throws RefusedException as Linux would
   */
  public synchronized void edit(Edit edit) throws RefusedException {
    edit.take(parts);
  }

  /** Tells from now on; by the thread that acts, in the midst of it. */
  public synchronized void listen(Listener listener) {
    parts.store.listen(listener);
  }

  /** Tells no more. */
  public synchronized void listenNoMore(Listener listener) {
    parts.store.listenNoMore(listener);
  }

  /** What is there of this identity now; null for nothing. */
  public synchronized @Nullable Resource find(ResourceId id) {
    return find(id, false);
  }

  /** All that is there. */
  public synchronized LiveState state() {
    return new LiveState(name, capabilities, parts.store.told(), parts.store.indexes());
  }

  /**
   * Has events come in these ways from now on.
   *
   * @param how asked for each event, by whoever changes something
   */
  public synchronized void deliver(Supplier<Delivery> how) {
    parts.post.deliver(how);
  }

  /** Has all events come that are late. */
  public synchronized void deliverLate() {
    parts.post.deliverLate();
  }

  @Override
  public synchronized LiveState read(Set<ResourceId> sysctls, Set<String> kinds)
      throws IOException {
    forget();
    Set<ResourceId> meanwhile = new LinkedHashSet<>();
    Post.Follower notes = meanwhile::add;
    Disturbance disturbing = disturbance;
    List<Resource> resources = new ArrayList<>();
    Map<ResourceId, Integer> indexes = parts.store.indexes();
    if (disturbing.disturbsReading()) {
      Reading reading = new Reading(this, parts.store, disturbing, order);
      parts.post.tell(notes);
      try {
        resources.addAll(reading.read());
      } finally {
        parts.post.tellNoMore(notes);
      }
      indexes = reading.indexes();
    } else {
      resources.addAll(parts.store.told());
      Collections.shuffle(resources, order);
    }
    Map<String, String> atFirst = new TreeMap<>();
    for (ResourceId id : sysctls) {
      Resource value = parts.others.sysctl(id);
      if (value != null && !parts.store.has(id)) {
        resources.add(value);
      }
      if (!parts.store.hasNamespace(id.namespace())) {
        atFirst.put(id.key(), Others.SYSCTL_AT_FIRST);
      }
    }
    LiveState state = new LiveState(name, capabilities, resources, indexes, atFirst);
    view = new ModelView(this, state, sysctls, meanwhile);
    parts.post.tell(view);
    return state;
  }

  /** As it is now; a sysctl that nobody has set yet is there as well. */
  synchronized @Nullable Resource find(ResourceId id, boolean sysctl) {
    if (sysctl) {
      return parts.others.sysctl(id);
    }
    Resource there = parts.store.find(id);
    return there == null ? null : parts.store.told(there);
  }

  synchronized Map<ResourceId, Integer> indexes() {
    return Map.copyOf(parts.store.indexes());
  }

  @Override
  public synchronized @Nullable LiveView view() {
    return view;
  }

  @Override
  public synchronized void forget() {
    if (view != null) {
      parts.post.tellNoMore(view);
    }
    view = null;
  }

  /** The switch is a part of the model: {@code embedded} is not asked. */
  @Override
  public @Nullable Failure apply(
      Plan plan, LiveState live, SwitchAccess embedded, Progress progress) {
    Disturbance disturbing = disturbance;
    disturbing.begins(this, plan);
    return new Application(parts, new Asking(this, disturbing), plan, live).run(progress);
  }

  /** There is no traffic in a model: what a check finds is what somebody said it would. */
  @Override
  public List<Unheld> check(List<PlannedCheck> checks, boolean all, BooleanSupplier goesOn) {
    List<Unheld> unheld = new ArrayList<>();
    for (PlannedCheck check : checks) {
      String why = answers.apply(check);
      if (why != null) {
        unheld.add(new Unheld(check.address(), check.place(), check.what(), why, false, false));
      }
    }
    return unheld;
  }

  @Override
  public synchronized KernelWatch watch(BiConsumer<String, String> lost) {
    ModelWatch watch = new ModelWatch(this, lost);
    parts.post.tell(watch);
    return watch;
  }

  synchronized void unwatch(ModelWatch watch) {
    parts.post.tellNoMore(watch);
  }

  synchronized boolean hasNamespace(String namespace) {
    return parts.store.hasNamespace(namespace);
  }

  /** The model stays; a host that is opened over it next finds it as it is. */
  @Override
  public void close() {
    forget();
  }
}
