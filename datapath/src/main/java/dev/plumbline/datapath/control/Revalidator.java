// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.fastpath.FastPath;
import dev.plumbline.datapath.fastpath.FlowVisitor;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.tally.Tallies;
import dev.plumbline.datapath.translate.Decision;
import dev.plumbline.datapath.translate.SwitchState;
import dev.plumbline.datapath.translate.Translator;
import dev.plumbline.netlink.libc.ErrnoException;

/**
 * Goes through the flows of the fast path: ends those that are idle or of another generation,
 * decides again those that something may have changed for, and teaches the MAC tables what the
 * flows' packets would have taught them, so that addresses in use do not age.
 *
 * <p>A flow that is wrong is deleted; its next packet comes up. The kernel's tables are the only
 * place that holds flows: nothing is kept here from one pass to the next but the time.
 */
final class Revalidator implements FlowVisitor {
  private final FastPath fast;
  private final Disturbance pending;
  private final FlowAddresses addresses;
  private final Disturbance disturbance;
  private final Tallies tallies;
  private final Translator translator;
  private final Decision decision = new Decision();
  private final long idleNanos;

  private SwitchState state = SwitchState.EMPTY;
  private long nowNanos;
  private long lastPassNanos;
  private int flows;
  private long deletedIdle;
  private long deletedWrong;
  private long tookNanos;

  /**
   * Of one switch.
   *
   * @param pending what has happened since the last pass; emptied by the next one
   * @param addresses of the flows; each pass makes them anew
   */
  Revalidator(
      FastPath fast,
      Disturbance pending,
      FlowAddresses addresses,
      Tallies tallies,
      int idleMillis) {
    this.tallies = tallies;
    this.addresses = addresses;
    this.disturbance = new Disturbance(addresses);
    this.translator = new Translator(fast.ranges());
    this.fast = fast;
    this.pending = pending;
    this.idleNanos = idleMillis * 1_000_000L;
  }

  /** Goes through all flows once. */
  void pass(SwitchState current) throws ErrnoException {
    state = current;
    nowNanos = System.nanoTime();
    // What the pass itself learns is for the next one: it may concern flows that were seen already.
    disturbance.take(pending);
    addresses.beginWalk();
    flows = fast.walk(this);
    addresses.endWalk();
    tallies.retire(nowNanos);
    if (state.rewritesAddresses()) {
      addresses.addEverything(); // flows send to addresses that are not in their keys
    }
    lastPassNanos = nowNanos;
    tookNanos = System.nanoTime() - nowNanos;
  }

  @Override
  public Verdict visit(
      FlowKey key,
      int mask,
      int generation,
      int trail,
      ActionList actions,
      long packets,
      long bytes,
      long usedNanos)
      throws ErrnoException {
    int bridge = state.bridgeOf(key.inPort());
    boolean isKnown = tallies.named(trail, nowNanos);
    if (bridge == 0 || !isKnown || fast.currentGeneration(bridge) != generation) {
      deletedWrong++;
      return Verdict.DELETE;
    }
    if (nowNanos - usedNanos > idleNanos) {
      deletedIdle++;
      return Verdict.DELETE;
    }
    boolean used = usedNanos >= lastPassNanos;
    boolean concerned = disturbance.concerns(key, state);
    if (!used && !concerned) {
      addresses.walkedBy(key, state.hasBond());
      return Verdict.KEEP;
    }
    translator.translate(key, state, nowNanos / 1_000_000, decision);
    if (!isStill(mask, trail, actions)) {
      deletedWrong++;
      return Verdict.DELETE;
    }
    if (used) {
      teach(usedNanos / 1_000_000);
    }
    addresses.walkedBy(key, state.hasBond());
    return Verdict.KEEP;
  }

  /**
   * Whether the decision is what the flow does and counts for, and asks for no bit that the flow
   * does not.
   */
  private boolean isStill(int mask, int trail, ActionList actions) {
    if (!decision.cacheable()
        || !decision.actions().equals(actions)
        || !tallies.isIndexOf(trail, decision.trail())) {
      return false;
    }
    if (mask < 0) {
      return decision.mask().isLayer2();
    }
    byte[] has = fast.mask(mask);
    byte[] needs = decision.mask().bytes();
    for (int i = 0; i < needs.length; i++) {
      if ((needs[i] & ~has[i]) != 0) {
        return false;
      }
    }
    return true;
  }

  private void teach(long usedMillis) {
    for (int i = 0; i < decision.learns(); i++) {
      MacTable.Outcome outcome = decision.learn(i, state, usedMillis);
      pending.learnt(decision.learn(i), outcome, decision.evicted(i, state));
    }
  }

  /** Flows that the last pass saw. */
  int flows() {
    return flows;
  }

  /** How long the last pass took. */
  long tookNanos() {
    return tookNanos;
  }

  /** Flows that were ended because no packet came. */
  long deletedIdle() {
    return deletedIdle;
  }

  /** Flows that were ended because they had become wrong. */
  long deletedWrong() {
    return deletedWrong;
  }
}
