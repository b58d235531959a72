// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bond;

import dev.plumbline.datapath.config.PortConfig.BondMode;
import dev.plumbline.datapath.config.PortConfig.BondPort;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The state of a bond, by Open vSwitch's rules (ofproto/bond.c).
 *
 * <p>A member is <b>enabled</b> while its carrier is there, and the change of a carrier only counts
 * once it has lasted for the up or down delay; if nothing is enabled the member that would be next
 * is enabled at once. One enabled member is <b>active</b>: it takes in what is sent to groups. It
 * stays so until it is disabled, or, in active-backup, until the primary is enabled.
 *
 * <p>A flow belongs to a bucket by its hash, and a bucket to a member:
 *
 * <ul>
 *   <li>active-backup: all buckets belong to the active member.
 *   <li>balance-slb: each to an enabled one; every so often buckets move from the member with the
 *       most load to the one with the least.
 *   <li>balance-tcp needs LACP with the switch at the other end, or it makes loops. There is no
 *       LACP here, and so it is as active-backup: {@link #fallsBack}. (Open vSwitch does so with
 *       {@code lacp-fallback-ab}; without that it sends and takes nothing at all.)
 * </ul>
 *
 * So a failover is a matter of buckets and changes no flow that goes out by the bond.
 */
public final class Bond {
  public static final int BUCKETS = 256;

  /** Less load than this, in bytes, is not worth moving: about 1 Mbit/s between rebalancings. */
  static final long SMALL_LOAD = 100_000;

  private static final long NEVER = Long.MAX_VALUE;

  private static final class Member {
    final int port;
    final String name;
    boolean carrier;
    boolean enabled;
    long delayEnds = NEVER;
    long load;

    Member(int port, String name) {
      this.port = port;
      this.name = name;
    }
  }

  private BondPort config;
  private final List<Member> members = new ArrayList<>();
  private @Nullable Member active;
  private int lastActivePort;
  private final @Nullable Member[] buckets = new Member[BUCKETS];
  private final long[] loads = new long[BUCKETS];
  private int turn;
  private long nextRebalance;
  private boolean announce;

  /**
   * A new bond. Members whose carrier is there are enabled at once.
   *
   * @param ports numbers of the members, in the configuration's order
   * @param carrier by number whether the member's carrier is there
   */
  public Bond(BondPort config, int[] ports, IntPredicate carrier, long nowMillis) {
    this(config, ports, carrier, 0, new int[BUCKETS], nowMillis);
  }

  /**
   * A bond as another process left it, as far as carriers allow.
   *
   * @param activePort the member that was active; 0: none
   * @param bucketPorts whose each bucket was; 0: nobody's
   */
  public Bond(
      BondPort config,
      int[] ports,
      IntPredicate carrier,
      int activePort,
      int[] bucketPorts,
      long nowMillis) {
    this.config = config;
    lastActivePort = activePort;
    nextRebalance = nowMillis + config.rebalanceSeconds() * 1000L;
    takeMembers(config, ports, carrier);
    for (int i = 0; i < BUCKETS; i++) {
      buckets[i] = find(members, bucketPorts[i]);
    }
    run(nowMillis);
    announce = activePort() != activePort;
  }

  /**
   * Takes another configuration; members that remain, by number, stay as they are.
   *
   * @param carrier asked for new members
   * @return whether buckets or the active member changed
   */
  public boolean configure(BondPort newConfig, int[] ports, IntPredicate carrier, long nowMillis) {
    nextRebalance += (newConfig.rebalanceSeconds() - config.rebalanceSeconds()) * 1000L;
    config = newConfig;
    takeMembers(newConfig, ports, carrier);
    return run(nowMillis);
  }

  private void takeMembers(BondPort newConfig, int[] ports, IntPredicate carrier) {
    if (ports.length != newConfig.members().size()) {
      throw new IllegalArgumentException(
          ports.length + " numbers for " + newConfig.members().size() + " members");
    }
    List<Member> old = new ArrayList<>(members);
    members.clear();
    for (int i = 0; i < ports.length; i++) {
      Member member = find(old, ports[i]);
      if (member == null) {
        member = new Member(ports[i], newConfig.members().get(i));
        member.carrier = carrier.test(ports[i]);
        member.enabled = member.carrier;
      }
      members.add(member);
    }
    for (Member member : old) {
      if (!members.contains(member) && member.enabled) {
        setEnabled(member, false);
      }
    }
  }

