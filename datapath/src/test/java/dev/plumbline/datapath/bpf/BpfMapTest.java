// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.testing.KernelTest;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@KernelTest
class BpfMapTest {
  @Test
  void entriesAreWrittenReadAndDeleted() throws IOException {
    try (BpfMap map = BpfMap.create("entries", MapInfo.HASH, 4, 8, 16, 0)) {
      Memory key = Memory.allocate(16);
      Memory value = Memory.allocate(32);
      key.buffer().putInt(8, 42);
      value.buffer().putLong(16, 4711);
      assertFalse(map.lookup(key, 8, value, 0));
      map.update(key, 8, value, 16, BpfMap.NO_EXIST);
      assertTrue(map.lookup(key, 8, value, 0));
      assertEquals(4711, value.buffer().getLong(0));
      ErrnoException e =
          assertThrows(ErrnoException.class, () -> map.update(key, 8, value, 16, BpfMap.NO_EXIST));
      assertEquals(Errno.EEXIST, e.errno());
      assertTrue(e.getMessage().contains("entries"), e.getMessage());
      assertTrue(map.delete(key, 8));
      assertFalse(map.delete(key, 8));
    }
  }

  @Test
  void fullMapSaysSo() throws IOException {
    try (BpfMap map = BpfMap.create("small", MapInfo.HASH, 4, 4, 1, 0)) {
      map.update(Fixture.u32(1), 0, Fixture.u32(1), 0, BpfMap.ANY);
      assertEquals(-Errno.E2BIG, map.tryUpdate(Fixture.u32(2), 0, Fixture.u32(2), 0, BpfMap.ANY));
    }
  }

