// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The hops behind a packet, the last one first; and whether it is a copy among others. */
record Trail(@Nullable Trail before, @Nullable Hop hop, boolean isCopy) {
  static final Trail START = new Trail(null, null, false);

  Trail then(Hop next) {
    return new Trail(this, next, isCopy);
  }

  Trail then(Hop.Kind kind, String namespace, String name, String decision, String reason) {
    return then(new Hop(kind, namespace, name, decision, reason));
  }

  /** The trail of one copy among others. */
  Trail copy(boolean amongOthers) {
    return amongOthers ? new Trail(before, hop, true) : this;
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
