// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.VlansText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** The change that makes what is there what it shall be; of everything but devices. */
final class Comparison {
  /** What replacing an IPv4 address silently keeps (docs/kernel-facts.md). */
  private static final Set<String> FIXED_IN_IPV4 =
      Set.of("label", "broadcast", "scope", "noPrefixRoute");

  private Comparison() {}

  /**
   * Compares.
   *
   * @param whole all that the resource shall be
   * @param same what tells whether a lifetime is as wanted
   * @return null where it is so already
   */
  static @Nullable Change of(
      String address, Resource whole, Resource there, BiPredicate<String, String> same) {
    List<FieldChange> fields = new ArrayList<>();
    boolean anew = false;
    for (Map.Entry<String, String> field : whole.fields().entrySet()) {
      String name = field.getKey();
      boolean asWanted =
          Lifetimes.isOne(name)
              ? same.test(name, field.getValue())
              : SameText.same(whole.id(), name, there.get(name), field.getValue());
      if (!asWanted) {
        fields.add(new FieldChange(name, there.get(name), field.getValue()));
        anew |= isFixed(whole.id(), name);
      }
    }
    return fields.isEmpty() ? null : changed(address, there, result(there, whole), fields, anew);
  }

  private static boolean isFixed(ResourceId id, String field) {
    return id.type() == ResourceType.ADDRESS
        && !id.key().contains(":")
        && FIXED_IN_IPV4.contains(field);
  }

  private static Resource result(Resource there, Resource whole) {
    Resource result = new Resource(there.id(), there.owner(), there.fields()).with(whole.fields());
    boolean otherWay =
        there.id().type() == ResourceType.ROUTE
            && !whole.has("dev")
            && !whole.get("via").equals(there.get("via"));
    // The kernel finds the device of another gateway itself.
    return otherWay ? result.with("dev", "") : result;
  }

  private static Change changed(
      String address, Resource there, Resource result, List<FieldChange> fields, boolean anew) {
    if (anew) {
      String what = "connections from " + AddressText.local(there.id().key());
      return new Change.Recreate(
          address, there, result, fields, List.of(), Disruption.interrupts(what));
    }
    return new Change.Modify(address, there, result, fields, List.of(), disruption(there, result));
  }

  /** A port that leaves a VLAN, or carries it otherwise, interrupts that VLAN and no other. */
  private static Disruption disruption(Resource there, Resource result) {
    if (there.id().type() == ResourceType.PORT) {
      return Disruption.interrupts("traffic through " + there.id());
    }
    if (there.id().type() != ResourceType.VLANS) {
      return Disruption.IN_PLACE;
    }
    SortedMap<Integer, VlansText.Flags> lost = VlansText.parse(there.get("vlans"));
    SortedMap<Integer, VlansText.Flags> kept = VlansText.parse(result.get("vlans"));
    lost.entrySet().removeIf(vlan -> vlan.getValue().equals(kept.get(vlan.getKey())));
    lost.replaceAll((id, flags) -> VlansText.Flags.TAGGED);
    return lost.isEmpty()
        ? Disruption.IN_PLACE
        : Disruption.interrupts("VLAN " + VlansText.print(lost) + " on " + there.id().device());
  }
}
