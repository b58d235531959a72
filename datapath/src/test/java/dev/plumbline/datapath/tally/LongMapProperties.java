// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tally;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class LongMapProperties {
  /** Few keys, many changes: places are taken, given up and closed again and again. */
  @Property(tries = 200)
  void itIsAsAnotherMap(@ForAll long seed) {
    Random random = new Random(seed);
    int keys = 1 + random.nextInt(300);
    LongMap<String> map = new LongMap<>();
    Map<Long, String> other = new HashMap<>();
    for (int i = 0; i < 2_000; i++) {
      long key = random.nextInt(keys) * (seed | 1);
      switch (random.nextInt(200)) {
        case 0 -> {
          map.clear();
          other.clear();
        }
        default -> {
          if (random.nextBoolean()) {
            map.put(key, "" + i);
            other.put(key, "" + i);
          } else {
            assertEquals(other.remove(key), map.remove(key));
          }
        }
      }
      assertEquals(other.get(key), map.get(key));
      assertEquals(other.size(), map.size());
    }
    Set<String> all = new HashSet<>();
    map.forEach(all::add);
    assertEquals(new HashSet<>(other.values()), all);
    other.forEach((key, value) -> assertEquals(value, map.get(key)));
  }
}
