// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bridge.MacTable.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class MacTableTest {
  private final MacTable table = new MacTable(4, 15, 42);

  private Outcome learn(long mac, int port, long now) {
    return table.learn(10, mac, port, false, false, now);
  }

  @Test
  void an_address_is_new_then_refreshed_then_moved() {
    assertEquals(Outcome.NEW, learn(1, 7, 0));
    assertEquals(Outcome.REFRESHED, learn(1, 7, 1));
    assertEquals(Outcome.MOVED, learn(1, 8, 2));
    assertEquals(8, table.lookup(10, 1));
    assertEquals(0, table.lookup(11, 1));
    assertEquals(1, table.moves());
  }

  @Test
  void aFrameFromBeforeDoesNotMoveAnAddressBack() {
    learn(1, 7, 1_000);
    assertEquals(Outcome.MOVED, learn(1, 8, 2_000));
    assertEquals(Outcome.OUTDATED, learn(1, 7, 1_999));
    assertEquals(8, table.lookup(10, 1));
    assertEquals(Outcome.REFRESHED, learn(1, 8, 1_999));
    table.expire(2_000 + 14_999); // what is older does not make it age sooner
    assertEquals(8, table.lookup(10, 1));
  }

  @Test
  void a_full_table_gives_up_the_oldest_of_the_greediest_port() {
    learn(1, 7, 0);
    learn(2, 8, 1);
    learn(3, 8, 2);
    learn(4, 8, 3);
    learn(2, 8, 4);
    assertEquals(Outcome.FULL_EVICTED, learn(5, 9, 5));
    assertEquals(0, table.lookup(10, 3));
    assertEquals(7, table.lookup(10, 1));
    assertEquals(8, table.lookup(10, 2));
    assertEquals(4, table.size());
  }

  @Test
  void an_address_goes_when_it_was_not_seen_for_the_ageing_time() {
    learn(1, 7, 0);
    learn(2, 8, 1000);
    assertEquals(0, table.expire(14_999));
    assertEquals(1, table.expire(15_000));
    assertEquals(0, table.lookup(10, 1));
    assertEquals(8, table.lookup(10, 2));
  }

  @Test
  void a_static_address_stays() {
    learn(1, 7, 0);
    table.putStatic(10, 1, 9);
    assertEquals(Outcome.STATIC, learn(1, 7, 1));
    for (int mac = 2; mac < 12; mac++) {
      learn(mac, 7, 1);
    }
    table.flush();
    table.expire(1_000_000);
    assertEquals(9, table.lookup(10, 1));
    assertEquals(0, table.size());
    assertEquals(1, table.staticSize());
    assertTrue(table.remove(10, 1));
    assertEquals(0, table.lookup(10, 1));
  }

  @Test
  void a_gratuitous_arp_locks_the_address_against_reflections_by_bonds() {
    table.learn(10, 1, 7, true, false, 0);
    assertTrue(table.isLocked(10, 1, 4_999));
    assertEquals(Outcome.LOCKED, table.learn(10, 1, 8, true, true, 4_999));
    assertEquals(7, table.lookup(10, 1));
    assertFalse(table.isLocked(10, 1, 5_000));
    assertEquals(Outcome.MOVED, table.learn(10, 1, 8, true, true, 5_000));
  }

  @Test
  void flushes_take_what_they_name() {
    MacTable many = new MacTable(100, 300, 1);
    for (int i = 0; i < 60; i++) {
      many.learn(i % 3, i, 1 + i % 4, false, false, i);
    }
    assertEquals(5, many.flush(2, 1));
    assertEquals(10, many.flushPort(2));
    assertEquals(15, many.flushVlan(1));
    assertEquals(30, many.flush());
    assertEquals(0, many.size());
  }

  @Test
  void a_saved_table_comes_back_without_the_ports_that_are_gone() throws IOException {
    table.learn(10, 1, 7, true, false, 1000);
    learn(2, 8, 2000);
    learn(3, 7, 3000);
    ByteBuffer bytes = ByteBuffer.allocate(MacTableFile.bytes(table));
    MacTableFile.save(table, bytes, 4000);
    assertFalse(bytes.hasRemaining());
    MacTable other = new MacTable(4, 15, 7);
    assertEquals(2, MacTableFile.load(other, bytes.flip(), port -> port == 7, 100_000));
    assertEquals(7, other.lookup(10, 1));
    assertEquals(0, other.lookup(10, 2));
    assertTrue(other.isLocked(10, 1, 101_999));
    assertEquals(1, other.expire(100_000 + 12_000));
    assertEquals(7, other.lookup(10, 3));
  }

  @Test
  void a_damaged_table_is_refused() {
    learn(1, 7, 0);
    ByteBuffer bytes = ByteBuffer.allocate(MacTableFile.bytes(table));
    MacTableFile.save(table, bytes, 0);
    bytes.flip();
    MacTable other = new MacTable(4, 15, 7);
    for (int i = 0; i < bytes.limit(); i++) {
      byte[] copy = bytes.array().clone();
      copy[i] ^= 1;
      assertThrows(
          IOException.class,
          () -> MacTableFile.load(other, ByteBuffer.wrap(copy), port -> true, 0));
      ByteBuffer cut = ByteBuffer.wrap(bytes.array(), 0, i);
      assertThrows(IOException.class, () -> MacTableFile.load(other, cut, port -> true, 0));
    }
    assertEquals(0, other.size());
  }

  /** What an address is known by. */
  private record Entry(int port, long seen) {}

  @Property(tries = 200)
  void it_behaves_as_a_map_in_order_of_use(@ForAll long seed) {
    Random random = new Random(seed);
    int size = 1 + random.nextInt(40);
    MacTable real = new MacTable(size, 15, seed);
    Map<Long, Entry> model = new LinkedHashMap<>();
    long now = 0;
    for (int step = 0; step < 600; step++) {
      int vlan = random.nextInt(2);
      long mac = random.nextInt(60);
      int port = 1 + (int) Math.abs(random.nextGaussian() * 2);
      long key = ((long) vlan << 48) | mac;
      switch (random.nextInt(12)) {
        case 0 -> {
          now += random.nextInt(8000);
          long at = now;
          int before = model.size();
          model.values().removeIf(entry -> at - entry.seen >= 15_000);
          assertEquals(before - model.size(), real.expire(now));
        }
        case 1 -> {
          int before = model.size();
          model.values().removeIf(entry -> entry.port == port);
          assertEquals(before - model.size(), real.flushPort(port));
        }
        case 2 -> {
          size = 1 + random.nextInt(40);
          while (model.size() > size) {
            model.remove(victim(model, real));
            real.configure(model.size(), 15);
          }
          real.configure(size, 15);
        }
        default -> {
          Entry newer = model.get(key);
          if (newer != null && random.nextInt(8) == 0) {
            // A flow's packet of some time ago.
            Outcome late = newer.port == port ? Outcome.REFRESHED : Outcome.OUTDATED;
            assertEquals(late, real.learn(vlan, mac, port, false, false, newer.seen - 1));
            continue;
          }
          Entry old = model.remove(key);
          Outcome expected = Outcome.NEW;
          if (old != null) {
            expected = old.port == port ? Outcome.REFRESHED : Outcome.MOVED;
          } else if (model.size() == size) {
            expected = Outcome.FULL_EVICTED;
            model.remove(victim(model, real));
          }
          model.put(key, new Entry(port, now));
          assertEquals(expected, real.learn(vlan, mac, port, false, false, now));
        }
      }
      assertEquals(model.size(), real.size());
      for (long any = 0; any < 60; any++) {
        for (int v = 0; v < 2; v++) {
          Entry entry = model.get(((long) v << 48) | any);
          assertEquals(entry == null ? 0 : entry.port, real.lookup(v, any));
        }
      }
    }
  }

  /** The oldest of a port that has most; which port, where several do, is the table's choice. */
  private static long victim(Map<Long, Entry> model, MacTable real) {
    Map<Integer, Integer> counts = new HashMap<>();
    model.values().forEach(entry -> counts.merge(entry.port, 1, Integer::sum));
    int most = counts.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
    int port = real.greediestPort();
    assertEquals(most, counts.get(port));
    return model.entrySet().stream()
        .filter(entry -> entry.getValue().port == port)
        .findFirst()
        .orElseThrow()
        .getKey();
  }
}
