// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.NatRanges;
import dev.plumbline.datapath.packet.ActionExecutor;
import dev.plumbline.datapath.packet.ConnectionTuple;
import dev.plumbline.datapath.packet.VnetHeader;
import dev.plumbline.datapath.port.PacketPort;
import dev.plumbline.datapath.upcall.SendQueue;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.Memory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Does actions on frames and sends what comes of it, and counts as the eBPF programs do. A frame is
 * not copied: tags change no more than its head, of which each output gets a copy; the rest is sent
 * from where it is. Only where headers are changed, that head is the whole frame. Its checksum and
 * segments are left to the kernel as they came.
 */
final class PacketOutputs implements ActionExecutor.Sink {
  private static final int VNET_BYTES = VnetHeader.BYTES;

  /** More than all tags that actions take away, and the MAC addresses. */
  private static final int HEAD_BYTES = 96;

  private static final int ROOM = ActionExecutor.HEADROOM;

  /** More than a frame can have (IP lengths have 16 bits), and its Ethernet header and tags. */
  private static final int FRAME_BYTES = 0xffff + 256;

  /** Of the heads that wait: 1,024 of the short ones. */
  private static final int HEADS_BYTES = 1024 * 128;

  private static final int ETHERNET_BYTES = 14;
  private static final int TAG_BYTES = 4;
  private static final int TYPE_OFFSET = 12;

  private static final int PORTS = 1 << 16;
  private static final int BUCKETS = 256;

  // enum drop_reason of src/main/bpf/flow.h
  private static final int NO_UPCALL = 3;
  private static final int PORT_DOWN = 5;
  private static final int TOO_BIG = 6;
  private static final int CLONE = 11;

  private static final class Slot {
    final FlowKey key = new FlowKey();
    final ActionList actions = new ActionList();
    int vlanTpid;
    int vlanTci;
    int trail;
  }

  /** A port's numbers, which outlive its device. */
  private static final class Port {
    @Nullable PacketPort socket;
    int mtu;
    long rxPackets;
    long rxBytes;
    long txPackets;
    long txBytes;
  }

  /** By bridge and number. */
  private Map<Long, Meter> meters = new HashMap<>();

  private final PacketTrails trails = new PacketTrails();
  private final ActionExecutor executor = new ActionExecutor();
  private final ConnectionTracker connections;
  private final ConnectionTuple tuple = new ConnectionTuple();

  /** What translates the frame that is worked on. */
  private final ActionList translation = new ActionList();

  private final Slot[] slots = new Slot[FastPath.SLOTS];
  private final @Nullable Port[] ports = new Port[PORTS];
  private final Port[] dirty = new Port[PORTS];
  private final long[] drops = new long[EbpfTables.DROP_REASONS];
  private int[] buckets = new int[BUCKETS];
  private long[] bucketBytes = new long[BUCKETS];
  private int dirtyPorts;

  /** The bond's bucket that the next output is for; -1: it is for none. */
  private int chosenBucket = -1;

  /** The head that is worked on, with room for tags before it. */
  private final Memory work = Memory.allocate(ROOM + FRAME_BYTES);

  private final Memory workVnet = Memory.allocate(VNET_BYTES);
  private final VnetHeader vnet = new VnetHeader().wrap(workVnet.buffer(), 0);

  /** Heads as they are to be sent, each behind its vnet header. */
  private final Memory heads = Memory.allocate(HEADS_BYTES);

  /** Bytes of them. */
  private int usedHeads;

  private Memory frame = work;
  private int restOffset;
  private int restBytes;

  PacketOutputs(NatRanges ranges) {
    connections = new ConnectionTracker(Layout.CONNECTIONS, ranges);
    Arrays.setAll(slots, i -> new Slot());
  }

  TrailCounters trails() {
    return trails;
  }

  ConnectionTracker connections() {
    return connections;
  }

  /** As {@link FastPath#track}. */
  long track(Memory memory, int frameOffset, int bytes, int vlanTpid, int vlanTci, int zone) {
    tuple.read(memory.buffer(), frameOffset, bytes, vlanTpid, vlanTci);
    return connections.track(tuple, zone, System.nanoTime());
  }

