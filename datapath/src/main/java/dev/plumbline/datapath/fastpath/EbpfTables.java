// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.bpf.BpfFs;
import dev.plumbline.datapath.bpf.BpfMap;
import dev.plumbline.datapath.bpf.BpfObject;
import dev.plumbline.datapath.bpf.BpfProgram;
import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.flow.NatRange;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The eBPF programs, loaded, and their tables, which are pinned: a later process finds them again
 * with all that is in them. What lies where in the values: {@code src/main/bpf/flow.h}.
 */
final class EbpfTables implements AutoCloseable {
  /** In the names of pins: another layout is another set of maps. Raise it when flow.h changes. */
  private static final String LAYOUT = "v5_";

  /**
   * Counters, and how full meters are, go on whatever the layout of the others is; another prefix
   * if their own changes.
   */
  private static final Set<String> LASTING = Set.of("trails", "meters", "meter_states");

  private static final String LASTING_LAYOUT = "t1_";

  static final int BUCKETS = 256;
  static final int DROP_REASONS = 64;

  // enum ingress_role
  static final int INGRESS_PORT = 1;
  static final int INGRESS_TUNNEL = 2;
  static final int INGRESS_UNDERLAY = 3;
  static final int INGRESS_SHARED = 4;

  // enum egress_kind
  static final int EGRESS_DEVICE = 1;
  static final int EGRESS_PEER = 2;
  static final int EGRESS_HOST = 3;
  static final int EGRESS_TUNNEL = 4;

  private final BpfObject object;
  private final boolean adopted;
  private final Map<String, BpfMap> maps;
  private final Memory key = Memory.allocate(64);
  private final Memory value = Memory.allocate(256);
  private final Memory perCpu;

  private EbpfTables(BpfObject object, boolean adopted) {
    this.object = object;
    this.adopted = adopted;
    this.maps = object.maps();
    this.perCpu =
        Memory.allocate(Math.max(map("counters").valueBytes(), map("drops").valueBytes()));
  }

  /**
   * Loads the programs, with the tables that are pinned there or new ones.
   *
   * @throws IOException with the kernel's or its verifier's words
   */
  static EbpfTables open(BpfFs pins) throws IOException {
    return open(pins, BpfObject.resource(BpfObject.class, "switch.bpf.o"));
  }

  /** As {@link #open(BpfFs)}, with another specification of the programs. */
  static EbpfTables open(BpfFs pins, BpfObject.Spec spec) throws IOException {
    Map<String, BpfMap> pinned = new HashMap<>();
    boolean done = false;
    BpfObject object = null;
    try {
      List<String> all = pins.pins();
      for (String pin : all) {
        String name = name(pin);
        // Meters had pins of the layout once: these are for who has no others.
        boolean isOther = name != null && !pin.equals(pin(name)) && all.contains(pin(name));
        BpfMap map = name == null || isOther ? null : pins.map(pin);
        if (name != null && map != null) {
          pinned.put(name, map);
          spec.reuse(name, map);
        }
      }
      boolean adopted = !LASTING.containsAll(pinned.keySet());
      object = spec.load();
      for (Map.Entry<String, BpfMap> one : object.maps().entrySet()) {
        String name = one.getKey();
        if (!all.contains(pin(name)) && !name.contains(".")) {
          one.getValue().pin(pins.pin(pin(name)));
        }
      }
      done = true;
      return new EbpfTables(object, adopted);
    } finally {
      pinned.values().forEach(BpfMap::close);
      if (!done && object != null) {
        object.close();
      }
    }
  }

  /** The map that is pinned so; null: none of this layout. */
  private static @Nullable String name(String pin) {
    if (pin.startsWith(LASTING_LAYOUT)) {
      String name = pin.substring(LASTING_LAYOUT.length());
      return LASTING.contains(name) ? name : null;
    }
    return pin.startsWith(LAYOUT) ? pin.substring(LAYOUT.length()) : null;
  }

  private static String pin(String map) {
    return (LASTING.contains(map) ? LASTING_LAYOUT : LAYOUT) + map;
  }

  /** The pins of tables that another version made in another layout. */
  static List<String> foreign(BpfFs pins) throws IOException {
    return pins.pins().stream()
        .filter(pin -> pin.matches("v[0-9]+_.*") && !pin.startsWith(LAYOUT))
        .toList();
  }

  /** Whether the tables are those of an earlier process. */
  boolean adopted() {
    return adopted;
  }

  BpfProgram program(String function) {
    return object.program(function);
  }

  BpfMap map(String name) {
    BpfMap map = maps.get(name);
    if (map == null) {
      throw new IllegalArgumentException("no map " + name);
    }
    return map;
  }

  /** Frames that a device receives enter the switch so. */
  void ingress(int ifindex, int port, int bridge, int role) throws ErrnoException {
    clear(8);
    value.buffer().putShort(0, (short) port).putShort(2, (short) bridge).put(4, (byte) role);
    put("ingresses", ifindex);
  }

  void removeIngress(int ifindex) throws ErrnoException {
    key.buffer().putInt(0, ifindex);
    boolean unused = map("ingresses").delete(key, 0);
  }

  /** A port sends so; an {@code ifindex} of 0 says that it does not. */
  void egress(int port, int ifindex, int kind, int mtu, int tunnel) throws ErrnoException {
    clear(12);
    value
        .buffer()
        .putInt(0, ifindex)
        .put(4, (byte) kind)
        .putShort(6, (short) tunnel)
        .putInt(8, mtu);
    put("egresses", port);
  }

