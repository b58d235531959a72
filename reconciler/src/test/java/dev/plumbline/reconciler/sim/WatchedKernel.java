// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import dev.plumbline.netlink.probe.KernelFeatures;
import dev.plumbline.reconciler.apply.Applier;
import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.apply.Unheld;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.host.Kernel;
import dev.plumbline.reconciler.host.KernelWatch;
import dev.plumbline.reconciler.live.DeviceEvents;
import dev.plumbline.reconciler.live.LiveReader;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.LiveView;
import dev.plumbline.reconciler.live.Sockets;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.PlannedCheck;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The kernel of this process, whose events are witnessed: each step of a plan is asked for by
 * itself, and what was told of devices until it was done is its doing. What is on devices is read
 * between two steps, for the kernel drops much of it without a word. For one thread.
 */
final class WatchedKernel implements Kernel, Witnessed.Sight {
  /** A namespace is emptied some time after it has gone. */
  private static final long EMPTIED_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final long LOOK_MILLIS = 2;

  private final Sockets sockets;
  private final KernelFeatures features;
  private final LiveReader reader;
  private final LiveReader looking;
  private final DeviceEvents events;
  private final List<Witnessed> plans = new ArrayList<>();
  private Set<ResourceId> sysctls = Set.of();
  private LiveState now;

  WatchedKernel() throws IOException {
    sockets = Sockets.open();
    features = KernelFeatures.open();
    reader = new LiveReader(sockets, features);
    looking = new LiveReader(sockets, features);
    events = new DeviceEvents(sockets);
    now = looking.read("host", Set.of(), Set.of());
  }

  /** The plans that were carried out since this was asked last. */
  List<Witnessed> plans() {
    List<Witnessed> all = List.copyOf(plans);
    plans.clear();
    return all;
  }

  @Override
  public LiveState read(Set<ResourceId> asked, Set<String> kinds) throws IOException {
    return reader.read("host", asked, kinds);
  }

  @Override
  public @Nullable LiveView view() {
    return reader.view();
  }

  @Override
  public void forget() {
    reader.forget();
  }

  @Override
  public @Nullable Failure apply(
      Plan plan, LiveState live, SwitchAccess embedded, Progress progress) throws IOException {
    sysctls = new TreeSet<>();
    for (Change change : plan.changes()) {
      if (change.id().type() == ResourceType.SYSCTL) {
        sysctls.add(change.id());
      }
    }
    look();
    events.take((before, after) -> {});
    events.known(now, (before, after) -> {});
    Witnessed witnessed = new Witnessed(plan, now, this);
    plans.add(witnessed);
    Progress steps =
        (change, done, of) -> {
          try {
            step(witnessed, change);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          progress.step(change, done, of);
        };
    Failure failure = new Applier(sockets, embedded, steps, 1).apply(plan, live);
    witnessed.ended();
    return failure;
  }

  private void look() throws IOException {
    now = looking.read("host", sysctls, Set.of());
    Set<String> namespaces = new TreeSet<>(Set.of(""));
    now.ofType(ResourceType.NAMESPACE).forEach(each -> namespaces.add(each.id().key()));
    events.cover(namespaces);
  }

  private void step(Witnessed witnessed, Change change) throws IOException {
    boolean gone = change.after() == null;
    boolean along = gone && (isImplied(change) || now.find(change.id()) == null);
    if (!along) { // else nobody asked for anything
      witnessed.asks(change);
    }
    LiveState before = now;
    if (gone && change.id().type() == ResourceType.NAMESPACE) {
      awaitEmptied(change.id().key());
    }
    List<@Nullable Resource[]> told = new ArrayList<>();
    events.take((from, to) -> told.add(new Resource[] {from, to}));
    look();
    events.known(now, (from, to) -> told.add(new Resource[] {from, to}));
    for (@Nullable Resource[] each : told) {
      happened(witnessed, each[0], each[1]);
    }
    hanging(witnessed, before);
  }

  private static boolean isImplied(Change change) {
    return change instanceof Change.Delete delete && delete.implied();
  }

  /** Other halves of pairs go when the kernel gets round to it. */
  private void awaitEmptied(String namespace) throws IOException {
    Set<ResourceId> halves = new HashSet<>();
    for (Resource each : now.ofType(ResourceType.DEVICE)) {
      if (!each.id().namespace().equals(namespace)
          && each.get("peer").startsWith(namespace + "/")) {
        halves.add(each.id());
      }
    }
    long end = System.nanoTime() + EMPTIED_NANOS;
    while (halves.stream().anyMatch(looking.read("host", Set.of(), Set.of())::has)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("still there: " + halves);
      }
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }

  /** An MTU follows those of others where nobody sets it. */
  private static void happened(
      Witnessed witnessed, @Nullable Resource before, @Nullable Resource after) {
    if (before == null || after == null) {
      witnessed.happened(before, after);
      return;
    }
    boolean told =
        witnessed.plan.changes().stream()
            .filter(change -> change.id().equals(after.id()) || change.id().equals(before.id()))
            .anyMatch(
                change -> change.fields().stream().anyMatch(each -> each.name().equals("mtu")));
    Resource then = told ? after : after.with("mtu", before.get("mtu"));
    if (!then.equals(before)) {
      witnessed.happened(before, then);
    }
  }

  /** What is on devices, by what it was on: those may have other names by now. */
  private void hanging(Witnessed witnessed, LiveState before) {
    Map<Integer, ResourceId> devices = new HashMap<>();
    now.indexes().forEach((id, index) -> devices.put(index, id));
    Set<ResourceId> known = new HashSet<>();
    for (Resource each : before.resources()) {
      if (each.id().type() == ResourceType.DEVICE) {
        continue;
      }
      ResourceId then = each.id();
      if (!then.device().isEmpty()) {
        Integer index = before.indexes().get(then.ofDevice());
        ResourceId device = index == null ? null : devices.get(index);
        boolean here = device != null && device.namespace().equals(then.namespace());
        then = here ? then.onDevice(device.device()) : then;
      }
      Resource after = now.find(then);
      known.add(then);
      if (!each.equals(after)) {
        witnessed.happened(each, after);
      }
    }
    for (Resource each : now.resources()) {
      if (each.id().type() != ResourceType.DEVICE && !known.contains(each.id())) {
        witnessed.happened(null, each);
      }
    }
  }

  @Override
  public @Nullable Resource find(ResourceId id) {
    return now.find(id);
  }

  @Override
  public LiveState state() {
    return now;
  }

  @Override
  public List<Unheld> check(List<PlannedCheck> checks, boolean all, BooleanSupplier goesOn) {
    return List.of();
  }

  @Override
  public KernelWatch watch(BiConsumer<String, String> lost) {
    throw new UnsupportedOperationException("nobody follows this kernel");
  }

  @Override
  public void close() {
    events.close();
    features.close();
    sockets.close();
  }
}
