// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.flow.FlowKey;

/** A packet's way through the switch while it is decided on. Made once, used again and again. */
final class Way {
  private static final FlowKey NO_KEY = new FlowKey();
  private static final Decision NO_DECISION = new Decision();

  private FlowKey key = NO_KEY;
  private SwitchState state = SwitchState.EMPTY;
  private Decision decision = NO_DECISION;
  private long nowMillis;
  private final int[] visited = new int[Decision.WAY_LIMIT];
  private int visits;
  private boolean refused;

  void start(FlowKey newKey, SwitchState newState, long newNowMillis, Decision out) {
    key = newKey;
    state = newState;
    nowMillis = newNowMillis;
    decision = out;
    visits = 0;
    refused = false;
  }

  FlowKey key() {
    return key;
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

  /**
   * Notes that the packet is in a bridge in a VLAN.
   *
   * @return whether it may go on: it was not there yet, and has not come too far
   */
  boolean visit(Bridge bridge, int vlan) {
    int here = (bridge.number() << 12) | vlan;
    for (int i = 0; i < visits; i++) {
      if (visited[i] == here) {
        refuse(DropReason.PATCH_LOOP);
        return false;
      }
    }
    if (visits == visited.length) {
      refuse(DropReason.TOO_MANY_BRIDGES);
      return false;
    }
    visited[visits++] = here;
    return true;
  }

  private void refuse(DropReason reason) {
    refused = true;
    decision.refuse(reason);
  }
}
