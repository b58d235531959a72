// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import dev.plumbline.reconciler.plan.Disruption.Level;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.RuleText;
import dev.plumbline.reconciler.resource.VlansText;
import dev.plumbline.reconciler.sim.Witnessed.Happened;
import dev.plumbline.reconciler.sim.Witnessed.Step;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an event means for traffic, by the event alone: the least class that a plan may give it. */
final class Impact {
  private Impact() {}

  static Level of(Happened each, Step step, boolean idle, Claims claims) {
    Resource before = each.before();
    Resource after = each.after();
    if (before == null || (idle && before.id().type() == ResourceType.DEVICE)) {
      return Level.NONE; // what is new carries nothing yet
    }
    return switch (before.id().type()) {
      case DEVICE -> device(before, after, claims);
      case ADDRESS -> after == null && !idle ? Level.INTERRUPTS : Level.NONE;
      case ROUTE -> after == null ? route(before.id(), step) : Level.IN_PLACE;
      case VLANS -> after == null || idle ? Level.NONE : vlans(before, after);
      case RULE -> after == null ? rule(before, step) : Level.IN_PLACE;
      case FDB -> after == null && !idle ? Level.INTERRUPTS : Level.NONE;
      case NAMESPACE, PORT -> after == null ? Level.INTERRUPTS : Level.IN_PLACE;
      default -> Level.NONE;
    };
  }

  private static Level device(Resource before, @Nullable Resource after, Claims claims) {
    if (!before.get("up").equals("true")) {
      return Level.NONE;
    }
    boolean stops =
        after == null
            || !after.get("up").equals("true")
            || !after.id().namespace().equals(before.id().namespace())
            || !Follows.isNamed("master", before, after, claims);
    if (stops) {
      return Level.INTERRUPTS;
    }
    Resource now = Objects.requireNonNull(after);
    boolean forgetsOrRemembers = before.get("primary").isEmpty() || now.get("primary").isEmpty();
    boolean same =
        own(now, forgetsOrRemembers).equals(own(before, forgetsOrRemembers))
            && now.id().equals(before.id());
    return same ? Level.NONE : Level.IN_PLACE;
  }

  /**
   * What the far end of a pair is called is nothing to this one; and that a bond forgets whom it
   * prefers when that leaves, and remembers when it is back, goes with the step of that one: nobody
   * can read which name it was told once.
   */
  private static Map<String, String> own(Resource device, boolean forgetsOrRemembers) {
    Map<String, String> fields = new TreeMap<>(device.fields());
    fields.remove("peer");
    if (forgetsOrRemembers) {
      fields.remove("primary");
    }
    return fields;
  }

  /** Another way to the same destination, whatever its metric, takes over. */
  private static Level route(ResourceId gone, Step step) {
    return step.rest.stream()
            .map(Resource::id)
            .filter(other -> other.type() == ResourceType.ROUTE)
            .anyMatch(
                other ->
                    other.namespace().equals(gone.namespace())
                        && RouteText.destination(other).equals(RouteText.destination(gone))
                        && RouteText.table(other) == RouteText.table(gone))
        ? Level.IN_PLACE
        : Level.INTERRUPTS;
  }

  /** Another one that does the same with its packets takes over. */
  private static Level rule(Resource gone, Step step) {
    return step.rest.stream()
            .filter(other -> other.id().type() == ResourceType.RULE)
            .anyMatch(other -> RuleText.covers(other, gone))
        ? Level.IN_PLACE
        : Level.INTERRUPTS;
  }

  private static Level vlans(Resource before, Resource after) {
    Set<Integer> lost = VlansText.parse(before.get("vlans")).keySet();
    return VlansText.parse(after.get("vlans")).keySet().containsAll(lost)
        ? Level.IN_PLACE
        : Level.INTERRUPTS;
  }
}
