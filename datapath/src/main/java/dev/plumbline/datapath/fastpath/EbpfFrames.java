// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.upcall.Injector;
import dev.plumbline.datapath.upcall.SlotTable;
import dev.plumbline.datapath.upcall.UpcallQueues;
import dev.plumbline.datapath.upcall.UpcallTap;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import java.io.IOException;

/** The way of frames from the programs up to Java and back: the hidden device and its queues. */
record EbpfFrames(
    UpcallTap tap, UpcallQueues queues, Injector injector, SlotTable slots, Memory mapped)
    implements AutoCloseable {
  /** Frames of one queue in one turn. */
  private static final int BUDGET = 32;

  /**
   * Opens it.
   *
   * @param name of the hidden device
   * @param mapped memory of the programs' slots; belongs to what is returned
   */
  static EbpfFrames open(String name, Memory mapped) throws IOException {
    UpcallTap tap = UpcallTap.open(name, UpcallTap.QUEUES);
    UpcallQueues queues = null;
    try {
      queues = new UpcallQueues(tap, BUDGET);
      SlotTable slots = new SlotTable(mapped.buffer());
      return new EbpfFrames(tap, queues, Injector.open(tap.ifindex()), slots, mapped);
    } catch (IOException | RuntimeException e) {
      if (queues != null) {
        queues.close();
      }
      tap.close();
      throw e;
    }
  }

  @Override
  public void close() {
    injector.close();
    queues.close();
    tap.close();
    try {
      mapped.unmap();
    } catch (ErrnoException e) {
      throw new IllegalStateException(e); // only for what is not mapped
    }
  }
}
