// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.bond.Bond;
import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.BondPort;
import dev.plumbline.datapath.fastpath.FastPath;
import dev.plumbline.datapath.translate.PortId;
import dev.plumbline.datapath.translate.PortNumbers;
import dev.plumbline.datapath.translate.SwitchState;
import dev.plumbline.netlink.libc.ErrnoException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The switch's bonds: tells each of its members' carriers and of time, and writes whose each bucket
 * is into the fast path. A failover rewrites buckets; no flow that goes out by the bond is touched.
 */
final class Bonds {
  private static final class Kept {
    final Bond bond;
    final int[] written = new int[Bond.BUCKETS];
    final long[] counted = new long[Bond.BUCKETS];
    BondPort config;

    Kept(Bond bond, BondPort config) {
      this.bond = bond;
      this.config = config;
    }
  }

  private final FastPath fast;
  private final Map<Integer, Kept> bonds = new TreeMap<>();

  Bonds(FastPath fast) {
    this.fast = fast;
  }

  /**
   * Makes, changes and ends bonds by the state's configuration.
   *
   * @param saved what an earlier process knew
   * @return the state with each bond's active member
   */
  SwitchState configure(SwitchState state, SavedState saved, long now) throws ErrnoException {
    Map<Integer, BondPort> wanted = new TreeMap<>();
    for (Map.Entry<PortId, Integer> one : state.numbers().ports().entrySet()) {
      BondPort config = config(state, one.getKey());
      if (config != null && one.getKey().part().isEmpty()) {
        wanted.put(one.getValue(), config);
        configure(state, one.getKey(), one.getValue(), config, saved, now);
      }
    }
    for (Map.Entry<Integer, Kept> one : bonds.entrySet()) {
      if (!wanted.containsKey(one.getKey())) {
        for (int i = 0; i < Bond.BUCKETS; i++) {
          fast.bucket(one.getKey() - PortNumbers.BONDS, i, 0);
        }
      }
    }
    bonds.keySet().retainAll(wanted.keySet());
    return written(state);
  }

  private static @Nullable BondPort config(SwitchState state, PortId id) {
    BridgeConfig bridge = state.config().bridges().get(id.bridge());
    PortConfig port = bridge == null ? null : bridge.ports().get(id.port());
    return port instanceof BondPort bond ? bond : null;
  }

  private void configure(
      SwitchState state, PortId id, int number, BondPort config, SavedState saved, long now)
      throws ErrnoException {
    int[] members =
        config.members().stream()
            .mapToInt(name -> state.numbers().port(new PortId(id.bridge(), id.port(), name)))
            .toArray();
    Kept kept = bonds.get(number);
    if (kept != null) {
      kept.config = config;
      boolean unused = kept.bond.configure(config, members, state::isUp, now);
      return;
    }
    int index = number - PortNumbers.BONDS;
    int[] inherited = new int[Bond.BUCKETS];
    int active = saved.active(number);
    for (int i = 0; active != 0 && i < Bond.BUCKETS; i++) {
      inherited[i] = fast.bucket(index, i);
    }
    kept = new Kept(new Bond(config, members, state::isUp, active, inherited, now), config);
    for (int i = 0; i < Bond.BUCKETS; i++) {
      kept.written[i] = -1;
      kept.counted[i] = fast.bucketBytes(index, i);
    }
    bonds.put(number, kept);
  }

  /** Tells the bonds which members have a carrier, and the time. */
  SwitchState update(SwitchState state, long now) throws ErrnoException {
    boolean changed = false;
    for (Map.Entry<PortId, Integer> one : state.numbers().ports().entrySet()) {
      int number = one.getValue();
      Kept kept = number < PortNumbers.BONDS ? bonds.get(state.logical(number)) : null;
      if (kept != null) {
        changed |= kept.bond.carrier(number, state.isUp(number), now);
      }
    }
    return changed ? written(state) : state;
  }

  /** When a bond has something to do next; Long.MAX_VALUE: never. */
  long nextMillis() {
    long next = Long.MAX_VALUE;
    for (Kept kept : bonds.values()) {
      next = Math.min(next, kept.bond.nextMillis());
    }
    return next;
  }

  /** Lets time pass. */
  SwitchState run(SwitchState state, long now) throws ErrnoException {
    boolean changed = false;
    for (Map.Entry<Integer, Kept> one : bonds.entrySet()) {
      Bond bond = one.getValue().bond;
      if (bond.nextMillis() <= now) {
        account(one.getKey() - PortNumbers.BONDS, one.getValue());
        changed |= bond.run(now);
        changed |= bond.rebalance(now);
      }
    }
    return changed ? written(state) : state;
  }

  private void account(int index, Kept kept) throws ErrnoException {
    for (int i = 0; i < Bond.BUCKETS; i++) {
      long bytes = fast.bucketBytes(index, i);
      kept.bond.account(i, bytes - kept.counted[i]);
      kept.counted[i] = bytes;
    }
  }

  private SwitchState written(SwitchState state) throws ErrnoException {
    SwitchState next = state;
    for (Map.Entry<Integer, Kept> one : bonds.entrySet()) {
      int number = one.getKey();
      Kept kept = one.getValue();
      for (int i = 0; i < Bond.BUCKETS; i++) {
        int port = kept.bond.bucketPort(i);
        if (kept.written[i] != port) {
          fast.bucket(number - PortNumbers.BONDS, i, port);
          kept.written[i] = port;
        }
      }
      if (next.active(number) != kept.bond.activePort()) {
        next = next.withActive(number, kept.bond.activePort());
      }
    }
    return next;
  }

  /** The bonds whose other end is to be told where addresses are; each once. */
  int[] takeAnnouncements() {
    return bonds.entrySet().stream()
        .filter(one -> one.getValue().bond.takeAnnouncement())
        .mapToInt(Map.Entry::getKey)
        .toArray();
  }

  /** By number. */
  @Nullable Bond bond(int number) {
    Kept kept = bonds.get(number);
    return kept == null ? null : kept.bond;
  }

  @Nullable BondPort config(int number) {
    Kept kept = bonds.get(number);
    return kept == null ? null : kept.config;
  }

  int[] numbers() {
    return bonds.keySet().stream().mapToInt(Integer::intValue).toArray();
  }
}
