// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.embedded.FlowText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Deletions of what is no device, with what they interrupt. */
final class Departures {
  private final Set<ResourceId> staying;

  /** The destinations that there are routes to then; null until somebody asks. */
  private @Nullable Set<String> destinations;

  /**
   * @param staying what the goal names, and is there once the plan is done
   */
  Departures(Set<ResourceId> staying) {
    this.staying = staying;
  }

  /** The kernel is asked to remove it. */
  Change.Delete asked(Resource going) {
    return deletion(going, false, disruption(going));
  }

  /**
   * The kernel removes it along with something else.
   *
   * @param idle whether nothing could pass it anyway, as its device is down
   */
  Change.Delete along(Resource going, boolean idle) {
    return deletion(going, true, idle ? Disruption.NONE : disruption(going));
  }

  private static Change.Delete deletion(Resource going, boolean implied, Disruption disruption) {
    // A flow may be somebody's, whom rules for drift name as the file would.
    String address =
        going.id().type().isDecidedBy() ? FlowText.address(going.id()) : going.id().toString();
    return new Change.Delete(address, going, implied, List.of(), disruption);
  }

  private Disruption disruption(Resource going) {
    boolean replaced =
        going.id().type() == ResourceType.ROUTE && destinations().contains(destination(going.id()));
    // It is the flows that take traffic.
    boolean isNamed =
        going.id().type() == ResourceType.GROUP || going.id().type() == ResourceType.METER;
    return replaced || isNamed
        ? Disruption.IN_PLACE
        : Disruption.interrupts("traffic by " + going.id());
  }

  private Set<String> destinations() {
    Set<String> known = destinations;
    if (known == null) {
      known = new HashSet<>();
      for (ResourceId id : staying) {
        if (id.type() == ResourceType.ROUTE) {
          known.add(destination(id));
        }
      }
      destinations = known;
    }
    return known;
  }

  /** A route's key but for its metric. */
  private static String destination(ResourceId route) {
    return route.namespace() + " " + RouteText.destination(route) + " " + RouteText.table(route);
  }
}
