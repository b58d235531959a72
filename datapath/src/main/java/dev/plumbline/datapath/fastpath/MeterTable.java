// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.bpf.BpfMap;
import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The meters of the programs: {@code struct meter} and {@code struct meter_state}, both by {@code
 * struct meter_key}. How full they are, and what they counted, they keep over processes; with
 * another rate they begin with a full bucket.
 */
final class MeterTable {
  private final BpfMap meters;
  private final BpfMap states;
  private final Memory key = Memory.allocate(Layout.MeterKey.SIZE);
  private final Memory next = Memory.allocate(Layout.MeterKey.SIZE);
  private final Memory value = Memory.allocate(Layout.Meter.SIZE);
  private final Memory before = Memory.allocate(Layout.Meter.SIZE);
  private final Memory state = Memory.allocate(Layout.MeterState.SIZE);

  MeterTable(BpfMap meters, BpfMap states) {
    this.meters = meters;
    this.states = states;
  }

  /** Has these meters, by bridge, and no others. */
  void configure(Map<Integer, Map<Long, MeterConfig>> wanted) throws ErrnoException {
    for (Map.Entry<Integer, Map<Long, MeterConfig>> bridge : wanted.entrySet()) {
      for (MeterConfig meter : bridge.getValue().values()) {
        key(bridge.getKey(), meter.id());
        boolean countsPackets = meter.unit() == MeterConfig.Unit.PKTPS;
        value
            .buffer()
            .putInt(Layout.Meter.RATE, (int) meter.rate())
            .putInt(Layout.Meter.FLAGS, countsPackets ? Layout.METER_PACKETS : 0)
            .putLong(Layout.Meter.BURST_NS, meter.burstNanos());
        boolean isOld = meters.lookup(key, 0, before, 0);
        if (isOld && isSame(before, value) && states.lookup(key, 0, state, 0)) {
          continue;
        }
        if (!states.lookup(key, 0, state, 0)) {
          for (int at = 0; at < Layout.MeterState.SIZE; at += Long.BYTES) {
            state.buffer().putLong(at, 0);
          }
        }
        state.buffer().putLong(Layout.MeterState.FULL_NS, 0);
        states.update(key, 0, state, 0, BpfMap.ANY);
        meters.update(key, 0, value, 0, BpfMap.ANY);
      }
    }
    for (long[] there : keys()) {
      Map<Long, MeterConfig> of = wanted.getOrDefault((int) there[0], Map.of());
      if (!of.containsKey(there[1])) {
        key((int) there[0], there[1]);
        boolean unused = meters.delete(key, 0);
        unused = states.delete(key, 0);
      }
    }
  }

  private static boolean isSame(Memory one, Memory other) {
    return one.buffer().getLong(0) == other.buffer().getLong(0)
        && one.buffer().getLong(Long.BYTES) == other.buffer().getLong(Long.BYTES);
  }

  private void key(int bridge, long number) {
    key.buffer()
        .putInt(Layout.MeterKey.BRIDGE, bridge)
        .putInt(Layout.MeterKey.NUMBER, (int) number);
  }

  /** Bridge and number of each. */
  private List<long[]> keys() throws ErrnoException {
    List<long[]> keys = new ArrayList<>();
    boolean more = states.firstKey(next, 0);
    while (more) {
      key.buffer().putLong(0, next.buffer().getLong(0));
      keys.add(
          new long[] {
            key.buffer().getInt(Layout.MeterKey.BRIDGE),
            key.buffer().getInt(Layout.MeterKey.NUMBER) & 0xffff_ffffL
          });
      more = states.nextKey(key, 0, next, 0);
    }
    return keys;
  }

  /** As {@link FastPath#meterCounters}. */
  long[] counters(int bridge, long number) throws ErrnoException {
    key(bridge, number);
    if (!states.lookup(key, 0, state, 0)) {
      return new long[4];
    }
    return new long[] {
      state.buffer().getLong(Layout.MeterState.PACKETS),
      state.buffer().getLong(Layout.MeterState.BYTES),
      state.buffer().getLong(Layout.MeterState.DROPPED_PACKETS),
      state.buffer().getLong(Layout.MeterState.DROPPED_BYTES)
    };
  }
}
