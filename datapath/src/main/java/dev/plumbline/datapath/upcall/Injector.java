// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.upcall;

import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;

/**
 * Gives frames back to the kernel, with their checksums and segments still to be made where the
 * sender left that to others: they leave by a hidden device, on whose egress hook the fast path
 * does the actions of the {@linkplain SlotTable slot} that the frame's mark names.
 *
 * <p>The hook has run for each frame when {@link #flush} returns (it comes before the device's
 * queue): the slots can be used again then.
 */
public final class Injector implements AutoCloseable {
  private final PacketSocket socket;
  private final SendQueue queue;

  private Injector(PacketSocket socket) {
    this.socket = socket;
    this.queue = new SendQueue(socket, SlotTable.SLOTS);
  }

  /**
   * An injector.
   *
   * @param ifindex of the hidden device, in the calling thread's namespace
   */
  public static Injector open(int ifindex) throws ErrnoException {
    return new Injector(PacketSocket.sending(ifindex));
  }

  /**
   * Adds a frame; see {@link SendQueue#add(Memory, int, int, int)}.
   *
   * @param slot 0 to 255: what is to be done with it
   * @return false if {@link #flush} is due
   */
  public boolean add(Memory memory, int vnetOffset, int frameOffset, int frameBytes, int slot) {
    return queue.add(memory, vnetOffset, frameOffset, frameBytes, Layout.MARK_SLOT | slot);
  }

  /** Adds a frame of a batch. */
  public boolean add(UpcallBatch batch, int index, int slot) {
    return add(
        batch.memory(),
        batch.vnetOffset(index),
        batch.frameOffset(index),
        batch.frameLength(index),
        slot);
  }

  /** Sends all that was added, as {@link SendQueue#flush}. */
  public int flush() {
    return queue.flush();
  }

  /** What was sent, and what was not. */
  public SendQueue queue() {
    return queue;
  }

  @Override
  public void close() {
    socket.close();
  }
}
