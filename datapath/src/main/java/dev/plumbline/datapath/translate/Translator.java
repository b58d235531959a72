// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.NatRanges;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is done with a packet. It holds nothing from one packet to the next; each thread
 * needs its own.
 *
 * <p>The way of a packet: {@link #enter} a bridge by a port, where {@link Normal} says which ports
 * it leaves by, and by patch ports into further bridges. Where there are flows, a {@link Pipeline}
 * is in front of {@link Normal}.
 */
public final class Translator {
  private final Way way;

  /** Ranges of nat have numbers of its own. */
  public Translator() {
    this(new NatRanges());
  }

  /**
   * One whose actions name ranges of nat by these numbers.
   *
   * @param ranges those that flows name and that are not there yet get theirs
   */
  public Translator(NatRanges ranges) {
    way = new Way(ranges);
  }

  /**
   * Decides.
   *
   * @param nowMillis only looked at where the decision is not cacheable
   * @param out filled
   */
  public void translate(FlowKey key, SwitchState state, long nowMillis, Decision out) {
    translate(key, state, nowMillis, out, null);
  }

  /**
   * The same, and says how.
   *
   * @param listener null: nobody
   */
  public void translate(
      FlowKey key,
      SwitchState state,
      long nowMillis,
      Decision out,
      @Nullable DecisionListener listener) {
    out.clear();
    out.listener(listener);
    out.mask().useLayer2();
    way.start(key, state, nowMillis, out, listener);
    long tags = tags(key);
    Port in = state.port(key.inPort());
    Bridge bridge = in == null ? null : state.bridge(in.bridge());
    if (in == null || bridge == null) {
      out.notCacheable();
      out.refuse(DropReason.UNKNOWN_PORT);
    } else if (in.hasEnds()) {
      out.notCacheable();
      out.refuse(DropReason.NO_TUNNEL_END); // packets come by its ends
    } else if (TagStack.depth(tags) == 0 && isTpid(key.ethType())) {
      out.refuse(DropReason.MALFORMED_TAG);
    } else if ((key.ethSrc() & Normal.GROUP) != 0) {
      out.refuse(DropReason.GROUP_SOURCE);
    } else {
      enter(way, bridge, in, tags);
    }
    way.noteLooked();
    out.finish(key, tags);
  }

  /** A packet comes into a bridge. */
  static void enter(Way way, Bridge bridge, Port in, long tags) {
    DecisionListener listener = way.listener();
    if (listener != null) {
      listener.enters(bridge.number(), in.number());
    }
    FlowTables flows = bridge.flows();
    if (!way.guard().letsIn(bridge, in, tags)) {
      // and nothing is learnt
    } else if (flows == null) {
      way.tunnel(Math.max(0, in.tunnelKey()), 0);
      Normal.forward(way, bridge, in, tags);
    } else {
      way.enterFlows(bridge, in, flows, tags);
    }
    if (listener != null) {
      listener.leaves();
    }
  }

  /**
   * A frame goes out by a patch port and comes in by the other end. Meters there hold for what is
   * sent there.
   */
  static void cross(Way way, Port patch, long tags) {
    Port in = way.state().port(patch.peer());
    Bridge bridge = in == null ? null : way.state().bridge(in.bridge());
    if (in == null || bridge == null) {
      way.decision().reason(DropReason.NO_PEER);
    } else {
      int meter = way.decision().meter();
      enter(way, bridge, in, tags);
      way.decision().backToMeter(meter);
    }
  }

  private static long tags(FlowKey key) {
    int outer = key.vlanTci();
    int inner = key.get(FlowField.INNER_TCI);
    long tags = TagStack.EMPTY;
    if ((inner & FlowKey.VLAN_PRESENT) != 0) {
      tags = push(tags, key.get(FlowField.INNER_TPID), inner);
    }
    if ((outer & FlowKey.VLAN_PRESENT) != 0) {
      tags = push(tags, key.get(FlowField.VLAN_TPID), outer);
    }
    return tags;
  }

  private static long push(long tags, int tpid, int tci) {
    return TagStack.push(tags, tpid, tci >> 13, tci & 0xfff);
  }

  private static boolean isTpid(int type) {
    return type == TagStack.TPID_8021Q || type == TagStack.TPID_8021AD;
  }
}