  /**
   * Notes whether a member's carrier is there.
   *
   * @return whether buckets or the active member changed
   */
  public boolean carrier(int port, boolean isThere, long nowMillis) {
    Member member = find(members, port);
    if (member == null) {
      throw new IllegalArgumentException("port " + port + " is no member");
    }
    member.carrier = isThere;
    return run(nowMillis);
  }

  /**
   * Lets time pass: ends delays, and chooses anew.
   *
   * @return whether buckets or the active member changed
   */
  public boolean run(long nowMillis) {
    Member activeBefore = active;
    boolean changed = false;
    for (Member member : members) {
      changed |= updateLink(member, nowMillis);
    }
    Member primary = primary();
    if (active == null || !isEnabled(active) || (primary != null && active != primary)) {
      chooseActive();
    }
    changed |= assignBuckets();
    return changed || active != activeBefore;
  }

  /** When {@link #run} or {@link #rebalance} has something to do next; Long.MAX_VALUE: never. */
  public long nextMillis() {
    long next = balances() ? nextRebalance : NEVER;
    for (Member member : members) {
      next = Math.min(next, member.delayEnds);
    }
    return next;
  }

  /** Number of the active member; 0: none. */
  public int activePort() {
    return active == null ? 0 : active.port;
  }

  /** Whether frames may be sent by the member. */
  public boolean isEnabled(int port) {
    Member member = find(members, port);
    return member != null && member.enabled;
  }

  /** Number of the member that the bucket belongs to; 0: none is enabled. */
  public int bucketPort(int bucket) {
    Member member = buckets[bucket];
    return member == null ? 0 : member.port;
  }

  /** The bucket of a flow's hash. */
  public static int bucket(int hash) {
    return hash & (BUCKETS - 1);
  }

  /** Whether the mode is one that needs LACP, and so is as active-backup. */
  public boolean fallsBack() {
    return config.mode() == BondMode.BALANCE_TCP;
  }

  /**
   * Whether the switch at the other end must be told anew where hosts are: a member failed or
   * another one became active. For each address learnt in the bridge at another port than the bond,
   * a frame from that address (RARP, as Open vSwitch and Linux send) is to go out by its bucket.
   * Asks once: then it is done.
   */
  public boolean takeAnnouncement() {
    boolean due = announce && active != null;
    if (due) {
      announce = false;
    }
    return due;
  }

  /** Notes bytes sent by a bucket's flows: what rebalancing goes by. */
  public void account(int bucket, long bytes) {
    loads[bucket] += bytes;
  }

  /**
   * Moves buckets if it is time.
   *
   * @return whether any changed its member
   */
  public boolean rebalance(long nowMillis) {
    if (!balances() || nowMillis < nextRebalance) {
      return false;
    }
    nextRebalance = nowMillis + config.rebalanceSeconds() * 1000L;
    boolean moved = moveBuckets();
    // What was is worth half as much each time.
    for (int i = 0; i < BUCKETS; i++) {
      loads[i] /= 2;
    }
    return moved;
  }

  private boolean balances() {
    return config.mode() == BondMode.BALANCE_SLB && config.rebalanceSeconds() > 0;
  }

  private boolean moveBuckets() {
    List<Member> candidates = new ArrayList<>();
    for (Member member : members) {
      member.load = 0;
      if (member.enabled) {
        candidates.add(member);
      }
    }
    List<Integer> heaviestFirst = new ArrayList<>();
    for (int i = 0; i < BUCKETS; i++) {
      Member member = buckets[i];
      if (member != null && loads[i] > 0) {
        member.load += loads[i];
        heaviestFirst.add(i);
      }
    }
    heaviestFirst.sort((a, b) -> Long.compare(loads[b], loads[a]));
    boolean moved = false;
    while (candidates.size() > 1) {
      candidates.sort((a, b) -> Long.compare(b.load, a.load));
      Member from = candidates.get(0);
      Member to = candidates.get(candidates.size() - 1);
      long overload = from.load - to.load;
      if (overload < to.load >> 5 || overload < SMALL_LOAD) {
        break; // less than 3 % or very little
      }
      List<Integer> chosen = chooseBuckets(from, to, heaviestFirst);
      if (chosen.isEmpty()) {
        candidates.remove(from);
        continue;
      }
      for (int bucket : chosen) {
        buckets[bucket] = to;
        from.load -= loads[bucket];
        to.load += loads[bucket];
        heaviestFirst.remove((Integer) bucket); // once a time is enough
        moved = true;
      }
    }
    return moved;
  }

