// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.bpf.BpfFs;
import dev.plumbline.datapath.bpf.BpfMap;
import dev.plumbline.datapath.bpf.BpfObject;
import dev.plumbline.datapath.bpf.BpfProgram;
import dev.plumbline.datapath.bpf.Hooks;
import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.bpf.TestRun;
import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.datapath.config.MeterConfig.Unit;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import dev.plumbline.datapath.upcall.SlotTable;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The fast path with its programs as they are, but that they write down what they would do: the
 * constant {@code recording}. Frames are given to them by BPF_PROG_TEST_RUN, as of the loopback
 * device.
 */
final class RecordingPath implements AutoCloseable {
  private static final int LOOPBACK = 1;
  private static final int RECORDS = 128;
  private static final int FRAME_BYTES = 3072;

  /** Of bridge 1: has no room for anything. All others are not there, and let all through. */
  static final int EMPTY_METER = 1;

  // An Ethernet header, and that with an IPv4 or IPv6 header: fewer no test run takes.
  private static final int ETHERNET_BYTES = 14;
  private static final int IPV4_BYTES = 34;
  private static final int IPV6_BYTES = 54;

  private final BpfFs pins;
  private final EbpfTables tables;
  private final EbpfFastPath path;
  private final Memory slotMemory;
  private final SlotTable slots;
  private final TestRun run = new TestRun(FRAME_BYTES);
  private final BpfProgram ingress;
  private final BpfProgram egress;
  private final Memory index = Memory.allocate(Integer.BYTES);
  private final Memory count = Memory.allocate(Integer.BYTES);
  private final Memory one = Memory.allocate(Layout.Record.SIZE);

  RecordingPath(Path directory) throws IOException {
    pins = BpfFs.mount(directory);
    BpfObject.Spec spec = BpfObject.resource(BpfObject.class, "switch.bpf.o");
    spec.constant("recording", 1).maxEntries("records", RECORDS);
    tables = EbpfTables.open(pins, spec);
    slotMemory = tables.map("slots").mapValues();
    EbpfFrames frames = EbpfFrames.open("recording", slotMemory); // given none
    slots = frames.slots();
    path = new EbpfFastPath(pins, tables, Hooks.open(pins), frames);
    ingress = tables.program("port_ingress");
    egress = tables.program("hidden_egress");
    emptyMeter();
  }

  private void emptyMeter() throws ErrnoException {
    path.meters(Map.of(1, Map.of(1L, new MeterConfig(EMPTY_METER, Unit.PKTPS, 1, 1))));
    Memory key = Memory.allocate(Layout.MeterKey.SIZE);
    key.buffer().putInt(Layout.MeterKey.BRIDGE, 1).putInt(Layout.MeterKey.NUMBER, EMPTY_METER);
    Memory state = Memory.allocate(Layout.MeterState.SIZE);
    state.buffer().putLong(Layout.MeterState.FULL_NS, Long.MAX_VALUE);
    tables.map("meter_states").update(key, 0, state, 0, BpfMap.ANY);
  }

  /** Whose flows the programs look up. */
  EbpfFastPath path() {
    return path;
  }

  /**
   * Puts a flow into the tables. A kernel whose CPUs cannot interrupt themselves has new memory for
   * flows at its next tick only (ENOMEM until then): so has user-mode Linux.
   */
  void install(FlowKey key, FlowMask mask, int bridge, ActionList actions) throws IOException {
    for (int attempt = 0; attempt < 100; attempt++) {
      long full = path.full();
      if (!path.install(key, mask, bridge, 0, actions)) {
        throw new AssertionError("no room for the actions");
      }
      path.flush();
      if (path.full() == full) {
        return;
      }
      Sh.run("sleep 0.02");
    }
    throw new AssertionError("no room for the flow");
  }

  /** The frame, longer if that is needed for the kernel to run a program on it. */
  static byte[] runnable(byte[] frame) {
    int type = frame.length < ETHERNET_BYTES ? 0 : ByteBuffer.wrap(frame).getShort(12) & 0xffff;
    int least =
        switch (type) {
          case 0x0800 -> IPV4_BYTES;
          case 0x86dd -> IPV6_BYTES;
          default -> ETHERNET_BYTES + 1;
        };
    return frame.length >= least ? frame : Arrays.copyOf(frame, least);
  }

  /** What is done with a frame that comes in by a port. */
  List<Event> receive(int port, int bridge, byte[] frame) throws IOException {
    tables.ingress(LOOPBACK, port, bridge, Layout.INGRESS_PORT);
    run.clear();
    return run(ingress, frame);
  }

  /** What is done with a frame of Java's, to which a tag is given first if the TPID is not 0. */
  List<Event> inject(ActionList actions, byte[] frame, int tpid, int tci) throws IOException {
    FlowKey key = new FlowKey();
    key.inPort(1);
    return inject(actions, key, frame, tpid, tci);
  }

  /**
   * The same with a key that says where it came from, and what connection tracking said of it.
   *
   * <p>If it goes up, {@link #answer} is what connection tracking says then.
   */
  List<Event> inject(ActionList actions, FlowKey key, byte[] frame, int tpid, int tci)
      throws IOException {
    slots.write(7, key, tpid == 0 ? 0 : tci | Layout.VLAN_PRESENT, tpid, 0, 0, actions);
    run.clear().mark(Layout.MARK_SLOT | 7);
    return run(egress, frame);
  }

  /** What connection tracking said of the frame that was the last one to go up. */
  long answer() {
    return one.buffer().duplicate().order(ByteOrder.BIG_ENDIAN).getLong(Layout.Record.CT);
  }

  /** One of the programs' tables. */
  BpfMap map(String name) {
    return tables.map(name);
  }

  private List<Event> run(BpfProgram program, byte[] frame) throws IOException {
    index.buffer().putInt(0, 0);
    count.buffer().putInt(0, 0);
    tables.map("n_records").update(index, 0, count, 0, 0);
    run.in().buffer().put(0, frame);
    int unused = run.run(program, frame.length, 1);
    if (!tables.map("n_records").lookup(index, 0, count, 0)) {
      throw new AssertionError("no count of records");
    }
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < count.buffer().getInt(0); i++) {
      events.add(record(i));
    }
    return events;
  }

  private Event record(int number) throws ErrnoException {
    index.buffer().putInt(0, number);
    if (!tables.map("records").lookup(index, 0, one, 0)) {
      throw new AssertionError("more than " + RECORDS + " records");
    }
    ByteBuffer buffer = one.buffer().duplicate().order(ByteOrder.nativeOrder());
    int what = buffer.getInt(Layout.Record.PORT);
    if ((what & Layout.RECORD_DROP) != 0) {
      return Event.drop(what & 0xffff);
    }
    int bytes = buffer.getInt(Layout.Record.LENGTH);
    byte[] begin = new byte[Math.min(bytes, Layout.RECORD_BYTES)];
    buffer.get(Layout.Record.BYTES, begin);
    Event event = Event.of(what, bytes, begin);
    int tpid = buffer.getShort(Layout.Record.VLAN_TPID) & 0xffff;
    return tpid == 0 ? event : event.withTag(tpid, buffer.getShort(Layout.Record.VLAN_TCI));
  }

  @Override
  public void close() throws IOException {
    slotMemory.unmap();
    path.dismantle();
    path.close();
  }
}
