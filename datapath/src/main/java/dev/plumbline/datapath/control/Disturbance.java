// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.translate.Decision;
import dev.plumbline.datapath.translate.StateChange;
import dev.plumbline.datapath.translate.SwitchState;
import java.util.BitSet;

/**
 * What happened since the flows were last gone through, and thus which of them may be wrong now:
 * few addresses by name; with more than that, all flows.
 */
final class Disturbance {
  private static final int ADDRESSES = 64;

  private final FlowAddresses flows;
  private final int[] bridges = new int[ADDRESSES];
  private final long[] addresses = new long[ADDRESSES];
  private final BitSet ports = new BitSet();
  private int count;
  private boolean everything;

  /**
   * Nothing yet.
   *
   * @param flows those that there are
   */
  Disturbance(FlowAddresses flows) {
    this.flows = flows;
  }

  /**
   * A decision taught a table something.
   *
   * @param evicted the address that had to go for it, if the outcome is that one had to
   */
  void learnt(Decision.Learn learn, MacTable.Outcome outcome, long evicted) {
    if (outcome.changesForwarding()) {
      moved(learn.bridge(), learn.mac());
    }
    if (outcome == MacTable.Outcome.FULL_EVICTED) {
      moved(learn.bridge(), evicted);
    }
  }

  private void moved(int bridge, long mac) {
    if (!flows.mayContain(mac)) {
      return;
    }
    if (count == ADDRESSES) {
      everything = true;
      return;
    }
    bridges[count] = bridge;
    addresses[count++] = mac;
  }

  /** The switch's state became another. */
  void change(StateChange change) {
    ports.or(change.ports());
  }

  /** Flows may be wrong for a reason that nobody can name better. */
  void everything() {
    everything = true;
  }

  boolean isNone() {
    return count == 0 && ports.isEmpty() && !everything;
  }

  /** Whether the flow may be wrong. */
  boolean concerns(FlowKey key, SwitchState state) {
    if (everything || ports.get(key.inPort())) {
      return true;
    }
    for (int i = 0; i < count; i++) {
      if (state.concerns(key, bridges[i], addresses[i])) {
        return true;
      }
    }
    return false;
  }

  /** Takes what the other has, which has nothing after that. */
  void take(Disturbance other) {
    clear();
    System.arraycopy(other.bridges, 0, bridges, 0, other.count);
    System.arraycopy(other.addresses, 0, addresses, 0, other.count);
    count = other.count;
    ports.or(other.ports);
    everything = other.everything;
    other.clear();
  }

  private void clear() {
    ports.clear();
    count = 0;
    everything = false;
  }
}
