// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.host.KernelWatch;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.LostTrackException;
import dev.plumbline.reconciler.live.Touched;
import dev.plumbline.reconciler.model.Delivery;
import dev.plumbline.reconciler.plan.Excerpt;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.GoalIndex;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Follows what others do to a host that is as its file says, and compares with reading it. */
final class Following {
  /** How often events are taken in: all at once, each burst by itself, or each burst twice. */
  private static final int WAYS = 3;

  private static final int PERCENT = 100;

  private final ModelHost model;
  private final Goal goal;
  private final Map<ResourceId, @Nullable Resource> changed = new LinkedHashMap<>();

  Following(ModelHost model, Goal goal) {
    this.model = model;
    this.goal = goal;
  }

  /**
   * Compares.
   *
   * @param told is told of each edit that the kernel takes
   * @return what is planned otherwise; empty for nothing. Null where nothing was compared, as only
   *     the whole will do
   */
  @Nullable String compare(List<Event.Edited> edits, int delivery, Consumer<String> told) {
    Host host = model.host();
    try (KernelWatch watch = model.kernel.watch((event, sentence) -> {})) {
      Set<String> namespaces = new TreeSet<>();
      Set<ResourceId> wanted = new HashSet<>();
      for (Wanted each : goal.wanted()) {
        ResourceId id = each.resource().id();
        wanted.add(id);
        namespaces.add(id.type() == ResourceType.NAMESPACE ? id.key() : id.namespace());
      }
      for (Resource each : host.read(goal).ofType(ResourceType.NAMESPACE)) {
        if (each.isOurs() && !wanted.contains(each.id())) {
          namespaces.add(each.id().key()); // it waits to leave
        }
      }
      watch.cover(namespaces);
      LiveState live = host.read(goal);
      Plan settled = host.plan(goal, live);
      host.awaitFollowing();
      watch.drain();
      watch.forget();
      int way = delivery % WAYS;
      model.kernel.deliver(deliveries(delivery / WAYS));
      boolean known = true;
      for (Event.Edited each : edits) {
        String edit = Edits.make(model.kernel, each);
        if (edit != null) {
          told.accept(edit);
        }
        if (way > 0) {
          known &= takeIn(watch, way == 2);
        }
      }
      model.kernel.deliverLate();
      known &= takeIn(watch, false);
      if (!known) {
        return null;
      }
      Excerpt part =
          changed.isEmpty() ? null : host.excerpt(new GoalIndex(goal), changed, settled.waiting());
      Plan some = part == null ? null : part.plan();
      if (part == null && !changed.isEmpty()) {
        return null;
      }
      Plan whole = host.plan(goal, host.read(goal));
      String found = some == null ? "" : lines(some);
      return found.equals(lines(whole))
          ? ""
          : "planned for what events told:\n" + found + "\nfor the whole:\n" + lines(whole);
    } catch (LostTrackException e) {
      return null; // the whole is read, as if no event had told anything
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      model.kernel.deliver(() -> Delivery.AT_ONCE);
      model.kernel.deliverLate();
    }
  }

  private static Supplier<Delivery> deliveries(int seed) {
    if (seed == 0) {
      return () -> Delivery.AT_ONCE;
    }
    SplittableRandom random = new SplittableRandom(seed);
    return () -> {
      int which = random.nextInt(PERCENT);
      return which < 50
          ? Delivery.AT_ONCE
          : which < 70 ? Delivery.TWICE : which < 97 ? Delivery.LATE : Delivery.LOST;
    };
  }

  private boolean takeIn(KernelWatch watch, boolean twice) throws IOException, LostTrackException {
    watch.drain();
    if (watch.isWhole()) {
      return false;
    }
    Map<String, Touched> touched = watch.take();
    for (int i = 0; i < (twice ? 2 : 1) && !touched.isEmpty(); i++) {
      model
          .host()
          .follow(touched)
          .forEach(
              (id, before) -> {
                if (!changed.containsKey(id)) {
                  changed.put(id, before);
                }
              });
    }
    return true;
  }

  /** Sorted: the order within a plan has more ways to be right than one. */
  private static String lines(Plan plan) {
    return plan.changes().stream()
        .map(change -> change.waitingFor(List.of()).toString())
        .sorted()
        .collect(Collectors.joining("\n"));
  }
}
