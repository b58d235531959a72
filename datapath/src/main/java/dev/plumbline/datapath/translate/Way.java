// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.classifier.Wildcards;
import dev.plumbline.datapath.flow.CtAnswer;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.NatRanges;
import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.MatchField;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** A packet's way through the switch while it is decided on. Made once, used again and again. */
final class Way {
  private static final FlowKey NO_KEY = new FlowKey();
  private static final Decision NO_DECISION = new Decision();

  private FlowKey key = NO_KEY;
  private SwitchState state = SwitchState.EMPTY;
  private Decision decision = NO_DECISION;
  private long nowMillis;
  private @Nullable DecisionListener listener;
  private final int[] visited = new int[Decision.WAY_LIMIT];

  /** Those of the visits that the packet is on. */
  private final BitSet inside = new BitSet(Decision.WAY_LIMIT);

  private int visits;

  /** Of the flow's action that is being done. */
  private int firstVisit;

  private boolean refused;
  private boolean ended;

  /** Ended by too many lookups, one inside the other or in all. */
  private boolean isExhausted;

  private int lookups;
  private int depth;
  private int bridges;
  private final @Nullable Pipeline[] pipelines = new Pipeline[Pipeline.DEPTH + 1];
  private final Wildcards looked = new Wildcards();
  private final FieldValues bits = new FieldValues();
  private @Nullable Rewrite rewrite;
  private boolean hasLooked;
  private final Guard guard = new Guard(this);

  /** What flows have said of tunnels. */
  private long tunnelKey;

  private long tunnelRemote;

  private final NatRanges ranges;

  Way(NatRanges ranges) {
    this.ranges = ranges;
  }

  /** The numbers of what connections are translated to. */
  NatRanges ranges() {
    return ranges;
  }

  void start(
      FlowKey newKey,
      SwitchState newState,
      long newNowMillis,
      Decision out,
      @Nullable DecisionListener newListener) {
    listener = newListener;
    key = newKey;
    state = newState;
    nowMillis = newNowMillis;
    decision = out;
    inside.clear();
    visits = 0;
    firstVisit = 0;
    refused = false;
    ended = false;
    isExhausted = false;
    lookups = 0;
    depth = 0;
    bridges = 0;
    rewrite = null;
    hasLooked = false;
    looked.clear();
  }

  /** Null, as nearly always: nobody listens. */
  @Nullable DecisionListener listener() {
    return listener;
  }

  /** The packet as it came in. */
  FlowKey key() {
    return key;
  }

  /** The packet as it is by now; port and tags are as they came. */
  FlowKey packet() {
    return rewrite == null ? key : rewrite.key();
  }

  /** What of its headers is no longer as it came; null: nothing. */
  @Nullable Rewrite rewrite() {
    return rewrite;
  }

  /** Goes on with other headers; the value is lent. */
  void rewrite(@Nullable Rewrite now) {
    rewrite = now;
  }

  /**
   * What flows have said of where tunnels go.
   *
   * @param remote IPv4; 0: nothing
   */
  void tunnel(long key, long remote) {
    tunnelKey = key;
    tunnelRemote = remote;
  }

  /** The packet leaves, by a port that is no patch's. */
  void output(Port port, long tags, boolean known) {
    TunnelEnd.Wanted wanted = state.wanted(port.number(), tunnelRemote, tunnelKey);
    Port by = wanted == null ? port : state.port(state.end(wanted));
    if (wanted != null && port.tunnelRemote() == Port.OF_FLOW && wanted.remote() == 0) {
      decision.reason(DropReason.NO_TUNNEL_END);
    } else if (wanted != null && by == null) {
      decision.want(wanted);
    } else if (by != null && state.isSendable(by)) {
      decision.addOutput(by, tags, known, rewrite);
    } else {
      decision.reason(DropReason.OUTPUT_DOWN);
    }
  }

  /** The filters of ports. */
  Guard guard() {
    return guard;
  }

  SwitchState state() {
    return state;
  }

  Decision decision() {
    return decision;
  }

  long nowMillis() {
    return nowMillis;
  }

  /** Whether there is nothing more to decide: the whole packet is dropped. */
  boolean isRefused() {
    return refused;
  }

  /** Whether flows are done with: what was sent is sent, and nothing more is. */
  boolean isEnded() {
    return ended;
  }

  /** Ends what flows do with the packet; the reason counts if nothing was sent. */
  void end(DropReason reason) {
    if (!ended) {
      isExhausted = reason == DropReason.TOO_MANY_LOOKUPS;
    }
    ended = true;
    decision.reason(reason);
  }

