// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a kernel told of itself while one plan was carried out, by the step that asked for it. One
 * thread, that which applies.
 */
final class Witnessed {

  /** A look at the kernel between two steps. */
  interface Sight {
    /** What is there of this identity; null for nothing. */
    @Nullable Resource find(ResourceId id);

    /** All that is there. */
    LiveState state();
  }

  /**
   * An event.
   *
   * @param before null: it was made
   * @param after null: it is gone
   * @param origin the identity that it had before the first step
   */
  record Happened(@Nullable Resource before, @Nullable Resource after, ResourceId origin) {
    /** What it happened to, by the identity that it had, or has where it had none. */
    Resource to() {
      return Objects.requireNonNull(before != null ? before : after);
    }

    /** Whether that is, or was, of this identity. */
    boolean isTo(ResourceId id) {
      return (before != null && before.id().equals(id)) || (after != null && after.id().equals(id));
    }
  }

  /** A step that asked the kernel for something. */
  static final class Step {
    final Change change;
    final List<Happened> events = new ArrayList<>();

    /** What the step left behind, as it was before the next one began. */
    @Nullable Resource left;

    /** The routes and rules that were there then; none where it took none of them away. */
    List<Resource> rest = List.of();

    /** Whether it made anew what the kernel would have changed in place, just then. */
    boolean modifiable;

    Step(Change change) {
      this.change = change;
    }

    /** What came of it, each thing once: without what was on the way only. */
    List<Happened> net() {
      List<Happened> net = new ArrayList<>();
      for (Happened each : events) {
        @Nullable Resource first = each.before();
        for (Iterator<Happened> all = net.iterator(); all.hasNext(); ) {
          Happened earlier = all.next();
          boolean goesOn =
              each.before() != null
                  ? each.before().equals(earlier.after())
                  : earlier.after() == null && earlier.isTo(each.to().id());
          if (goesOn) {
            first = earlier.before();
            all.remove();
          }
        }
        if (!Objects.equals(first, each.after())) {
          net.add(new Happened(first, each.after(), each.origin()));
        }
      }
      return net;
    }
  }

  /** In the order in which they began. */
  final List<Step> steps = new ArrayList<>();

  final Plan plan;

  /** The host before the first step. */
  final LiveState was;

  private final Sight sight;
  private @Nullable Step current;

  /** The identity before the first step, of what has another one now. */
  private final Map<ResourceId, ResourceId> origins = new HashMap<>();

  Witnessed(Plan plan, LiveState was, Sight sight) {
    this.plan = plan;
    this.was = was;
    this.sight = sight;
  }

  /** Something is asked for next, for this step. */
  void asks(Change change) {
    if (current == null || current.change != change) {
      finish();
      current = new Step(change);
      steps.add(current);
      if (change instanceof Change.Recreate anew) {
        current.modifiable = isModifiable(anew);
      }
    }
  }

  /** As {@link ModelKernel.Listener#happened}. */
  void happened(@Nullable Resource before, @Nullable Resource after) {
    if (current == null) {
      return;
    }
    ResourceId id = Objects.requireNonNull(before != null ? before : after).id();
    ResourceId origin = before == null ? id : origins.getOrDefault(id, id);
    origins.remove(id);
    if (before != null && after != null && !after.id().equals(origin)) {
      origins.put(after.id(), origin);
    }
    // What is made is filled in with what nobody named.
    boolean made = before != null && current.events.remove(new Happened(null, before, origin));
    if (!made || after != null) {
      current.events.add(new Happened(made ? null : before, after, origin));
    }
  }

  /** The last step is done. */
  void ended() {
    finish();
    current = null;
  }

  private void finish() {
    if (current != null) {
      current.left = sight.find(current.change.id());
      if (current.events.stream().anyMatch(Witnessed::takesWay)) {
        current.rest = sight.state().resources().stream().filter(Witnessed::isWay).toList();
      }
    }
  }

  private static boolean takesWay(Happened each) {
    return each.after() == null && isWay(each.to());
  }

  private static boolean isWay(Resource each) {
    return each.id().type() == ResourceType.ROUTE || each.id().type() == ResourceType.RULE;
  }

  /** Whether a model of the kernel as it is now takes the same as a change of what is there. */
  private boolean isModifiable(Change.Recreate anew) {
    if (sight.find(anew.live().id()) == null || anew.id().type() == ResourceType.RULE) {
      return false; // it went with something else; or the kernel changes none, nor its place
    }
    try (ModelKernel other = new ModelKernel(sight.state())) {
      LiveState now = other.state(); // with interface indexes of its own
      Change modify =
          new Change.Modify(
              anew.address(),
              anew.live(),
              anew.wanted(),
              anew.fields(),
              List.of(),
              anew.disruption());
      Plan plan = new Plan(List.of(modify), List.of(), List.of(), List.of());
      if (other.apply(plan, now, SwitchAccess.NONE, Progress.silent()) != null) {
        return false;
      }
      Resource then = other.find(anew.id());
      return then != null
          && anew.fields().stream()
              .allMatch(
                  each ->
                      Claims.IDENTITY.contains(each.name())
                          || then.get(each.name()).equals(each.after()));
    }
  }
}
