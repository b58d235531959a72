// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is in a bond, and what bonds have to be told when their members get other names. A bond knows
 * by name whom it prefers: nobody, once that one is called otherwise, and whoever gets the name
 * that it was told once (bond_slave_netdev_event, drivers/net/bonding/bond_main.c).
 */
public final class RenamedMembers {
  private static final Set<String> PREFERRING =
      Set.of("active-backup", "balance-tlb", "balance-alb");

  /**
   * Whom a bond is to prefer.
   *
   * @param bond as it is called before the plan
   * @param member as it is called by then; empty for nobody
   */
  public record Preference(ResourceId bond, String member) {}

  private final LiveState live;

  /** Bonds that the plan tells, or makes anew, itself. */
  private final Set<ResourceId> told = new HashSet<>();

  /** Whom bonds prefer by now, who may have had several names on the way. */
  private final Map<ResourceId, String> primaries = new HashMap<>();

  /** What devices that have another name by now were called before the plan. */
  private final Map<ResourceId, ResourceId> origins = new HashMap<>();

  /** Bonds as they are called when all is done that may remember whom they prefer no more. */
  private final Map<ResourceId, Boolean> remembering = new HashMap<>();

  public RenamedMembers(Plan plan, LiveState live) {
    this.live = live;
    Map<ResourceId, ResourceId> names = new HashMap<>();
    for (Change change : plan.changes()) {
      Resource before = change.before();
      boolean device = change.id().type() == ResourceType.DEVICE;
      if (device && !(change instanceof Change.Modify)) {
        remembering.put(change.id(), false);
      } else if (device && change instanceof Change.Modify modify) {
        // It may have a name for a moment, on its way to another one.
        Resource now = live.find(names.getOrDefault(modify.live().id(), modify.live().id()));
        remembering.put(
            change.id(),
            now != null
                && !modify.changes("primary")
                && mayRemember(now, modify.wanted().get("mode")));
      }
      boolean keeps =
          change instanceof Change.Modify modify
              && !modify.changes("primary")
              && !modify.changes("mode")
              && modify.live().id().namespace().equals(modify.id().namespace());
      if (!device || before == null) {
        continue;
      }
      ResourceId origin = names.getOrDefault(before.id(), before.id());
      if (!before.id().equals(change.id())) {
        names.remove(before.id()); // whoever has that name later is another one
        names.put(change.id(), origin);
      }
      if (!keeps) {
        told.add(origin);
      }
    }
  }

  private static boolean mayRemember(Resource bond, String mode) {
    return isBond(bond)
        && bond.owner() != null
        && PREFERRING.contains(mode)
        && bond.get("primary").isEmpty();
  }

  /**
   * Whether the bond that a device joins has to be told that it prefers nobody, which is so once
   * for each: a bond that preferred a member that is gone prefers the next one of that name, and
   * nobody can read which name that is. Only of bonds of ours, which prefer nobody by the file.
   */
  public boolean forgets(Resource member) {
    ResourceId id = ResourceId.deviceIn(member.id().namespace(), member.get("master"));
    Boolean planned = remembering.put(id, false);
    Resource now = planned == null ? live.find(id) : null;
    return planned == null ? now != null && mayRemember(now, now.get("mode")) : planned;
  }

  /**
   * Whether a device is in a bond before its step; to be asked before the step renames it. What the
   * step says of its master is what that is called later, and another device may have that name
   * now, or this name then.
   */
  public boolean isInBond(Resource from) {
    ResourceId origin = origins.getOrDefault(from.id(), from.id());
    Resource member = from.get("master").isEmpty() ? null : live.find(origin);
    return member != null && isBond(masterOf(member));
  }

  private @Nullable Resource masterOf(Resource member) {
    return live.find(ResourceId.deviceIn(member.id().namespace(), member.get("master")));
  }

  private static boolean isBond(@Nullable Resource device) {
    return device != null && device.get("kind").equals("bond");
  }

  /**
   * Whom the bond of a device is to prefer once that has another name; to be asked for each rename,
   * in the order in which they are done.
   *
   * @return null where it need not be told
   */
  public @Nullable Preference preferred(Resource from, Resource to) {
    ResourceId origin = origins.getOrDefault(from.id(), from.id());
    origins.remove(from.id());
    origins.put(to.id(), origin);
    Resource member = live.find(origin);
    Resource bond = member == null ? null : masterOf(member);
    boolean stays =
        from.get("master").equals(to.get("master"))
            && from.id().namespace().equals(to.id().namespace());
    if (bond == null
        || !stays
        || !isBond(bond)
        || !PREFERRING.contains(bond.get("mode"))
        || told.contains(bond.id())) {
      return null;
    }
    String primary = primaries.getOrDefault(bond.id(), bond.get("primary"));
    String now = primary.equals(from.id().device()) ? to.id().device() : primary;
    primaries.put(bond.id(), now);
    return new Preference(bond.id(), now);
  }
}
