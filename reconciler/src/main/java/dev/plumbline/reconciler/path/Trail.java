// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hops behind a packet, the last one first; and whether it is a copy among others.
 *
 * @param visit where a router had it; null: it is about a hop, or nothing
 */
record Trail(@Nullable Trail before, @Nullable Hop hop, boolean isCopy, @Nullable Visit visit) {
  static final Trail START = new Trail(null, null, false, null);

  /**
   * A packet that a namespace is to forward.
   *
   * @param in the device that it came in by
   * @param packet whatever its TTL
   */
  record Visit(Device in, Packet packet) {}

  Trail then(Hop next) {
    return new Trail(this, next, isCopy, null);
  }

  Trail then(Hop.Kind kind, String namespace, String name, String decision, String reason) {
    return then(new Hop(kind, namespace, name, decision, reason));
  }

  /** The trail of one copy among others. */
  Trail copy(boolean amongOthers) {
    return amongOthers ? new Trail(before, hop, true, visit) : this;
  }

  Trail then(Visit next) {
    return new Trail(this, null, isCopy, next);
  }

  /** Whether a router has had it before: it goes round. */
  boolean has(Visit wanted) {
    for (Trail at = this; at != null; at = at.before) {
      if (wanted.equals(at.visit)) {
        return true;
      }
    }
    return false;
  }

  List<Hop> hops() {
    List<Hop> hops = new ArrayList<>();
    for (Trail at = this; at != null; at = at.before) {
      if (at.hop != null) {
        hops.add(at.hop);
      }
    }
    Collections.reverse(hops);
    return hops;
  }
}