  /** Which buckets bring the two closest to the same load, if that is a tenth better than now. */
  private List<Integer> chooseBuckets(Member from, Member to, List<Integer> heaviestFirst) {
    List<Integer> own = heaviestFirst.stream().filter(i -> buckets[i] == from).toList();
    if (own.size() < 2) {
      return List.of();
    }
    long ideal = (from.load + to.load) / 2 - to.load;
    long threshold = ideal / 10;
    long sum = 0;
    List<Integer> chosen = new ArrayList<>();
    for (int bucket : own) {
      if (sum + loads[bucket] <= ideal) {
        chosen.add(bucket);
        sum += loads[bucket];
      }
      if (ideal - sum < threshold) {
        break;
      }
    }
    if (chosen.isEmpty()) {
      int lightest = own.get(own.size() - 1);
      chosen.add(lightest);
      sum = loads[lightest];
    }
    long gain = Math.min(from.load - sum, to.load + sum) - to.load;
    return gain > 0 && gain >= threshold ? chosen : List.of();
  }

  private boolean updateLink(Member member, long nowMillis) {
    boolean waits = member.delayEnds != NEVER;
    if (member.carrier == member.enabled) {
      member.delayEnds = NEVER; // it came back, or went again, in time
    } else if (!waits) {
      member.delayEnds =
          nowMillis + (member.carrier ? config.upDelayMillis() : config.downDelayMillis());
    }
    if (nowMillis < member.delayEnds) {
      return false;
    }
    setEnabled(member, member.carrier);
    return true;
  }

  private void setEnabled(Member member, boolean enabled) {
    member.delayEnds = NEVER;
    member.enabled = enabled;
    announce |= !enabled;
  }

  private boolean isEnabled(Member member) {
    return member.enabled && members.contains(member);
  }

  private @Nullable Member primary() {
    for (Member member : members) {
      if (config.mode() == BondMode.ACTIVE_BACKUP
          && member.enabled
          && member.name.equals(config.primary())) {
        return member;
      }
    }
    return null;
  }

  /** The primary; the one that was active last; any that is enabled; the next one to be. */
  private void chooseActive() {
    Member before = active;
    Member chosen = primary();
    Member last = find(members, lastActivePort);
    if (chosen == null && last != null && last.enabled) {
      chosen = last;
    }
    Member soonest = null;
    for (Member member : members) {
      if (chosen == null && member.enabled) {
        chosen = member;
      }
      if (member.carrier
          && member.delayEnds != NEVER
          && (soonest == null || member.delayEnds < soonest.delayEnds)) {
        soonest = member;
      }
    }
    if (chosen == null && soonest != null) {
      setEnabled(soonest, true);
      chosen = soonest;
    }
    active = chosen;
    if (chosen != null) {
      lastActivePort = chosen.port;
      announce |= chosen != before;
    }
  }

  private boolean assignBuckets() {
    boolean changed = false;
    for (int i = 0; i < BUCKETS; i++) {
      Member member = buckets[i];
      Member wanted = active;
      if (config.mode() == BondMode.BALANCE_SLB) {
        wanted = member != null && isEnabled(member) ? member : nextEnabled();
      }
      if (wanted != member) {
        buckets[i] = wanted;
        changed = true;
      }
    }
    return changed;
  }

  private @Nullable Member nextEnabled() {
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get(turn++ % members.size());
      if (member.enabled) {
        return member;
      }
    }
    return null;
  }

  private static @Nullable Member find(List<Member> among, int port) {
    for (Member member : among) {
      if (member.port == port) {
        return member;
      }
    }
    return null;
  }

  /** For people. */
  @Override
  public String toString() {
    int[] counts = new int[members.size()];
    for (Member member : buckets) {
      if (member != null && members.contains(member)) {
        counts[members.indexOf(member)]++;
      }
    }
    return config.mode() + " active " + activePort() + " buckets " + Arrays.toString(counts);
  }
}
