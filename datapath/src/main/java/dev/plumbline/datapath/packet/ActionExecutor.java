// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.ActionType;
import dev.plumbline.datapath.flow.FlowHash;
import dev.plumbline.datapath.flow.FlowKey;
import java.nio.ByteBuffer;

/**
 * Does a list of actions on a frame's bytes, as the eBPF program does them on a packet of the
 * kernel's. Nothing is copied: a tag pushed in front of an output moves the MAC addresses four
 * bytes into the headroom, a tag popped moves them back, and headers are changed where they are.
 *
 * <p>The outer tag is beside the frame while actions push and pop it, and is put into the bytes
 * when somebody gets to see them. A tag so put in has no DEI bit, as in Open vSwitch: that bit of a
 * TCI says that there is a tag ({@link FlowKey#VLAN_PRESENT}). Popping is as in the kernel's
 * skb_vlan_pop: it does nothing to a frame without a tag, and fails if it finds a tag that is cut
 * off, be it the next one.
 *
 * <p>An upcall is the last thing that is done: the kernel cannot take off again what it puts in
 * front of a frame that goes up. A decision that also sends puts its outputs first.
 */
public final class ActionExecutor {
  /**
   * Bytes in front of a frame that actions may use: four tags more than it came with. Callers that
   * want room for a header of their own in front of what is put out leave as much more.
   */
  public static final int HEADROOM = 16;

  // enum drop_reason of src/main/bpf/flow.h
  static final int DROP_MALFORMED = 1;
  static final int DROP_PORT_DOWN = 5;
  static final int DROP_BAD_ACTION = 7;
  static final int DROP_BAD_LIST = 8;
  static final int DROP_VLAN_OPERATION = 13;
  static final int DROP_METER = 19;

  /** What becomes of a frame. */
  public interface Sink {
    /**
     * Sends the frame by the port. The bytes and the vnet header are lent until this returns; those
     * in front of the offset may be written, and the checksum may be completed in place with the
     * vnet header given ({@link VnetHeader#completeChecksum}).
     */
    void output(int port, ByteBuffer buffer, int offset, int length, VnetHeader vnet);

    /** Whether a meter of a bridge has room for a frame, which takes it then. */
    boolean meter(int bridge, long number, int frameBytes, int segments);

    /** The port of the bond's member for the hash; 0: none, the frame is dropped. */
    int bondPort(int bond, int hash);

    /** Hands the frame up, nothing is done after that; lent as with output. */
    void upcall(int reason, ByteBuffer buffer, int offset, int length, VnetHeader vnet);

    /** Counts a copy that goes nowhere; {@code enum drop_reason}. */
    void drop(int reason);
  }

  private final HeaderWriter headers = new HeaderWriter();
  private ByteBuffer buffer;
  private int offset;
  private int length;
  private VnetHeader vnet;
  private int besideTpid;
  private int besideTci;

  /** Of how many actions nothing is sent. */
  private int muted;

  public ActionExecutor() {
    buffer = ByteBuffer.allocate(0);
    vnet = new VnetHeader();
  }

  /**
   * Does the actions. The frame and its vnet header are afterwards as the actions left them. Where
   * they change headers ({@link ActionList#rewrites}), all of the frame is in the buffer; else it
   * may be the first bytes alone.
   *
   * @param key as parsed from this frame; bonds hash its addresses and ports
   * @param offset at least {@link #HEADROOM}
   * @param vlanTci the tag beside the frame, with {@link FlowKey#VLAN_PRESENT}; without that bit:
   *     none
   * @param vnet of the frame as it is given, without the tag beside it
   */
  public void execute(
      ActionList actions,
      FlowKey key,
      ByteBuffer buffer,
      int offset,
      int length,
      int vlanTpid,
      int vlanTci,
      VnetHeader vnet,
      Sink sink) {
    if (actions.overflowed()) {
      sink.drop(DROP_BAD_LIST);
      return;
    }
    if (length < Wire.ETHERNET_BYTES) {
      sink.drop(DROP_MALFORMED);
      return;
    }
    this.buffer = buffer;
    this.offset = offset;
    this.length = length;
    this.vnet = vnet;
    besideTpid = vlanTpid;
    besideTci = vlanTci;
    muted = 0;
    if (actions.rewrites()) {
      headers.find(buffer, offset, length, vlanTpid, vlanTci);
    }
    for (int i = 0; i < actions.size() && one(actions, i, key, sink); i++) {}
  }

