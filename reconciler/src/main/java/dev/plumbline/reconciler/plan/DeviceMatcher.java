// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the live device of each wanted one.
 *
 * <p>A device that plumbline made is recognised by its mark, wherever it is and whatever it is
 * called now: that is what makes a rename or a move a change in place. A veth's peer is recognised
 * by the pair. All others are recognised by namespace and name.
 */
final class DeviceMatcher {

  private final LiveState live;
  private final Map<String, List<Resource>> byOwner = new HashMap<>();
  private final Map<String, Resource> matches = new LinkedHashMap<>();
  private final Set<ResourceId> claimed = new HashSet<>();

  DeviceMatcher(LiveState live, List<Wanted> devices) {
    this.live = live;
    for (Resource device : live.ofType(ResourceType.DEVICE)) {
      if (device.owner() != null) {
        byOwner.computeIfAbsent(device.owner(), owner -> new ArrayList<>()).add(device);
      }
    }
    for (Wanted wanted : devices) {
      claim(wanted, wanted.makes() ? marked(wanted) : null);
    }
    // Near ends before far ends, whatever the order of the goal, for these go by them.
    for (boolean far : new boolean[] {false, true}) {
      for (Wanted wanted : devices) {
        if ((PeerText.nearEnd(wanted.address()) != null) == far
            && !matches.containsKey(wanted.address())) {
          // The pair first: what is at the wanted name now may be somebody else's.
          Resource mate = mate(wanted);
          claim(wanted, mate != null ? mate : sameName(wanted));
        }
      }
    }
  }

  @Nullable Resource matchOf(Wanted wanted) {
    return matches.get(wanted.address());
  }

  boolean isClaimed(Resource device) {
    return claimed.contains(device.id());
  }

  private void claim(Wanted wanted, @Nullable Resource device) {
    if (device != null && claimed.add(device.id())) {
      matches.put(wanted.address(), device);
    }
  }

  private @Nullable Resource marked(Wanted wanted) {
    List<Resource> candidates = byOwner.getOrDefault(wanted.address(), List.of());
    for (Resource candidate : candidates) {
      if (candidate.id().equals(wanted.resource().id())) {
        return candidate;
      }
    }
    return candidates.isEmpty() ? null : candidates.get(0);
  }

  /** The device of the wanted name; one of plumbline's own of another kind just makes room. */
  private @Nullable Resource sameName(Wanted wanted) {
    Resource device = live.find(wanted.resource().id());
    boolean other =
        device != null
            && device.isOurs()
            && wanted.makes()
            && !device.get("kind").equals(wanted.resource().get("kind"));
    return other ? null : device;
  }

  private @Nullable Resource mate(Wanted wanted) {
    String near = PeerText.nearEnd(wanted.address());
    Resource first = near == null ? null : matches.get(near);
    // The far end of a pair that somebody else made is that only if it has the wanted name.
    return first == null || !first.isOurs() ? null : live.find(PeerText.parse(first.get("peer")));
  }
}