  /** Keeps the frame's connections, and says what translates it; not 0: why it cannot be. */
  private int commit(Slot slot, Memory memory, int frameOffset, int bytes) {
    translation.clear();
    connections.inner().clear();
    if (!slot.actions.commits()) {
      return 0;
    }
    tuple.read(memory.buffer(), frameOffset, bytes, slot.vlanTpid, slot.vlanTci);
    return connections.commit(slot.actions, slot.key, tuple, System.nanoTime(), translation);
  }

  void put(int port, PacketPort socket) {
    port(port).socket = socket;
  }

  @Nullable PacketPort socket(int port) {
    Port of = ports[port];
    return of == null ? null : of.socket;
  }

  void mtu(int port, int mtu) {
    port(port).mtu = mtu;
  }

  /** Sends what waits for the port and gives its socket back; null: it had none. */
  @Nullable PacketPort remove(int port) {
    flush();
    Port old = ports[port];
    PacketPort socket = old == null ? null : old.socket;
    if (old != null) {
      old.socket = null;
    }
    return socket;
  }

  private Port port(int number) {
    Port port = ports[number];
    if (port == null) {
      port = new Port();
      ports[number] = port;
    }
    return port;
  }

  void received(int port, int bytes) {
    Port from = ports[port];
    if (from != null) {
      from.rxPackets++;
      from.rxBytes += bytes;
    }
  }

  long[] counters(int number) {
    Port port = ports[number];
    return port == null
        ? new long[4]
        : new long[] {port.rxPackets, port.rxBytes, port.txPackets, port.txBytes};
  }

  long dropped(int reason) {
    return drops[reason];
  }

  int bucket(int bond, int bucket) {
    int index = bond * BUCKETS + bucket;
    return index < buckets.length ? buckets[index] : 0;
  }

  void bucket(int bond, int bucket, int port) {
    int index = bond * BUCKETS + bucket;
    if (index >= buckets.length) {
      buckets = Arrays.copyOf(buckets, (bond + 1) * BUCKETS);
      bucketBytes = Arrays.copyOf(bucketBytes, buckets.length);
    }
    buckets[index] = port;
  }

  long bucketBytes(int bond, int bucket) {
    int index = bond * BUCKETS + bucket;
    return index < bucketBytes.length ? bucketBytes[index] : 0;
  }

  void slot(int index, FlowKey key, int vlanTpid, int vlanTci, int trail, ActionList actions) {
    Slot slot = slots[index];
    slot.key.set(key);
    slot.actions.set(actions);
    slot.vlanTpid = vlanTpid;
    slot.vlanTci = vlanTci;
    slot.trail = trail;
  }

  /** Does a slot's actions on a frame, which must not be changed until {@link #flush}. */
  void execute(Memory memory, int vnetOffset, int frameOffset, int frameBytes, int index) {
    Slot slot = slots[index];
    if (slot.trail != 0) {
      int bytes = frameBytes + (slot.vlanTci == 0 ? 0 : TAG_BYTES);
      trails.count(slot.trail, bytes, System.nanoTime());
    }
    int refused = commit(slot, memory, frameOffset, frameBytes);
    if (refused != 0) {
      drop(refused);
      return;
    }
    boolean rewrites = slot.actions.rewrites() || translation.size() > 0;
    int head = Math.min(frameBytes, rewrites ? FRAME_BYTES : HEAD_BYTES);
    if (rewrites && head < frameBytes) {
      drop(TOO_BIG);
      return;
    }
    work.buffer().put(ROOM, memory.buffer(), frameOffset, head);
    workVnet.buffer().put(0, memory.buffer(), vnetOffset, VNET_BYTES);
    frame = memory;
    restOffset = frameOffset + head;
    restBytes = frameBytes - head;
    if (connections.inner().isSet()
        && !connections
            .inner()
            .translate(work.buffer(), ROOM, frameBytes, slot.vlanTpid, slot.vlanTci)) {
      drop(Layout.DROP_NAT_ERROR);
      return;
    }
    if (translation.size() > 0) {
      execute(translation, slot, frameBytes);
    }
    execute(slot.actions, slot, frameBytes);
  }

  private void execute(ActionList actions, Slot slot, int frameBytes) {
    executor.execute(
        actions,
        slot.key,
        work.buffer(),
        ROOM,
        frameBytes,
        slot.vlanTpid,
        slot.vlanTci,
        vnet,
        this);
  }

