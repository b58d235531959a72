// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.fastpath.FastPath;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.packet.PacketParser;
import dev.plumbline.datapath.tally.Tallies;
import dev.plumbline.datapath.translate.Decision;
import dev.plumbline.datapath.translate.PortId;
import dev.plumbline.datapath.translate.SwitchState;
import dev.plumbline.datapath.translate.Translator;
import dev.plumbline.datapath.translate.TunnelEnd;
import dev.plumbline.datapath.upcall.UpcallBatch;
import dev.plumbline.datapath.upcall.UpcallPrefix;
import dev.plumbline.netlink.libc.ErrnoException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/**
 * What becomes of frames that come up: each is decided, the decisions are installed, then the
 * frames go back down with them. In that order, so that the frames that follow do not come up.
 *
 * <p>Frames of one flow in one batch are decided once. Nothing is allocated.
 */
final class Upcalls {
  private static final int BATCH = 128;

  /** High bits of an IPv4 address that is mapped to IPv6. */
  private static final long MAPPED = 0xffff_0000_0000L;

  private static final int HASHED = 4 * BATCH;

  private final FastPath fast;
  private final Disturbance disturbance;
  private final FlowAddresses flows;
  private final TunnelUpcalls tunnels;
  private final Tallies tallies;
  private final UpcallBatch batch = new UpcallBatch(BATCH);
  private final UpcallBatch own = new UpcallBatch(1);
  private final PacketParser parser = new PacketParser();
  private final Translator translator;
  private final Decision decision = new Decision();
  private final ActionList part = new ActionList();
  private final FlowKey leavingKey = new FlowKey();
  private final FlowKey[] keys = new FlowKey[BATCH];
  private final int[] slotOf = new int[BATCH];
  private final int[] byHash = new int[HASHED];
  private int nextSlot;

  private final Ends ends;
  private SwitchState state = SwitchState.EMPTY;

  /** Whoever owns the switch becomes one with more ends of tunnels, and says its state then. */
  interface Ends {
    SwitchState have(SwitchState next) throws IOException;
  }

  private int installed;
  private long frames;
  private long decided;
  private long malformed;

  Upcalls(
      FastPath fast,
      Disturbance disturbance,
      FlowAddresses flows,
      TunnelUpcalls tunnels,
      Tallies tallies,
      Ends ends) {
    this.ends = ends;
    this.tallies = tallies;
    this.translator = new Translator(fast.ranges());
    this.flows = flows;
    this.tunnels = tunnels;
    this.fast = fast;
    this.disturbance = disturbance;
    Arrays.setAll(keys, i -> new FlowKey());
  }

  /** To be filled, and handled. */
  UpcallBatch batch() {
    return batch;
  }

  /**
   * Handles the batch.
   *
   * @param mayInstall false if there are as many flows as there may be
   */
  void handle(SwitchState state, boolean mayInstall, long nowMillis) throws ErrnoException {
    handle(batch, state, mayInstall, nowMillis);
    frames += batch.size();
    handleTunnels(state, mayInstall, nowMillis);
  }

  /** As {@link #handle} with what tunnels' slow path has for the switch. */
  void handleTunnels(SwitchState state, boolean mayInstall, long nowMillis) throws ErrnoException {
    UpcallBatch leaving = tunnels.leaving();
    for (int i = 0; i < leaving.size(); i++) {
      UpcallPrefix prefix = leaving.prefix(i);
      part.clear();
      part.output(prefix.inPort());
      leavingKey.inPort(prefix.inPort());
      fast.slot(nextSlot, leavingKey, prefix.vlanTpid(), prefix.vlanTci(), 0, 0, part);
      boolean unused = send(leaving, i, nextSlot++);
    }
    send();
    leaving.clear();
    handle(tunnels.entering(), state, mayInstall, nowMillis);
    tunnels.entering().clear();
  }

  /** Lets frames in as if they had come by ports. */
  void enter(List<Announcement> announcements, SwitchState state, long nowMillis)
      throws ErrnoException {
    for (Announcement one : announcements) {
      int port = state.numbers().port(new PortId(one.bridge(), one.port(), ""));
      if (port != 0) {
        int length = one.frame().remaining();
        int place = own.nextPlace();
        for (int i = 0; i < UpcallBatch.VNET_BYTES; i++) {
          own.buffer().put(place + i, (byte) 0);
        }
        int at = place + UpcallBatch.FRAME_OFFSET;
        own.buffer().put(at, one.frame(), one.frame().position(), length);
        own.add(length);
        own.prefix(0).set(port, UpcallPrefix.MISS, 0, 0, 0, 0);
        handle(own, state, false, nowMillis);
        own.clear();
      }
    }
  }

