// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What is called for each new flow, and by the revalidator for each flow, makes no garbage. On a
 * throwaway host, but not in user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
class AllocationTest {
  private static final int ENTRIES = 1000;
  private static final int ROUNDS = 50;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Memory key = Memory.allocate(80);
  private final Memory value = Memory.allocate(96);

  @Test
  void callsForEntriesAndBatchesAllocateNothing() throws IOException {
    try (BpfMap map = BpfMap.create("garbage", MapInfo.HASH, 80, 96, ENTRIES, 0)) {
      MapBatch batch = new MapBatch(map, ENTRIES);
      for (int i = 0; i < ENTRIES; i++) {
        batch.keys().buffer().putInt(i * 80, i);
      }
      round(map, batch);
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < ROUNDS; i++) {
        round(map, batch);
      }
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      // Some bytes for the compiler's own bookkeeping; one object a call would be millions.
      assertTrue(bytes < 20_000, bytes + " bytes in " + ROUNDS * ENTRIES * 4 + " calls");
    }
  }

  private void round(BpfMap map, MapBatch batch) throws IOException {
    for (int i = 0; i < ENTRIES; i++) {
      key.buffer().putInt(0, i);
      map.update(key, 0, value, 0, BpfMap.ANY);
      assertTrue(map.lookup(key, 0, value, 0));
      assertTrue(map.delete(key, 0));
      assertTrue(!map.lookup(key, 0, value, 0));
    }
    assertEquals(ENTRIES, batch.update(ENTRIES));
    batch.rewind();
    int read = 0;
    for (int count = batch.lookupAndDelete(); count > 0; count = batch.lookupAndDelete()) {
      read += count;
    }
    assertEquals(ENTRIES, read);
    for (int i = 0; i < ENTRIES; i++) {
      batch.keys().buffer().putInt(i * 80, i);
    }
  }
}