  void bridge(int bridge, int generation, boolean masked) throws ErrnoException {
    clear(8);
    value.buffer().putInt(0, generation).putInt(4, masked ? 1 : 0);
    put("bridges", bridge);
  }

  /** Whether masked flows are looked for, as the table has it. */
  boolean isMasked(int bridge) throws ErrnoException {
    key.buffer().putInt(0, bridge);
    return map("bridges").lookup(key, 0, value, 0) && value.buffer().getInt(4) != 0;
  }

  /** The generation that the table has for a bridge. */
  int generation(int bridge) throws ErrnoException {
    key.buffer().putInt(0, bridge);
    return map("bridges").lookup(key, 0, value, 0) ? value.buffer().getInt(0) : 0;
  }

  /** Frames of a bond's bucket, 0 to 255, leave by the port; 0: they are dropped. */
  void bucket(int bond, int bucket, int port) throws ErrnoException {
    value.buffer().putInt(0, port);
    put("buckets", bond * BUCKETS + bucket);
  }

  /** The port of a bond's bucket; 0: none. */
  int bucket(int bond, int bucket) throws ErrnoException {
    key.buffer().putInt(0, bond * BUCKETS + bucket);
    return map("buckets").lookup(key, 0, value, 0) ? value.buffer().getInt(0) : 0;
  }

  /** Bytes that left by a bond's bucket since the tables were made. */
  long bucketBytes(int bond, int bucket) throws ErrnoException {
    return sum("bucket_bytes", bond * BUCKETS + bucket, 0);
  }

  void tunnel(int index, ByteBuffer tunnel) throws ErrnoException {
    value.buffer().put(0, tunnel, tunnel.position(), tunnel.remaining());
    put("tunnels", index);
  }

  /** Frames with these outer addresses and key are a port's; {@code struct tunnel_id}. */
  void tunnelPort(ByteBuffer id, int port, int bridge) throws ErrnoException {
    key.buffer().put(0, id, id.position(), id.remaining());
    clear(8);
    value
        .buffer()
        .putShort(0, (short) port)
        .putShort(2, (short) bridge)
        .put(4, (byte) INGRESS_PORT);
    map("tunnel_ports").update(key, 0, value, 0, BpfMap.ANY);
  }

  void removeTunnelPort(ByteBuffer id) throws ErrnoException {
    key.buffer().put(0, id, id.position(), id.remaining());
    boolean unused = map("tunnel_ports").delete(key, 0);
  }

  /**
   * What does not depend on a port.
   *
   * @param upcallIfindex where upcalls go
   * @param masks how many are in use
   * @param intervalNanos between two upcalls of one port; 0: no limit
   */
  void settings(int upcallIfindex, int masks, int intervalNanos) throws ErrnoException {
    clear(Layout.Settings.SIZE);
    value
        .buffer()
        .putInt(Layout.Settings.UPCALL_IFINDEX, upcallIfindex)
        .putInt(Layout.Settings.INJECT_IFINDEX, upcallIfindex)
        .putInt(Layout.Settings.N_MASKS, masks)
        .putInt(Layout.Settings.UPCALL_INTERVAL_NS, intervalNanos);
    put("the_settings_map", 0);
  }

  /** Writes mask {@code index}. */
  void mask(int index, byte[] mask) throws ErrnoException {
    value.buffer().put(0, mask);
    put("masks", index);
  }

  /** What connections are translated to that a number names. */
  void natRange(int number, NatRange range) throws ErrnoException {
    range.write(value.buffer(), 0);
    put("nat_ranges", number);
  }

  /** The range that a number names; null: none. */
  @Nullable NatRange natRange(int number) throws ErrnoException {
    key.buffer().putInt(0, number);
    return map("nat_ranges").lookup(key, 0, value, 0) ? NatRange.read(value.buffer(), 0) : null;
  }

  /** Received packets, received bytes, sent packets, sent bytes of a port. */
  long[] portCounters(int port) throws ErrnoException {
    long[] counters = new long[4];
    for (int i = 0; i < counters.length; i++) {
      counters[i] = sum("counters", port, i * Long.BYTES);
    }
    return counters;
  }

  /** Frames that were to go up, whether they could or not. */
  long misses() throws ErrnoException {
    return sum("misses", 0, 0);
  }

  /** Frames dropped for a reason, {@code enum drop_reason}. */
  long dropped(int reason) throws ErrnoException {
    return sum("drops", reason, 0);
  }

  private long sum(String map, int index, int offset) throws ErrnoException {
    key.buffer().putInt(0, index);
    BpfMap from = map(map);
    if (!from.lookup(key, 0, perCpu, 0)) {
      return 0;
    }
    long sum = 0;
    for (int at = offset; at < from.valueBytes(); at += from.cpuValueBytes()) {
      sum += perCpu.buffer().getLong(at);
    }
    return sum;
  }

  private void clear(int bytes) {
    for (int i = 0; i < bytes; i += Integer.BYTES) {
      value.buffer().putInt(i, 0);
    }
  }

  private void put(String map, int index) throws ErrnoException {
    key.buffer().putInt(0, index);
    map(map).update(key, 0, value, 0, BpfMap.ANY);
  }

  /** Closes what this process has open; the pinned tables and attached programs stay. */
  @Override
  public void close() {
    object.close();
  }
}
