// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done with a packet, and why. Made once, filled many times by a {@link Translator}.
 *
 * <p>Learning is a request: {@link #learn} carries it out. So a decision can be made for what would
 * be, and be made again for a flow that the fast path has: its requests are what packets of the
 * flow would have taught.
 */
public final class Decision {
  /** Most outputs of a flow in the fast path. */
  public static final int OUTPUT_LIMIT = 32;

  /** Most bridges and VLANs on a packet's way. */
  static final int WAY_LIMIT = 64;

  /** Most meters that a packet passes one after the other. */
  static final int METER_LIMIT = 16;

  private static final int BOND = 1 << 16;
  private static final int KNOWN = 1 << 17;

  /** More than tags can count for. */
  private static final long REWRITE_RANK = 1 << 7;

  /** More than headers can count for, of which there are not more than outputs. */
  private static final long METER_RANK = 1L << 40;

  private final FlowMask mask = new FlowMask();
  private final Trail trail = new Trail();
  private final ActionList actions = new ActionList();
  private @Nullable DropReason dropReason;
  private @Nullable DecisionListener listener;
  private boolean cacheable;
  private boolean slowPathOnly;

  /** Of connection tracking, bridge × 2^16 + zone; -1: nobody is to be asked. */
  private int asked = -1;

  /** By answer of the key: whether its connection is to be kept, and the mark that it gets. */
  private final boolean[] commits = new boolean[FlowKey.CT_ANSWERS];

  private final boolean[] onlyIfSent = new boolean[FlowKey.CT_ANSWERS];
  private final boolean[] marks = new boolean[FlowKey.CT_ANSWERS];
  private final int[] mark = new int[FlowKey.CT_ANSWERS];

  /** The range that a connection is translated to if it is new; 0: none. */
  private final int[] range = new int[FlowKey.CT_ANSWERS];

  /** Whether the packet is translated as the connection is. */
  private final boolean[] nats = new boolean[FlowKey.CT_ANSWERS];

  private long arrivedTags;

  private int outputs;
  private int[] outputPorts = new int[OUTPUT_LIMIT];
  private long[] outputTags = new long[OUTPUT_LIMIT];
  private int[] outputRewrites = new int[OUTPUT_LIMIT];

  /** By output: the last of the meters that have to let it through, from 1; 0: none. */
  private int[] outputMeters = new int[OUTPUT_LIMIT];

  private int[] orderedMeters = new int[OUTPUT_LIMIT];
  private int[] orderedPorts = new int[OUTPUT_LIMIT];
  private long[] orderedTags = new long[OUTPUT_LIMIT];
  private int[] orderedRewrites = new int[OUTPUT_LIMIT];

  /** Of meters, from 1, in the order in which they were met: bridge × 2^32 + number. */
  private long[] meters = new long[OUTPUT_LIMIT];

  /** By meter: the one in front of it, which has to let through what comes to it; 0: none. */
  private int[] metersBefore = new int[OUTPUT_LIMIT];

  /** By meter: where it is in the list that is being filled. */
  private int[] meterActions = new int[OUTPUT_LIMIT];

  private int meterCount;

  /** The last of the meters that have to let through what is sent now. */
  private int meter;

  private final HeaderActions headers = new HeaderActions();

  /** The headers of outputs, from 1; those that have been there are used again. */
  private final List<Rewrite> rewrites = new ArrayList<>();

  private int rewriteCount;

  /** Ends of tunnels that are not there, and that it would send to. */
  private final Set<TunnelEnd.Wanted> wanted = new LinkedHashSet<>();

  private int learns;
  private final Learn[] learnt = new Learn[WAY_LIMIT];

  public Decision() {
    for (int i = 0; i < WAY_LIMIT; i++) {
      learnt[i] = new Learn();
    }
  }

  /** That a bridge saw an address at a port. */
  public static final class Learn {
    int bridge;
    int vlan;
    long mac;
    int port;
    boolean gratuitous;
    boolean fromBond;

    private Learn() {}

    public int bridge() {
      return bridge;
    }

    public int vlan() {
      return vlan;
    }

    public long mac() {
      return mac;
    }

    /** Logical port. */
    public int port() {
      return port;
    }

    /** Whether by a gratuitous ARP; only looked at in bridges with bonds. */
    public boolean gratuitous() {
      return gratuitous;
    }
  }

  /** Which fields of the key the decision depends on. */
  public FlowMask mask() {
    return mask;
  }

  /** The flows that it was decided by; lent, until the next decision. */
  public Trail trail() {
    return trail;
  }

  /** Outputs, the tags they need in between, or a drop. Not to be used if {@link #slowPathOnly}. */
  public ActionList actions() {
    return actions;
  }

  /** Why nothing is sent; null: something is. */
  public @Nullable DropReason dropReason() {
    return dropReason;
  }

  /** Whether other packets may be treated alike until the state or a MAC table changes. */
  public boolean cacheable() {
    return cacheable && !slowPathOnly;
  }

  /** Whether there are more outputs than one list has: {@link #fill} gives them list by list. */
  public boolean slowPathOnly() {
    return slowPathOnly;
  }

  /**
   * The zone of connection tracking that is to be asked before anything else can be decided, bridge
   * × 2^16 + zone; -1: none. The actions ask it.
   */
  public int asked() {
    return asked;
  }

  /**
   * Ends of tunnels that some of the packet would go to if they were there; lent, until the next
   * decision. Whoever can makes them, and decides again.
   */
  public Set<TunnelEnd.Wanted> wanted() {
    return wanted;
  }

  void want(TunnelEnd.Wanted end) {
    wanted.add(end);
    notCacheable();
    reason(DropReason.NO_TUNNEL_END);
  }

  /** Nothing is decided but to ask. */
  void ask(int zone) {
    asked = zone;
  }

  /**
   * Keeps the connection that an answer of the key is about.
   *
   * @param setsMark whether it gets this mark
   */
  void commit(int answer, boolean setsMark, int newMark) {
    commits[answer] = true;
    if (setsMark) {
      marks[answer] = true;
      mark[answer] = newMark;
    }
  }

  /**
   * Keeps the connection that an answer of a filter's zone is about, if the packet goes anywhere,
   * and notes what its mark does not say yet. Who began it stays: one that is routed passes the
   * bridge again.
   *
   * @param before its mark; 0: it is not known yet
   * @param began the port that the packet came in by
   * @param accepted the port that lets it out; 0: none does yet
   */
  void commitIfSent(int answer, int before, int began, int accepted) {
    int known = commits[answer] ? mark[answer] : before;
    int first = known >>> 16 == 0 ? began : known >>> 16;
    int by = known & 0xffff;
    int now = by == 0 || accepted == 0 || by == accepted ? by | accepted : Guard.SEVERAL;
    if (((first << 16) | now) != known) {
      commit(answer, true, (first << 16) | now);
      onlyIfSent[answer] = true;
    }
  }

  /**
   * Has a new connection that an answer of the key is about be another on the other side of nat.
   * The first range stays, as in Open vSwitch: a connection begins once.
   *
   * @param newRange its number
   */
  void range(int answer, int newRange) {
    range[answer] = range[answer] == 0 ? newRange : range[answer];
  }

  private void addCommits(ActionList list, boolean isFirst) {
    for (int i = 0; i < commits.length; i++) {
      boolean keeps = isFirst && commits[i] && (outputs > 0 || !onlyIfSent[i]);
      if (keeps || nats[i]) {
        int flags =
            (keeps ? (marks[i] ? ActionList.COMMIT_MARK : 0) : ActionList.COMMIT_NOTHING)
                | (nats[i] ? ActionList.COMMIT_NAT : 0);
        list.commit(i, flags, mark[i], keeps ? range[i] : 0);
      }
    }
  }

  /**
   * Translates the packet as its outputs are; false: not all are alike, and the fast path does all
   * or none.
   */
  private boolean translateAsOutputs() {
    for (int i = 0; i < outputs; i++) {
      if (nat(i) != nat(0)) {
        return false;
      }
    }
    if (outputs > 0 && nat(0) >= 0) {
      nats[nat(0)] = true;
    }
    return true;
  }

  /** As {@link Rewrite#nat}, of an output. */
  private int nat(int output) {
    Rewrite rewrite = rewrite(outputRewrites[output]);
    return rewrite == null ? -1 : rewrite.nat();
  }

  public int outputs() {
    return outputs;
  }

  public int learns() {
    return learns;
  }

  public Learn learn(int index) {
    return learnt[index];
  }

  /** Carries out a request to learn. */
  public MacTable.Outcome learn(int index, SwitchState state, long nowMillis) {
    Learn learn = learnt[index];
    MacTable table = state.table(learn.bridge);
    if (table == null) {
      throw new IllegalArgumentException("decided for another state: no bridge " + learn.bridge);
    }
    return table.learn(
        learn.vlan, learn.mac, learn.port, learn.gratuitous, learn.fromBond, nowMillis);
  }

  /** The address that had to go last from the table that a request to learn is for. */
  public long evicted(int index, SwitchState state) {
    MacTable table = state.table(learnt[index].bridge);
    return table == null ? 0 : table.lastEvicted();
  }

  /**
   * Puts a part of the outputs into a list, which is for a copy of the packet as it came in.
   *
   * @param first index of the first output to be done, from 0
   * @return the one to go on with; {@link #outputs} when all are done
   */
  public int fill(int first, ActionList list) {
    list.clear();
    addCommits(list, first == 0); // while the packet has the headers that it came with
    long tags = arrivedTags;
    int rewrite = 0;
    int asked = 0;
    int next = first;
    while (next < outputs && next - first < OUTPUT_LIMIT) {
      int size = list.size();
      for (; !isBehind(outputMeters[next], asked); asked = metersBefore[asked]) {
        list.endMeter(meterActions[asked]);
      }
      askMeters(list, asked, outputMeters[next]);
      asked = outputMeters[next];
      headers.add(list, mask, rewrite(rewrite), rewrite(outputRewrites[next]));
      retag(list, tags, outputTags[next]);
      addTo(list, next);
      if (list.overflowed()) {
        list.truncate(size);
        break;
      }
      rewrite = outputRewrites[next];
      tags = outputTags[next];
      next++;
    }
    return next;
  }

  /**
   * Puts what goes to one port alone into a list, for a copy of the packet as it came in.
   *
   * @param port logical
   * @return false if nothing goes there
   */
  public boolean fillOnly(int port, ActionList list) {
    list.clear();
    for (int i = 0; i < outputs; i++) {
      if ((outputPorts[i] & 0xffff) == port) {
        headers.add(list, mask, null, rewrite(outputRewrites[i]));
        retag(list, arrivedTags, outputTags[i]);
        addTo(list, i);
        return true;
      }
    }
    return false;
  }

  private void addTo(ActionList list, int output) {
    int port = outputPorts[output] & 0xffff;
    if ((outputPorts[output] & BOND) != 0) {
      list.bond(port - PortNumbers.BONDS, ActionList.BOND_HASH_L2);
    } else if ((outputPorts[output] & KNOWN) != 0) {
      list.outputKnown(port);
    } else {
      list.output(port);
    }
  }

  void clear() {
    mask.clear();
    trail.clear();
    actions.clear();
    dropReason = null;
    cacheable = true;
    slowPathOnly = false;
    outputs = 0;
    learns = 0;
    rewriteCount = 0;
    meterCount = 0;
    meter = 0;
    asked = -1;
    wanted.clear();
    Arrays.fill(commits, false);
    Arrays.fill(marks, false);
    Arrays.fill(onlyIfSent, false);
    Arrays.fill(range, 0);
    Arrays.fill(nats, false);
  }

  void listener(@Nullable DecisionListener newListener) {
    listener = newListener;
  }

  void notCacheable() {
    cacheable = false;
  }

  /**
   * What is sent from now on is sent only if the bridge's meter lets it through, until {@link
   * #backToMeter}.
   *
   * @return false: it would be one meter too many for a list to have room for an output behind it
   */
  boolean meter(int bridge, long number) {
    int passed = 0;
    for (int at = meter; at != 0; at = metersBefore[at]) {
      passed++;
    }
    if (passed == METER_LIMIT) {
      return false;
    }
    meterCount++;
    if (meterCount == meters.length) {
      meters = Arrays.copyOf(meters, 2 * meterCount);
      metersBefore = Arrays.copyOf(metersBefore, 2 * meterCount);
      meterActions = new int[2 * meterCount];
    }
    meters[meterCount] = ((long) bridge << 32) | number;
    metersBefore[meterCount] = meter;
    meter = meterCount;
    return true;
  }

  /** The last of the meters that have to let through what is sent now; 0: none. */
  int meter() {
    return meter;
  }

  /** A copy of the packet is done with; the packet itself has passed no meter since. */
  void backToMeter(int last) {
    meter = last;
  }

  /** Whether what the one meter lets through has passed the other; 0: none. */
  private boolean isBehind(int later, int earlier) {
    int at = later;
    while (at > earlier) {
      at = metersBefore[at];
    }
    return at == earlier;
  }

  private void askMeters(ActionList list, int passed, int last) {
    if (last != passed) {
      askMeters(list, passed, metersBefore[last]);
      meterActions[last] = list.meter((int) (meters[last] >>> 32), meters[last] & 0xffff_ffffL);
    }
  }

  /** The first reason stays: it is the one nearest to where the packet came in. */
  void reason(DropReason reason) {
    if (listener != null) {
      listener.reason(reason);
    }
    if (dropReason == null) {
      dropReason = reason;
    }
  }

  /** Nothing is sent and nothing learnt, whatever was decided before. */
  void refuse(DropReason reason) {
    if (listener != null) {
      listener.reason(reason);
    }
    outputs = 0;
    learns = 0;
    dropReason = reason;
  }

  Learn addLearn() {
    return learnt[learns++];
  }

  /**
   * Adds one.
   *
   * @param known whether the destination is known to be behind the port
   * @param rewrite the packet's headers; null: as it came in
   */
  void addOutput(Port port, long tags, boolean known, @Nullable Rewrite rewrite) {
    if (outputs == outputPorts.length) {
      outputPorts = Arrays.copyOf(outputPorts, 2 * outputs);
      outputTags = Arrays.copyOf(outputTags, 2 * outputs);
      outputRewrites = Arrays.copyOf(outputRewrites, 2 * outputs);
      outputMeters = Arrays.copyOf(outputMeters, 2 * outputs);
      orderedMeters = new int[2 * outputs];
      orderedRewrites = new int[2 * outputs];
      orderedPorts = new int[2 * outputs];
      orderedTags = new long[2 * outputs];
    }
    if (listener != null) {
      listener.sends(port.number(), tags);
    }
    outputPorts[outputs] =
        port.number() | (port.kind() == PortKind.BOND ? BOND : 0) | (known ? KNOWN : 0);
    outputMeters[outputs] = meter;
    outputRewrites[outputs] = rewrite == null ? 0 : number(rewrite);
    outputTags[outputs++] = tags;
  }

  private @Nullable Rewrite rewrite(int number) {
    return number == 0 ? null : rewrites.get(number - 1);
  }

  private int number(Rewrite rewrite) {
    for (int i = rewriteCount; i > 0; i--) {
      if (rewrites.get(i - 1).isSame(rewrite)) {
        return i;
      }
    }
    if (rewriteCount == rewrites.size()) {
      rewrites.add(new Rewrite());
    }
    rewrites.get(rewriteCount++).set(rewrite);
    return rewriteCount;
  }

  /** Puts the outputs in order and makes the list. */
  void finish(FlowKey arrived, long tags) {
    arrivedTags = tags;
    headers.begin(arrived);
    if (asked >= 0) {
      outputs = 0;
      learns = 0;
      dropReason = null;
      trail.clear(); // the packet counts when it is decided
      actions.track(asked);
      return;
    }
    if (!translateAsOutputs()) {
      refuse(DropReason.NAT_MIXED);
    }
    if (outputs == 0) {
      addCommits(actions, true);
      reason(DropReason.NO_OUTPUT);
      actions.drop(code());
      return;
    }
    dropReason = null;
    order();
    slowPathOnly = fill(0, actions) < outputs;
  }

  private int code() {
    return dropReason == null ? 0 : dropReason.code();
  }

  /**
   * First what no meter has to let through, then by the last meter that has to, in the order in
   * which they were met: so what a copy's meters hold for is in one piece. Then, among those, what
   * has the headers that the packet came with, then those that it has got, in turn, so that few
   * have to be restored; and among them what keeps most of the tags that it came with, so that none
   * of them is taken off and put on again (its drop eligible bit would be lost); of those always
   * next what needs the fewest pushes and pops after what is there; alike ones together.
   */
  private void order() {
    long tags = arrivedTags;
    int done = 0;
    while (done < outputs) {
      int best = -1;
      for (int i = 0; i < outputs; i++) {
        if (outputPorts[i] != 0 && (best < 0 || rank(tags, i) < rank(tags, best))) {
          best = i;
        }
      }
      tags = outputTags[best];
      int rewrite = outputRewrites[best];
      int metered = outputMeters[best];
      for (int i = best; i < outputs; i++) {
        if (outputPorts[i] != 0
            && outputTags[i] == tags
            && outputRewrites[i] == rewrite
            && outputMeters[i] == metered) {
          orderedPorts[done] = outputPorts[i];
          orderedRewrites[done] = rewrite;
          orderedMeters[done] = metered;
          orderedTags[done++] = tags;
          outputPorts[i] = 0;
        }
      }
    }
    int[] ports = outputPorts;
    outputPorts = orderedPorts;
    orderedPorts = ports;
    long[] stacks = outputTags;
    outputTags = orderedTags;
    orderedTags = stacks;
    int[] metered = outputMeters;
    outputMeters = orderedMeters;
    orderedMeters = metered;
    int[] numbers = outputRewrites;
    outputRewrites = orderedRewrites;
    orderedRewrites = numbers;
  }

  private long rank(long from, int output) {
    long to = outputTags[output];
    return METER_RANK * outputMeters[output]
        + REWRITE_RANK * outputRewrites[output]
        + 16L * (TagStack.LIMIT - TagStack.common(arrivedTags, to))
        + cost(from, to);
  }

  private static int cost(long from, long to) {
    return TagStack.depth(from) + TagStack.depth(to) - 2 * TagStack.common(from, to);
  }

  private static void retag(ActionList list, long from, long to) {
    int common = TagStack.common(from, to);
    for (int depth = TagStack.depth(from); depth > common; depth--) {
      list.popVlan();
    }
    for (int depth = common + 1; depth <= TagStack.depth(to); depth++) {
      long inner = TagStack.inner(to, depth);
      list.pushVlan(TagStack.tpid(inner), TagStack.tci(inner));
    }
  }
}
