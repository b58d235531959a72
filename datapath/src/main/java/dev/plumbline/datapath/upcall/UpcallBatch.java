// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.upcall;

import dev.plumbline.datapath.packet.VnetHeader;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.libc.MessageVector;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Frames that came up, each in a place of its own, so that all can be decided, installed and
 * injected before the memory is used again.
 *
 * <pre>
 *   0               10             42                      65,600
 *   +---------------+--------------+-------- … ------------+
 *   | vnet header   | prefix       | frame                 |
 *   +---------------+--------------+-------- … ------------+
 * </pre>
 *
 * <p>The header's offsets count from the frame's first byte. The prefix may be overwritten once it
 * is read: it is the room in which tags can be put into the frame.
 */
public final class UpcallBatch {
  public static final int VNET_BYTES = VnetHeader.BYTES;
  public static final int FRAME_OFFSET = VNET_BYTES + UpcallPrefix.BYTES;

  /** An IP packet of 65,535 bytes with Ethernet header and two tags, and what is before it. */
  static final int PLACE_BYTES = 65_600;

  private final Memory memory;
  private final int[] lengths;
  private final UpcallPrefix prefix = new UpcallPrefix();
  private final VnetHeader vnet = new VnetHeader();
  private int size;

  /**
   * A batch.
   *
   * @param capacity most frames, 1 to 1,024; each is 64 KiB of address space, of which the kernel
   *     gives pages when frames use them
   */
  public UpcallBatch(int capacity) {
    if (capacity < 1 || capacity > 1024) {
      throw new IllegalArgumentException("a batch of " + capacity + " frames is not 1 to 1,024");
    }
    memory = Memory.allocate(capacity * PLACE_BYTES);
    lengths = new int[capacity];
  }

  public int capacity() {
    return lengths.length;
  }

  /** Frames in it. */
  public int size() {
    return size;
  }

  public boolean isFull() {
    return size == lengths.length;
  }

  /** Forgets all frames. */
  public void clear() {
    size = 0;
  }

  /** All frames' memory: {@link #frameOffset} and others are offsets into it. */
  public Memory memory() {
    return memory;
  }

  /** The same as a buffer in native byte order. */
  public ByteBuffer buffer() {
    return memory.buffer();
  }

  public int vnetOffset(int index) {
    return place(Objects.checkIndex(index, size));
  }

  public int frameOffset(int index) {
    return place(Objects.checkIndex(index, size)) + FRAME_OFFSET;
  }

  /** Bytes of the frame alone. */
  public int frameLength(int index) {
    return lengths[Objects.checkIndex(index, size)];
  }

  /** The prefix of a frame; always the same object. */
  public UpcallPrefix prefix(int index) {
    return prefix.wrap(memory.buffer(), vnetOffset(index) + VNET_BYTES);
  }

  /** Where the next frame goes, with its vnet header first. */
  public int nextPlace() {
    return place(Objects.checkIndex(size, lengths.length));
  }

  /** Takes what was put into {@link #nextPlace}. */
  public void add(int frameBytes) {
    lengths[size++] = frameBytes;
  }

  /**
   * As {@link #add}, when the kernel took the prefix for a part of the frame: the vnet header then
   * counts it.
   */
  void addBehindPrefix(int frameBytes) {
    vnet.wrap(memory.buffer(), nextPlace()).shift(-UpcallPrefix.BYTES);
    add(frameBytes);
  }

  /**
   * Makes a message receive into a place that is free: the vnet header, and the frame behind the
   * room for the prefix.
   *
   * @param ahead how many places behind the next one
   */
  public void receiveInto(MessageVector messages, int message, int ahead) {
    int at = place(Objects.checkIndex(size + ahead, lengths.length));
    messages.part(message, 0, memory.address(at, VNET_BYTES), VNET_BYTES);
    int frameBytes = PLACE_BYTES - FRAME_OFFSET;
    messages.part(message, 1, memory.address(at + FRAME_OFFSET, frameBytes), frameBytes);
  }

  /**
   * Moves what was received some places behind the next one into that.
   *
   * @param ahead 0: it is there already
   */
  public void moveUp(int ahead, int frameBytes) {
    if (ahead > 0) {
      int from = place(Objects.checkIndex(size + ahead, lengths.length));
      buffer().put(nextPlace(), buffer(), from, FRAME_OFFSET + frameBytes);
    }
  }

  private static int place(int index) {
    return index * PLACE_BYTES;
  }
}