  @Test
  void placesOutsideTheMemoryAreRefused() throws IOException {
    try (BpfMap map = BpfMap.create("bounds", MapInfo.HASH, 4, 8, 16, 0)) {
      Memory four = Memory.allocate(4);
      assertThrows(IndexOutOfBoundsException.class, () -> map.lookup(four, 1, four, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> map.lookup(four, 0, four, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> map.lookup(four, -1, four, 0));
    }
  }

  @Test
  void keysAreWalkedThrough() throws IOException {
    try (BpfMap map = BpfMap.create("walk", MapInfo.HASH, 4, 4, 16, 0)) {
      Memory key = Memory.allocate(4);
      assertFalse(map.firstKey(key, 0));
      for (int i = 0; i < 10; i++) {
        map.update(Fixture.u32(i), 0, Fixture.u32(i), 0, BpfMap.ANY);
      }
      Set<Integer> seen = new HashSet<>();
      for (boolean more = map.firstKey(key, 0); more; more = map.nextKey(key, 0, key, 0)) {
        seen.add(key.buffer().getInt(0));
      }
      assertEquals(10, seen.size());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, false",
    "1, 0, true",
    "9, 0, false",
    "9, 0, true",
    "5, 0, false",
    "5, 0, true",
    "11, 1, false",
    "11, 1, true"
  })
  void batchesReadWriteAndDeleteAll(int type, int flags, boolean oneByOne) throws IOException {
    int keyBytes = type == MapInfo.LPM_TRIE ? 8 : 4;
    try (BpfMap map = BpfMap.create("batch", type, keyBytes, 8, 2000, flags)) {
      MapBatch batch = new MapBatch(map, 300);
      if (oneByOne) {
        batch.oneByOne();
      }
      int count = 300;
      for (int i = 0; i < count; i++) {
        if (type == MapInfo.LPM_TRIE) {
          batch.keys().buffer().putInt(i * 8, 32).putInt(i * 8 + 4, i);
        } else {
          batch.keys().buffer().putInt(i * 4, i);
        }
        for (int at = 0; at < map.valueBytes(); at += 8) {
          batch.values().buffer().putLong(i * map.valueBytes() + at, 7L * i + at);
        }
      }
      assertEquals(count, batch.update(count));
      assertEquals(0, batch.failure());

      MapBatch reader = new MapBatch(map, 64);
      if (oneByOne) {
        reader.oneByOne();
      }
      assertEquals(count, seen(map, reader, false));
      reader.rewind();
      assertEquals(count, seen(map, reader, false), "a second walk");

      assertEquals(100, batch.delete(100));
      assertEquals(0, batch.delete(100));
      assertEquals(Errno.ENOENT, batch.failure());
      reader.rewind();
      assertEquals(count - 100, seen(map, reader, true));
      reader.rewind();
      assertEquals(0, reader.lookup());
      assertEquals(0, reader.lookup());
    }
  }

  /** The distinct entries of a walk, each checked. */
  private static int seen(BpfMap map, MapBatch reader, boolean delete) throws IOException {
    Set<Integer> seen = new HashSet<>();
    int count = 1;
    while (count > 0) {
      count = delete ? reader.lookupAndDelete() : reader.lookup();
      for (int i = 0; i < count; i++) {
        int key = reader.keys().buffer().getInt((i + 1) * map.keyBytes() - 4);
        for (int at = 0; at < map.valueBytes(); at += 8) {
          assertEquals(7L * key + at, reader.values().buffer().getLong(i * map.valueBytes() + at));
        }
        assertTrue(seen.add(key), "twice: " + key);
      }
    }
    return seen.size();
  }

  @Test
  void batchOfOneGrowsUntilABucketFits() throws IOException {
    try (BpfMap map = BpfMap.create("buckets", MapInfo.HASH, 4, 8, 4096, 0)) {
      MapBatch writer = new MapBatch(map, 4096);
      for (int i = 0; i < 4096; i++) {
        writer.keys().buffer().putInt(i * 4, i);
        writer.values().buffer().putLong(i * 8, 7L * i);
      }
      assertEquals(4096, writer.update(4096));
      MapBatch reader = new MapBatch(map, 1);
      assertEquals(4096, seen(map, reader, false));
      assertTrue(reader.capacity() > 1 && reader.capacity() < 64, "" + reader.capacity());
    }
  }

  @Test
  void updateBatchSaysWhereItStopped() throws IOException {
    try (BpfMap map = BpfMap.create("stops", MapInfo.HASH, 4, 4, 3, 0)) {
      for (boolean oneByOne : new boolean[] {false, true}) {
        MapBatch batch = new MapBatch(map, 5);
        if (oneByOne) {
          batch.oneByOne();
        }
        for (int i = 0; i < 5; i++) {
          batch.keys().buffer().putInt(i * 4, i);
        }
        assertEquals(3, batch.update(5));
        assertEquals(Errno.E2BIG, batch.failure());
      }
    }
  }

  @Test
  void mappedArrayIsSharedWithTheKernel() throws IOException {
    Memory values;
    try (BpfMap map = BpfMap.create("mapped", MapInfo.ARRAY, 4, 12, 1000, MapInfo.MMAPABLE)) {
      values = map.mapValues();
      assertEquals(16 * 1000, values.bytes());
      values.buffer().putInt(16 * 999, 4711);
      Memory value = Memory.allocate(12);
      assertTrue(map.lookup(Fixture.u32(999), 0, value, 0));
      assertEquals(4711, value.buffer().getInt(0));
      value.buffer().putInt(0, 1147);
      map.update(Fixture.u32(3), 0, value, 0, BpfMap.ANY);
    }
    assertEquals(1147, values.buffer().getInt(16 * 3), "still there when the map is closed");
    values.unmap();
    assertThrows(IllegalStateException.class, values::address);
  }

  @Test
  void mapThatCannotBeMappedIsRefused() throws IOException {
    try (BpfMap map = BpfMap.create("unmapped", MapInfo.HASH, 4, 8, 16, 0)) {
      assertThrows(ErrnoException.class, map::mapValues);
    }
  }

  @Test
  void closedMapIsRefused() throws IOException {
    BpfMap map = BpfMap.create("closed", MapInfo.HASH, 4, 8, 16, 0);
    map.close();
    map.close();
    assertThrows(IllegalStateException.class, () -> map.delete(Fixture.u32(1), 0));
    assertThrows(IllegalStateException.class, map::fd);
  }
}
