// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.SysctlText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What may not be as it was, where a plan broke off and the host cannot be read. */
final class Doubtful {
  private static final String FAR_END = ".peer";

  private final LiveState was;
  private final Set<ResourceId> named = new HashSet<>();
  private final List<String> lines = new ArrayList<>();

  private Doubtful(LiveState was) {
    this.was = was;
  }

  /**
   * A line for each: what the kernel was asked for, and what goes along with that, in a step of its
   * own or in none.
   *
   * @param asked the steps that the kernel was asked for
   */
  static List<String> lines(LiveState was, Plan plan, List<Change> asked) {
    Doubtful doubtful = new Doubtful(was);
    Set<String> known = new HashSet<>();
    asked.forEach(each -> known.add(each.address()));
    List<Change> changes = new ArrayList<>();
    for (Change change : plan.changes()) { // in their order: what others wait for comes first
      boolean there = change.before() != null || was.has(change.id()) || isMadeAlong(change, known);
      if (known.contains(change.address())) {
        changes.add(change);
        doubtful.name(change, "may still be as its step (%s) leaves it");
      } else if (there && change.waitsFor().stream().anyMatch(known::contains)) {
        known.add(change.address());
        changes.add(change);
        doubtful.name(change, "may have come, gone or changed with what its step (%s) waits for");
      }
    }
    changes.forEach(doubtful::along);
    return doubtful.lines;
  }

  /** The far end of a pair, which is made with the near one. */
  private static boolean isMadeAlong(Change change, Set<String> known) {
    Resource wanted = change.after();
    String address = change.address();
    return wanted != null
        && wanted.get("kind").equals("veth")
        && address.endsWith(FAR_END)
        && known.contains(address.substring(0, address.length() - FAR_END.length()));
  }

  private void name(Change change, String what) {
    lines.add(change.address() + ": " + what.formatted(change.action().label()));
    named.add(change.id());
    Resource before = change.before();
    if (before != null) {
      named.add(before.id());
    }
  }

  /** What is in a namespace that goes has no steps, nor has what is on devices there. */
  private void along(Change change) {
    Resource before = change.before();
    boolean goes = change.after() == null || change instanceof Change.Recreate;
    if (before == null || !goes) {
      return;
    }
    along(before.id(), change.address());
  }

  private void along(ResourceId going, String address) {
    for (Resource each : was.resources()) {
      if (goesWith(each, going) && named.add(each.id())) {
        lines.add(each.id() + ": may have gone along with " + address);
        along(each.id(), address);
      }
    }
  }

  private static boolean goesWith(Resource each, ResourceId going) {
    ResourceId id = each.id();
    if (going.type() == ResourceType.NAMESPACE) {
      return id.namespace().equals(going.key());
    }
    boolean here = going.type() == ResourceType.DEVICE && id.namespace().equals(going.namespace());
    return switch (id.type()) {
      case ADDRESS, VLANS, FDB -> here && id.device().equals(going.device());
      case SYSCTL -> here && SysctlText.device(id).equals(going.device());
      case DEVICE -> here && each.get("parent").equals(going.device());
      case ROUTE -> here && RouteText.devices(each).contains(going.device());
      default -> false;
    };
  }
}