  /** Whether to go on. */
  private boolean one(ActionList actions, int index, FlowKey key, Sink sink) {
    ActionType type = actions.type(index);
    if (muted > 0) {
      muted--;
      if (type == ActionType.OUTPUT || type == ActionType.BOND || type == ActionType.METER) {
        return true;
      }
    }
    switch (type) {
      case END -> {
        return false;
      }
      case OUTPUT -> {
        return output(actions.port(index), sink);
      }
      case PUSH_VLAN -> {
        if (!putIn()) {
          sink.drop(DROP_VLAN_OPERATION);
          return false;
        }
        besideTpid = actions.arg(index) >>> 16;
        besideTci = (actions.arg(index) & 0xffff) | FlowKey.VLAN_PRESENT;
        return true;
      }
      case POP_VLAN -> {
        if (!pop()) {
          sink.drop(DROP_VLAN_OPERATION);
          return false;
        }
        return true;
      }
      case BOND -> {
        int hash =
            actions.flags(index) == ActionList.BOND_HASH_L4
                ? FlowHash.layer4(key, vlan())
                : FlowHash.layer2(Wire.mac(buffer, offset + Wire.MAC_BYTES), vlan());
        int port = sink.bondPort(actions.arg(index), hash);
        if (port == 0) {
          sink.drop(DROP_PORT_DOWN);
          return true;
        }
        return output(port, sink);
      }
      case SET -> {
        headers.set(actions, index, offset, vnet);
        return true;
      }
      case METER -> {
        int bytes = length + ((besideTci & FlowKey.VLAN_PRESENT) == 0 ? 0 : Wire.TAG_BYTES);
        long number = actions.arg(index) & 0xffff_ffffL;
        if (sink.meter(actions.port(index), number, bytes, vnet.segments(length))) {
          return true;
        }
        sink.drop(DROP_METER);
        muted = actions.flags(index);
        return muted > 0;
      }
      case UPCALL -> {
        if (!putIn()) {
          sink.drop(DROP_VLAN_OPERATION);
          return false;
        }
        sink.upcall(actions.arg(index), buffer, offset, length, vnet);
        return false;
      }
      case DROP -> {
        sink.drop(actions.arg(index));
        return false;
      }
      case COMMIT -> {
        return true; // was done before
      }
      // Whoever decides has asked; LIST is resolved in the kernel, and in no decision.
      case TRACK, LIST -> {
        sink.drop(DROP_BAD_ACTION);
        return false;
      }
    }
    throw new AssertionError(type);
  }

  private boolean output(int port, Sink sink) {
    if (!putIn()) {
      sink.drop(DROP_VLAN_OPERATION);
      return false;
    }
    sink.output(port, buffer, offset, length, vnet);
    return true;
  }

  /** The VLAN of the outermost tag, 0 without one. */
  private int vlan() {
    if ((besideTci & FlowKey.VLAN_PRESENT) != 0) {
      return besideTci & 0xfff;
    }
    return hasTagInside() ? Wire.u16(buffer, offset + Wire.ETHERNET_BYTES) & 0xfff : 0;
  }

  private boolean hasTagInside() {
    return Wire.isTag(Wire.u16(buffer, offset + Wire.TYPE_OFFSET))
        && length >= Wire.ETHERNET_BYTES + Wire.TAG_BYTES;
  }

  /** Puts the tag beside the frame into it; false if there is no room. */
  private boolean putIn() {
    if ((besideTci & FlowKey.VLAN_PRESENT) == 0) {
      return true;
    }
    if (offset < Wire.TAG_BYTES) {
      return false;
    }
    moveMacs(-Wire.TAG_BYTES);
    Wire.u16(buffer, offset + Wire.TYPE_OFFSET, besideTpid);
    Wire.u16(buffer, offset + Wire.ETHERNET_BYTES, besideTci & ~FlowKey.VLAN_PRESENT);
    besideTci = 0;
    return true;
  }

  /** Takes the outer tag away; false if that or the next one is cut off. */
  private boolean pop() {
    if ((besideTci & FlowKey.VLAN_PRESENT) != 0) {
      besideTci = 0;
    } else if (hasTagInside()) {
      moveMacs(Wire.TAG_BYTES);
    }
    return hasTagInside() || !Wire.isTag(Wire.u16(buffer, offset + Wire.TYPE_OFFSET));
  }

  private void moveMacs(int by) {
    int first = Wire.u32(buffer, offset);
    int second = Wire.u32(buffer, offset + 4);
    int third = Wire.u32(buffer, offset + 8);
    offset += by;
    length -= by;
    Wire.u32(buffer, offset, first);
    Wire.u32(buffer, offset + 4, second);
    Wire.u32(buffer, offset + 8, third);
    vnet.shift(-by);
  }
}