  private void handle(UpcallBatch batch, SwitchState now, boolean mayInstall, long nowMillis)
      throws ErrnoException {
    Arrays.fill(byHash, -1);
    nextSlot = 0;
    state = now;
    for (int i = 0; i < batch.size(); i++) {
      handle(batch, i, mayInstall, nowMillis);
    }
    send();
  }

  private void handle(UpcallBatch batch, int index, boolean mayInstall, long nowMillis)
      throws ErrnoException {
    UpcallPrefix prefix = batch.prefix(index);
    FlowKey key = keys[index];
    int inPort = prefix.inPort();
    int tci = prefix.vlanTci();
    int tpid = prefix.vlanTpid();
    slotOf[index] = -1;
    if (prefix.reason() == UpcallPrefix.TUNNEL || prefix.reason() == UpcallPrefix.TOO_BIG) {
      tunnels.take(batch, index);
      return;
    }
    if (!parser.parse(
        batch.buffer(), batch.frameOffset(index), batch.frameLength(index), tpid, tci, key)) {
      malformed++;
      return;
    }
    boolean isFirst = prefix.reason() == UpcallPrefix.TUNNEL_END;
    if (isFirst) {
      inPort = end(key, prefix, nowMillis);
      if (inPort == 0) {
        drop(batch, index, key);
        return;
      }
    }
    key.inPort(inPort);
    for (int i = 0; i < FlowKey.CT_ANSWERS; i++) {
      key.ct(i, isFirst ? 0 : prefix.ct(i));
    }
    int same = remember(key, index);
    if (same >= 0) {
      slotOf[index] = slotOf[same];
      if (slotOf[index] >= 0 && send(batch, index, slotOf[index])) {
        return;
      }
    }
    decided++;
    translate(key, nowMillis);
    if (decision.asked() >= 0 && answer(batch, index, nowMillis)) {
      same = remember(key, index);
      slotOf[index] = same >= 0 ? slotOf[same] : -1;
      if (slotOf[index] >= 0 && send(batch, index, slotOf[index])) {
        return;
      }
    }
    learn(nowMillis);
    long nowNanos = System.nanoTime();
    int trail = tallies.index(decision.trail(), nowNanos);
    boolean hasRoom = trail >= 0;
    if (!hasRoom) {
      tallies.count(decision.trail(), bytes(batch, index), nowNanos);
      trail = 0;
    }
    if (hasRoom && mayInstall && decision.cacheable()) {
      flows.add(key, state.hasBond());
      if (state.rewritesAddresses()) {
        flows.addEverything();
      }
      installed++;
      boolean unused =
          fast.install(key, decision.mask(), state.bridgeOf(inPort), trail, decision.actions());
    }
    int next = 0;
    do {
      next = decision.slowPathOnly() ? decision.fill(next, part) : decision.outputs();
      ActionList actions = decision.slowPathOnly() ? part : decision.actions();
      if (nextSlot == FastPath.SLOTS) {
        send();
      }
      int slot = nextSlot++;
      fast.slot(slot, key, tpid, tci, state.bridgeOf(inPort), trail, actions);
      if (hasRoom && !decision.slowPathOnly()) {
        slotOf[index] = slot;
      }
      if (!send(batch, index, slot)) {
        send();
        fast.slot(nextSlot++, key, tpid, tci, state.bridgeOf(inPort), trail, actions);
        boolean unused = send(batch, index, nextSlot - 1);
      }
      trail = 0; // what is sent in parts counts once
    } while (next < decision.outputs());
  }

  /**
   * Asks connection tracking all that the decision needs to know, and decides by that.
   *
   * @return false: the fast path asks, by the action that is decided
   */
  private boolean answer(UpcallBatch batch, int index, long nowMillis) {
    FlowKey key = keys[index];
    UpcallPrefix prefix = batch.prefix(index);
    for (int i = 0; i < FlowKey.CT_ANSWERS && decision.asked() >= 0; i++) {
      long said =
          fast.track(
              batch.memory(),
              batch.frameOffset(index),
              batch.frameLength(index),
              prefix.vlanTpid(),
              prefix.vlanTci(),
              decision.asked());
      if (said == 0) {
        return false;
      }
      key.ct(i, said);
      translate(key, nowMillis);
    }
    return true;
  }