  /**
   * The packet comes into a bridge that has flows. Behind a patch port, too many lookups end what
   * this bridge does with it, not what the one does that it came from, as in Open vSwitch.
   */
  void enterFlows(Bridge bridge, Port in, FlowTables flows, long tags) {
    if (ended) {
      return;
    }
    boolean isPeer = in.kind() == PortKind.PATCH;
    if (!isPeer) {
      enterPipeline(bridge, in, flows, tags);
    } else if (deepen()) {
      enterPipeline(bridge, in, flows, tags);
      surface();
    }
    if (isPeer && isExhausted) {
      ended = false;
      isExhausted = false;
    }
  }

  private void enterPipeline(Bridge bridge, Port in, FlowTables flows, long tags) {
    hasLooked = true;
    Pipeline pipeline = pipelines[bridges];
    if (pipeline == null) {
      pipeline = new Pipeline(this, looked, bridge, in, flows);
      pipelines[bridges] = pipeline;
    }
    bridges++;
    pipeline.enter(bridge, in, flows, tags);
    bridges--;
  }

  /**
   * What connection tracking says of the packet. If nobody has asked, the decision is to ask, and
   * the way ends: it begins anew when the answer is there.
   *
   * @param zone bridge × 2^16 + zone
   * @return the answer's index in the key; -1: there is none
   */
  int ask(int zone) {
    for (int i = 0; i < FlowKey.CT_ANSWERS; i++) {
      decision.mask().useCt(i, false);
      long answer = key.ct(i);
      if (answer == 0) {
        decision.ask(zone);
        refused = true;
        return -1;
      }
      if (CtAnswer.zone(answer) == zone) {
        return i;
      }
    }
    end(DropReason.TOO_MANY_ZONES);
    return -1;
  }

  /** Notes a lookup; false: there have been too many. */
  boolean countLookup() {
    if (lookups == Pipeline.LOOKUPS) {
      end(DropReason.TOO_MANY_LOOKUPS);
      return false;
    }
    lookups++;
    return true;
  }

  /** Notes that something is done inside of another; false: too much is. */
  boolean deepen() {
    if (depth == Pipeline.DEPTH) {
      end(DropReason.TOO_MANY_LOOKUPS);
      return false;
    }
    depth++;
    return true;
  }

  /** Undoes {@link #deepen}. */
  void surface() {
    depth--;
  }

  /** Notes that bits of a field were looked at; those that were written say nothing of it. */
  void look(MatchField field, int offset, int width, FieldValues written) {
    hasLooked = true;
    bits.clear();
    bits.bits(field, offset, width, -1);
    for (int word = 0; word < FieldValues.WORDS; word++) {
      looked.look(word, bits.word(word) & ~written.word(word));
    }
  }

  /** Notes what a lookup looked at; bits that were written say nothing of the packet. */
  void look(Wildcards lookup, FieldValues written) {
    hasLooked = true;
    for (int word = 0; word < FieldValues.WORDS; word++) {
      looked.look(word, lookup.looked(word) & ~written.word(word));
    }
  }

  /** Puts what flows looked at into the decision's mask. */
  void noteLooked() {
    if (hasLooked) {
      for (int word = 0; word < FieldValues.WORDS; word++) {
        bits.word(word, looked.looked(word));
      }
      KeyFields.add(key, bits, decision.mask());
    }
  }

  /**
   * Notes that the packet is in a bridge in a VLAN, until {@link #leave}. It may come there again
   * by another action of a flow, as by two NORMALs; but neither by a way that leads through it, nor
   * twice by one action.
   *
   * @return whether it may go on: it goes in no circle, and has not come too far
   */
  boolean visit(Bridge bridge, int vlan) {
    int here = (bridge.number() << 12) | vlan;
    for (int i = 0; i < visits; i++) {
      if (visited[i] == here && (inside.get(i) || i >= firstVisit)) {
        refuse(DropReason.PATCH_LOOP);
        return false;
      }
    }
    if (visits == visited.length) {
      refuse(DropReason.TOO_MANY_BRIDGES);
      return false;
    }
    inside.set(visits);
    visited[visits++] = here;
    return true;
  }

  /**
   * A flow's action is going to lead the packet on.
   *
   * @return for {@link #endAction}
   */
  int beginAction() {
    int before = firstVisit;
    firstVisit = visits;
    return before;
  }

  /** Goes on with the action that this one is inside of. */
  void endAction(int before) {
    firstVisit = before;
  }

  /** Undoes the last {@link #visit} that said yes and is not undone. */
  void leave() {
    inside.clear(inside.length() - 1);
  }

  private void refuse(DropReason reason) {
    refused = true;
    decision.refuse(reason);
  }
}
