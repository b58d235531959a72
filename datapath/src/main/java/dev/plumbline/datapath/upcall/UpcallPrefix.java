// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.upcall;

import dev.plumbline.datapath.bpf.Layout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What is in front of a frame that goes up: struct upcall_prefix of {@code src/main/bpf/flow.h}, in
 * host byte order. A flyweight: laid over the bytes, and over others for the next frame.
 *
 * <pre>
 *   0         2       3         4          6           8                 12                16
 *   +---------+-------+---------+----------+-----------+-----------------+-----------------+
 *   | in port | reason|         | TCI      | TPID      | interface index | skb->mark       |
 *   +---------+-------+---------+----------+-----------+-----------------+-----------------+
 *   16                                                 24                                  32
 *   | what connection tracking said, as in the key     | the same of another zone          |
 *   +--------------------------------------------------+-----------------------------------+
 * </pre>
 */
public final class UpcallPrefix {
  public static final int BYTES = Layout.UpcallPrefix.SIZE;

  /** Reason: no flow knows the frame. */
  public static final int MISS = 1;

  /** Reason: a flow's action. */
  public static final int ACTION = 2;

  /** Reason: to be encapsulated here, for the tunnel port {@link #inPort}. */
  public static final int TUNNEL = 3;

  /** Reason: the path of the tunnel port {@link #inPort} has no room for it. */
  public static final int TOO_BIG = 4;

  /**
   * Reason: it came by the tunnel port {@link #inPort}, from an end that has no number yet: {@link
   * #mark} is its key, {@link #ct} its address, IPv6 or IPv4 mapped to it.
   */
  public static final int TUNNEL_END = 5;

  private ByteBuffer buffer = ByteBuffer.allocate(BYTES);
  private int offset;

  /** Lays it over 32 bytes of a buffer in native byte order. */
  public UpcallPrefix wrap(ByteBuffer bytes, int at) {
    buffer = bytes;
    offset = at;
    return this;
  }

  /** Datapath port number that the frame came in by. */
  public int inPort() {
    return buffer.getShort(offset + Layout.UpcallPrefix.IN_PORT) & 0xffff;
  }

  /** {@link #MISS}, {@link #ACTION} or {@link #TUNNEL}. */
  public int reason() {
    return buffer.get(offset + Layout.UpcallPrefix.REASON) & 0xff;
  }

  /** The tag beside the frame, with {@code FlowKey.VLAN_PRESENT}; 0: none. */
  public int vlanTci() {
    return buffer.getShort(offset + Layout.UpcallPrefix.VLAN_TCI) & 0xffff;
  }

  /** The tag's TPID, 0 without a tag. */
  public int vlanTpid() {
    return buffer.getShort(offset + Layout.UpcallPrefix.VLAN_TPID) & 0xffff;
  }

  /** Index of the device that the frame came in by. */
  public int ifindex() {
    return buffer.getInt(offset + Layout.UpcallPrefix.IFINDEX);
  }

  /** The mark that the frame had. */
  public int mark() {
    return buffer.getInt(offset + Layout.UpcallPrefix.MARK);
  }

  /**
   * What connection tracking has said of the frame: {@code CtAnswer}; 0: it has not been asked.
   *
   * @param index 0 or 1
   */
  public long ct(int index) {
    return toNetwork(buffer.getLong(offset + Layout.UpcallPrefix.CT + index * Long.BYTES));
  }

  private static long toNetwork(long value) {
    return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Long.reverseBytes(value);
  }

  /** Writes all of it, for a frame of which connection tracking has not been asked. */
  public void set(int inPort, int reason, int vlanTci, int vlanTpid, int ifindex, int mark) {
    buffer.putShort(offset + Layout.UpcallPrefix.IN_PORT, (short) inPort);
    buffer.putShort(offset + Layout.UpcallPrefix.REASON, (short) 0); // the reserved byte too
    buffer.put(offset + Layout.UpcallPrefix.REASON, (byte) reason);
    buffer.putShort(offset + Layout.UpcallPrefix.VLAN_TCI, (short) vlanTci);
    buffer.putShort(offset + Layout.UpcallPrefix.VLAN_TPID, (short) vlanTpid);
    buffer.putInt(offset + Layout.UpcallPrefix.IFINDEX, ifindex);
    buffer.putInt(offset + Layout.UpcallPrefix.MARK, mark);
    buffer.putLong(offset + Layout.UpcallPrefix.CT, 0);
    buffer.putLong(offset + Layout.UpcallPrefix.CT + Long.BYTES, 0);
  }
}