  /** Decides, with the ends of tunnels that it needs. */
  private void translate(FlowKey key, long nowMillis) {
    translator.translate(key, state, nowMillis, decision);
    if (!decision.wanted().isEmpty() && state.hasRoom(decision.wanted())) {
      have(state.withEnds(decision.wanted()));
      translator.translate(key, state, nowMillis, decision);
    }
  }

  private void have(SwitchState next) {
    try {
      state = ends.have(next);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The number of the end of a tunnel that a frame came from, which gets one if flows do anything
   * with it. Nobody shall use up the numbers with keys that nobody has.
   *
   * @param key the frame's, but for its port
   * @return 0: it has none, and the decision says why
   */
  private int end(FlowKey key, UpcallPrefix prefix, long nowMillis) {
    int tunnel = prefix.inPort();
    boolean isIpv4 = prefix.ct(0) == 0 && (prefix.ct(1) & ~0xffff_ffffL) == MAPPED;
    long remote = isIpv4 ? prefix.ct(1) & 0xffff_ffffL : 0;
    TunnelEnd.Wanted wanted = state.wanted(tunnel, remote, prefix.mark() & 0xffff_ffffL);
    boolean isSaid = wanted != null && (remote != 0 || !state.isRemoteOfFlow(tunnel));
    int known = wanted == null ? 0 : state.end(wanted);
    if (known != 0) {
      return known;
    }
    boolean hasPlace = isSaid && state.hasRoom(List.of(wanted));
    SwitchState next = hasPlace ? state.withEnds(List.of(wanted)) : state;
    int number = wanted == null ? 0 : next.end(wanted);
    key.inPort(number == 0 ? tunnel : number);
    translator.translate(key, next, nowMillis, decision);
    if (decision.outputs() > 0 || decision.asked() >= 0 || !decision.wanted().isEmpty()) {
      have(next);
      return number;
    }
    key.inPort(tunnel);
    return 0;
  }

  /** Counts a frame that the decision drops, and keeps nothing of it. */
  private void drop(UpcallBatch batch, int index, FlowKey key) {
    UpcallPrefix prefix = batch.prefix(index);
    tallies.count(decision.trail(), bytes(batch, index), System.nanoTime());
    int slot = nextSlot++;
    fast.slot(slot, key, prefix.vlanTpid(), prefix.vlanTci(), 0, 0, decision.actions());
    boolean unused = send(batch, index, slot);
  }

  /** Of the frame with its tag. */
  private static int bytes(UpcallBatch batch, int index) {
    int tag = batch.prefix(index).vlanTci() == 0 ? 0 : 4;
    return batch.frameLength(index) + tag;
  }

  /** The earlier frame of the batch that has the same key; -1: there is none. */
  private int remember(FlowKey key, int index) {
    int at = hash(key) & (HASHED - 1);
    while (byHash[at] >= 0) {
      if (keys[byHash[at]].equals(key)) {
        return byHash[at];
      }
      at = (at + 1) & (HASHED - 1);
    }
    byHash[at] = index;
    return -1;
  }

  private static int hash(FlowKey key) {
    long hash = 0;
    for (int i = 0; i < FlowKey.BYTES / Long.BYTES; i++) {
      hash = (hash ^ key.word(i)) * 0x9e3779b97f4a7c15L;
      hash ^= hash >>> 32;
    }
    return (int) hash;
  }

  private void learn(long nowMillis) {
    for (int i = 0; i < decision.learns(); i++) {
      MacTable.Outcome outcome = decision.learn(i, state, nowMillis);
      disturbance.learnt(decision.learn(i), outcome, decision.evicted(i, state));
    }
  }

  private boolean send(UpcallBatch batch, int index, int slot) {
    return fast.send(
        batch.memory(),
        batch.vnetOffset(index),
        batch.frameOffset(index),
        batch.frameLength(index),
        slot);
  }

  /** First the flows, then the frames; after that the slots are free. */
  private void send() throws ErrnoException {
    fast.flush();
    nextSlot = 0;
    Arrays.fill(byHash, -1);
  }

  /** Flows that were installed since {@link #counted}, some of them perhaps twice. */
  int installed() {
    return installed;
  }

  /** All flows have been counted. */
  void counted() {
    installed = 0;
  }

  /** Frames that came up. */
  long frames() {
    return frames;
  }

  /** Decisions that were made for them. */
  long decided() {
    return decided;
  }

  /** Frames without even an Ethernet header. */
  long malformed() {
    return malformed;
  }
}
