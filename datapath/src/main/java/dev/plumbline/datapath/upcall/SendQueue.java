// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.upcall;

import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.libc.MessageVector;

/**
 * Frames that leave by a {@link PacketSocket} with one system call for many. The frames stay where
 * they are, and must not be changed, until {@link #flush}.
 */
public final class SendQueue {
  private final PacketSocket socket;
  private final MessageVector messages;
  private final int[] bytes;
  private final ErrnoCounters errors = new ErrnoCounters();
  private int size;
  private long sentFrames;
  private long sentBytes;

  /**
   * A queue.
   *
   * @param capacity most frames between two flushes, 1 to 1,024
   */
  public SendQueue(PacketSocket socket, int capacity) {
    this.socket = socket;
    messages = new MessageVector(capacity, 2, MessageVector.controlBytes(Integer.BYTES));
    bytes = new int[capacity];
  }

  public boolean isFull() {
    return size == bytes.length;
  }

  /** Frames that wait for {@link #flush}. */
  public int size() {
    return size;
  }

  /**
   * Adds a frame.
   *
   * @param vnetOffset where its vnet header of 10 bytes is
   * @param frameOffset where the frame is, tags and all
   * @return false if the queue is full
   */
  public boolean add(Memory memory, int vnetOffset, int frameOffset, int frameBytes) {
    return add(memory, vnetOffset, frameOffset, frameBytes, 0);
  }

  /**
   * Adds a frame that is in two pieces.
   *
   * @param headOffset where its vnet header is, with the frame's first bytes right behind it
   * @param headBytes of both, at least the vnet header's 10
   * @param restBytes of the frame's rest; 0: there is none
   * @return false if the queue is full
   */
  public boolean add(
      Memory head, int headOffset, int headBytes, Memory rest, int restOffset, int restBytes) {
    if (isFull()) {
      return false;
    }
    messages.part(size, 0, head.address(headOffset, headBytes), headBytes);
    messages.part(size, 1, rest.address(restOffset, restBytes), restBytes);
    messages.control(size, Libc.SOL_SOCKET, Libc.SO_MARK, 0);
    bytes[size++] = headBytes - UpcallBatch.VNET_BYTES + restBytes;
    return true;
  }

  /** As {@link #add(Memory, int, int, int)}, with the mark that the frame is to have. */
  public boolean add(Memory memory, int vnetOffset, int frameOffset, int frameBytes, int mark) {
    if (isFull()) {
      return false;
    }
    int vnetBytes = UpcallBatch.VNET_BYTES;
    messages.part(size, 0, memory.address(vnetOffset, vnetBytes), vnetBytes);
    messages.part(size, 1, memory.address(frameOffset, frameBytes), frameBytes);
    messages.control(size, Libc.SOL_SOCKET, Libc.SO_MARK, mark);
    bytes[size++] = frameBytes;
    return true;
  }

  /**
   * Sends all that was added. What cannot be sent is counted, lost, and keeps nothing else back.
   *
   * @return how many were sent
   */
  public int flush() {
    int sent = 0;
    int next = 0;
    while (next < size) {
      int result = Libc.sendmmsg(socket.fd(), messages, next, size - next, 0);
      if (result > 0) {
        for (int i = next; i < next + result; i++) {
          sentBytes += bytes[i];
        }
        sent += result;
        next += result;
      } else {
        errors.count(-result);
        next++;
      }
    }
    size = 0;
    sentFrames += sent;
    return sent;
  }

  /** Frames sent since this was made. */
  public long sentFrames() {
    return sentFrames;
  }

  /** Their bytes, without vnet headers. */
  public long sentBytes() {
    return sentBytes;
  }

  /**
   * Frames that were not sent. EAGAIN: the socket's buffer was full; ENETDOWN: the device is down;
   * ENOBUFS: a program on its egress hook dropped it, or its queue was full; ENXIO: it is gone;
   * EMSGSIZE: the frame is longer than its MTU and not to be cut; EINVAL: a vnet header that makes
   * no sense.
   */
  public ErrnoCounters errors() {
    return errors;
  }
}
