// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.packet.ActionExecutor;
import dev.plumbline.datapath.packet.PacketParser;
import dev.plumbline.datapath.packet.VnetHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What Java does with a frame: its parser, its executor. */
final class JavaSide implements ActionExecutor.Sink {
  /** In front of frames, for more tags than a switch pushes. */
  private static final int ROOM = 512;

  private final PacketParser parser = new PacketParser();
  private final ActionExecutor executor = new ActionExecutor();
  private final FlowKey key = new FlowKey();
  private final List<Event> events = new ArrayList<>();

  /** The key of a frame with that tag beside it; VLAN TPID 0: none. Lent until the next call. */
  FlowKey key(byte[] frame, int tpid, int tci) {
    int present = tpid == 0 ? 0 : tci | FlowKey.VLAN_PRESENT;
    if (!parser.parse(ByteBuffer.wrap(frame), 0, frame.length, tpid, present, key)) {
      throw new IllegalArgumentException(frame.length + " bytes");
    }
    return key;
  }

  List<Event> execute(ActionList actions, byte[] frame, int tpid, int tci) {
    ByteBuffer buffer = ByteBuffer.allocate(ROOM + frame.length).put(ROOM, frame);
    int present = tpid == 0 ? 0 : tci | FlowKey.VLAN_PRESENT;
    FlowKey parsed = key(frame, tpid, tci);
    VnetHeader vnet = new VnetHeader();
    events.clear();
    executor.execute(actions, parsed, buffer, ROOM, frame.length, tpid, present, vnet, this);
    return List.copyOf(events);
  }

  /** The port of a bucket as {@link RecordingPath} has it: one in 16 has no member. */
  static int bucketPort(int bond, int bucket) {
    return bucket % 16 == 3 ? 0 : 0x8000 + bond * Layout.BUCKETS + bucket;
  }

  @Override
  public void output(int port, ByteBuffer buffer, int offset, int length, VnetHeader vnet) {
    add(port, buffer, offset, length);
  }

  @Override
  public boolean meter(int bridge, long number, int frameBytes, int segments) {
    return number != RecordingPath.EMPTY_METER;
  }

  @Override
  public int bondPort(int bond, int hash) {
    return bucketPort(bond, hash & (Layout.BUCKETS - 1));
  }

  @Override
  public void upcall(int reason, ByteBuffer buffer, int offset, int length, VnetHeader vnet) {
    add(Layout.RECORD_UPCALL | reason, buffer, offset, length);
  }

  @Override
  public void drop(int reason) {
    events.add(Event.drop(reason));
  }

  private void add(int what, ByteBuffer buffer, int offset, int length) {
    byte[] bytes = new byte[length];
    buffer.get(offset, bytes);
    events.add(Event.of(what, length, bytes));
  }
}
