// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.flow;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A packet as the switch sees it: {@code struct flow_key} of {@code src/main/bpf/flow.h}, byte for
 * byte. Fields that a packet does not have are 0. One is made for many packets: {@link #clear} it.
 */
public final class FlowKey {
  public static final int BYTES = 96;
  public static final int LAYER2_BYTES = 24;

  /** Zones of connection tracking that can be asked of a packet. */
  public static final int CT_ANSWERS = 2;

  /** In a TCI: there is a tag, even one with VLAN 0. The CFI bit, as Open vSwitch has it. */
  public static final int VLAN_PRESENT = 0x1000;

  /** {@code eth_type} of an 802.3 frame, whose type field is a length. */
  public static final int ETH_TYPE_NONE = 0x05ff;

  private static final VarHandle NETWORK_16 =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle NATIVE_16 =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());
  private static final VarHandle NETWORK_32 =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle NETWORK_64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle NATIVE_64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final byte[] bytes = new byte[BYTES];

  public void clear() {
    Arrays.fill(bytes, (byte) 0);
  }

  /** The key's own bytes, not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  /** The eight bytes at 8 × {@code index}, in native order; 0 to 11. */
  public long word(int index) {
    return (long) NATIVE_64.get(bytes, index << 3);
  }

  /** Takes the key from 96 bytes at the buffer's offset. */
  public void read(ByteBuffer from, int offset) {
    from.get(offset, bytes);
  }

  public void write(ByteBuffer to, int offset) {
    to.put(offset, bytes);
  }

  public void set(FlowKey other) {
    System.arraycopy(other.bytes, 0, bytes, 0, BYTES);
  }

  /** Datapath port number; 0: none. */
  public int inPort() {
    return (short) NATIVE_16.get(bytes, 0) & 0xffff;
  }

  public void inPort(int port) {
    NATIVE_16.set(bytes, 0, (short) port);
  }

  /** A field of at most two bytes as a number. */
  public int get(FlowField field) {
    if (field == FlowField.IN_PORT) {
      return inPort();
    }
    return switch (field.length()) {
      case 1 -> bytes[field.offset()] & 0xff;
      case 2 -> (short) NETWORK_16.get(bytes, field.offset()) & 0xffff;
      case 4 -> (int) NETWORK_32.get(bytes, field.offset());
      default -> throw new IllegalArgumentException(field + " is wider than 4 bytes");
    };
  }

  /** Sets a field of at most four bytes. */
  public void set(FlowField field, int value) {
    if (field == FlowField.IN_PORT) {
      inPort(value);
      return;
    }
    switch (field.length()) {
      case 1 -> bytes[field.offset()] = (byte) value;
      case 2 -> NETWORK_16.set(bytes, field.offset(), (short) value);
      case 4 -> NETWORK_32.set(bytes, field.offset(), value);
      default -> throw new IllegalArgumentException(field + " is wider than 4 bytes");
    }
  }

  /** Outer tag: TCI with {@link #VLAN_PRESENT}, or 0. */
  public int vlanTci() {
    return get(FlowField.VLAN_TCI);
  }

  /** Destination MAC address in the low 48 bits, first byte highest. */
  public long ethDst() {
    return mac(FlowField.ETH_DST.offset());
  }

  public void ethDst(long mac) {
    mac(FlowField.ETH_DST.offset(), mac);
  }

  public long ethSrc() {
    return mac(FlowField.ETH_SRC.offset());
  }

  public void ethSrc(long mac) {
    mac(FlowField.ETH_SRC.offset(), mac);
  }

  /** Behind the tags; {@link #ETH_TYPE_NONE} for 802.3. */
  public int ethType() {
    return get(FlowField.ETH_TYPE);
  }

  public long tunnelId() {
    return (long) NETWORK_64.get(bytes, FlowField.TUN_ID.offset());
  }

  public void tunnelId(long id) {
    NETWORK_64.set(bytes, FlowField.TUN_ID.offset(), id);
  }

  /**
   * What connection tracking said of the packet, a {@link CtAnswer}; 0: it has not been asked.
   *
   * @param index 0 or 1
   */
  public long ct(int index) {
    return (long) NETWORK_64.get(bytes, ctOffset(index));
  }

  public void ct(int index, long answer) {
    NETWORK_64.set(bytes, ctOffset(index), answer);
  }

  static int ctOffset(int index) {
    return (index == 0 ? FlowField.CT : FlowField.CT_2).offset();
  }

  private long mac(int offset) {
    return (((short) NETWORK_16.get(bytes, offset) & 0xffffL) << 32)
        | ((int) NETWORK_32.get(bytes, offset + 2) & 0xffffffffL);
  }

  private void mac(int offset, long mac) {
    NETWORK_16.set(bytes, offset, (short) (mac >> 32));
    NETWORK_32.set(bytes, offset + 2, (int) mac);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FlowKey key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