  @Override
  public void output(int number, ByteBuffer buffer, int offset, int length, VnetHeader header) {
    if (chosenBucket >= 0 && chosenBucket < bucketBytes.length) {
      bucketBytes[chosenBucket] += length;
    }
    chosenBucket = -1;
    Port port = ports[number];
    PacketPort socket = port == null ? null : port.socket;
    if (port == null || socket == null) {
      drop(PORT_DOWN);
      return;
    }
    // As in the kernel, where the outer tag is beside the frame and one more may be inside.
    int beside = isTag(buffer, offset) ? TAG_BYTES : 0;
    if (port.mtu != 0
        && !header.isGso()
        && length - beside > port.mtu + ETHERNET_BYTES + TAG_BYTES) {
      drop(TOO_BIG);
      return;
    }
    SendQueue queue = socket.queue();
    int head = length - restBytes;
    if (queue.isFull() || usedHeads + VNET_BYTES + head > HEADS_BYTES) {
      flush();
    }
    if (queue.size() == 0) {
      dirty[dirtyPorts++] = port;
    }
    int place = usedHeads;
    usedHeads += VNET_BYTES + head;
    header.write(heads.buffer(), place);
    heads.buffer().put(place + VNET_BYTES, buffer, offset, head);
    boolean unused = queue.add(heads, place, VNET_BYTES + head, frame, restOffset, restBytes);
    port.txPackets++;
    port.txBytes += length - beside;
  }

  private static boolean isTag(ByteBuffer buffer, int offset) {
    int type = buffer.getShort(offset + TYPE_OFFSET) & 0xffff; // in native byte order
    return type == 0x0081 || type == 0xa888 || type == 0x8100 || type == 0x88a8;
  }

  void meters(Map<Integer, Map<Long, MeterConfig>> wanted) {
    Map<Long, Meter> kept = new HashMap<>();
    long now = System.nanoTime();
    wanted.forEach(
        (bridge, of) ->
            of.forEach(
                (number, config) -> {
                  Meter meter = meters.get(meterKey(bridge, number));
                  if (meter == null) {
                    meter = new Meter(config, now);
                  }
                  meter.configure(config, now);
                  kept.put(meterKey(bridge, number), meter);
                }));
    meters = kept;
  }

  private static long meterKey(int bridge, long number) {
    return ((long) bridge << 32) | number;
  }

  long[] meterCounters(int bridge, long number) {
    Meter meter = meters.get(meterKey(bridge, number));
    return meter == null ? new long[4] : meter.counters();
  }

  @Override
  public boolean meter(int bridge, long number, int frameBytes, int segments) {
    Meter meter = meters.get(meterKey(bridge, number));
    return meter == null || meter.lets(frameBytes, segments, System.nanoTime());
  }

  @Override
  public int bondPort(int bond, int hash) {
    chosenBucket = bond * BUCKETS + (hash & (BUCKETS - 1));
    return chosenBucket < buckets.length ? buckets[chosenBucket] : 0;
  }

  @Override
  public void upcall(int reason, ByteBuffer buffer, int offset, int length, VnetHeader header) {
    drop(NO_UPCALL); // every frame has come up already
  }

  @Override
  public void drop(int reason) {
    drops[reason]++;
  }

  /** Sends all; what cannot be sent is counted. */
  void flush() {
    for (int i = 0; i < dirtyPorts; i++) {
      PacketPort socket = dirty[i].socket;
      if (socket != null) {
        flush(socket.queue());
      }
    }
    dirtyPorts = 0;
    usedHeads = 0;
  }

  private void flush(SendQueue queue) {
    int size = queue.size();
    long tooBig = queue.errors().of(Errno.EMSGSIZE);
    long down = queue.errors().of(Errno.ENETDOWN) + queue.errors().of(Errno.ENXIO);
    int sent = queue.flush();
    if (sent < size) {
      tooBig = queue.errors().of(Errno.EMSGSIZE) - tooBig;
      down = queue.errors().of(Errno.ENETDOWN) + queue.errors().of(Errno.ENXIO) - down;
      drops[TOO_BIG] += tooBig;
      drops[PORT_DOWN] += down;
      drops[CLONE] += size - sent - tooBig - down;
    }
  }
}
