// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.sim.Witnessed.Step;
import java.util.List;
import java.util.Set;

/** Fields that follow what a step tells of something else, so that no step tells of them. */
final class Follows {
  /** The place of an address among those of its device. */
  private static final Set<String> PLACE = Set.of("secondary", AddressText.POSITION);

  private static final Set<String> LET_GO = Set.of("master", "up");

  private Follows() {}

  static boolean follows(String field, Resource before, Resource after, Step step, Claims claims) {
    ResourceType type = before.id().type();
    if (type == ResourceType.ADDRESS) {
      return PLACE.contains(field) || (field.equals("label") && !before.id().equals(after.id()));
    }
    if (type == ResourceType.ROUTE) {
      return (field.equals("dev") || field.equals("nextHops")) && goesBySame(before, after, claims);
    }
    if (type == ResourceType.DEVICE) {
      return followsDevice(field, before, after, claims)
          || (LET_GO.contains(field) && isLetGo(before, after, step, claims));
    }
    return false;
  }

  /** A master that is made anew, or has to be empty, lets its ports go; each has its own step. */
  private static boolean isLetGo(Resource before, Resource after, Step step, Claims claims) {
    Resource master = step.change.before();
    return master != null
        && !before.get("master").isEmpty()
        && after.get("master").isEmpty()
        && master.id().device().equals(before.get("master"))
        && claims.isKnown(before.id());
  }

  /** A bond sets up whom it takes (bond_enslave). */
  private static boolean joins(Resource before, Resource after) {
    return after.get("up").equals("true")
        && !after.get("master").isEmpty()
        && !after.get("master").equals(before.get("master"));
  }

  private static boolean goesBySame(Resource before, Resource after, Claims claims) {
    List<String> old = RouteText.devices(before);
    List<String> now = RouteText.devices(after);
    boolean same = old.size() == now.size();
    for (int i = 0; same && i < old.size(); i++) {
      same =
          claims.isRenamed(
              ResourceId.deviceIn(before.id().namespace(), old.get(i)),
              ResourceId.deviceIn(after.id().namespace(), now.get(i)));
    }
    return same;
  }

  private static boolean followsDevice(
      String field, Resource before, Resource after, Claims claims) {
    return switch (field) {
      case "master", "parent" -> isNamed(field, before, after, claims);
      // A bond forgets whom it prefers when that leaves, and remembers when it is back.
      case "primary" ->
          before.get(field).isEmpty()
              || after.get(field).isEmpty()
              || isNamed(field, before, after, claims);
      case "peer" ->
          claims.isRenamed(PeerText.parse(before.get("peer")), PeerText.parse(after.get("peer")));
      // A mode that cannot do without has its members watched (bond_option_mode_set).
      case "miimon" -> !before.get("mode").equals(after.get("mode"));
      case "up" -> before.get("kind").equals("vlan") || joins(before, after);
      default -> field.startsWith("port.");
    };
  }

  /** Whether a field names the same device as before, whatever that is called now. */
  static boolean isNamed(String field, Resource before, Resource after, Claims claims) {
    if (before.get(field).equals(after.get(field))) {
      return true;
    }
    if (before.get(field).isEmpty() || after.get(field).isEmpty()) {
      return false;
    }
    ResourceId old = ResourceId.deviceIn(before.id().namespace(), before.get(field));
    ResourceId now = ResourceId.deviceIn(after.id().namespace(), after.get(field));
    return claims.isRenamed(old, now);
  }
}
