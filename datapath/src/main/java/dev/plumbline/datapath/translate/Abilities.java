// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.openflow.Action;
import dev.plumbline.datapath.openflow.Action.Load;
import dev.plumbline.datapath.openflow.Action.Modify;
import dev.plumbline.datapath.openflow.Action.Move;
import dev.plumbline.datapath.openflow.Action.SetField;
import dev.plumbline.datapath.openflow.MatchField;
import org.jspecify.annotations.Nullable;

/** What the fast path can do of a flow's actions. */
final class Abilities {
  private Abilities() {}

  /** Whether all can be done that the action may come to. */
  static boolean has(Action action) {
    MatchField changed = changed(action);
    if (changed != null) {
      return switch (changed) {
        case IN_PORT, SCTP_SRC, SCTP_DST -> false;
        default -> true;
      };
    }
    return true;
  }

  /** Whether NORMAL may see another address behind it than the packet came with. */
  static boolean changesAddress(Action action) {
    MatchField changed = changed(action);
    if (changed == null) {
      return false;
    }
    return switch (changed) {
      case ETH_SRC, ETH_DST, ARP_OP, ARP_SPA, ARP_TPA -> true;
      default -> false;
    };
  }

  /** The field that the action changes; null: none, or the TTL alone. */
  private static @Nullable MatchField changed(Action action) {
    if (action instanceof Modify modify) {
      return modify.part().field();
    }
    if (action instanceof SetField set) {
      return set.field();
    }
    if (action instanceof Load load) {
      return load.to().field();
    }
    return action instanceof Move move ? move.to().field() : null;
  }
}
