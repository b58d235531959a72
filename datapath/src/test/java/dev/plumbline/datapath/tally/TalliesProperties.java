// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tally;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.fastpath.TrailCounters;
import dev.plumbline.datapath.translate.FlowNumbers;
import dev.plumbline.datapath.translate.Trail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Flows come, change and go, megaflows of them count and go, processes are killed at any moment;
 * and each flow has counted the packets that it was sent. A seed replays a failure.
 */
class TalliesProperties {
  private static final int LIMIT = 12;

  /** Those of a kernel, which outlive the process. */
  private static final class Counters implements TrailCounters {
    private final long[] packets = new long[LIMIT];
    private final long[] bytes = new long[LIMIT];
    private final long[] used = new long[LIMIT];

    @Override
    public int limit() {
      return LIMIT;
    }

    @Override
    public long identity() {
      return 7;
    }

    @Override
    public long packets(int trail) {
      return packets[trail];
    }

    @Override
    public long bytes(int trail) {
      return bytes[trail];
    }

    @Override
    public long usedNanos(int trail) {
      return used[trail];
    }

    @Override
    public void clear(int trail) {
      packets[trail] = 0;
      bytes[trail] = 0;
      used[trail] = 0;
    }
  }

  private record Expected(long packets, long bytes, long created, long changed, long used) {
    Expected plus(long morePackets, long moreBytes, long now) {
      return new Expected(packets + morePackets, bytes + moreBytes, created, changed, now);
    }
  }

  @Property(tries = 150)
  void eachFlowHasWhatItWasSent(@ForAll long seed) throws IOException {
    new Life(new Random(seed)).live();
  }

  private static final FlowConfig A = new FlowConfig(0, 1, "", "drop", 0, 0, 0);
  private static final FlowConfig B = new FlowConfig(0, 2, "", "drop", 0, 0, 0);
  private static final SwitchConfig BOTH =
      new SwitchConfig(
          Map.of("br0", new BridgeConfig(Map.of(), MacTableConfig.DEFAULT, false, Set.of(A, B))));

  private static long packets(Tallies tallies, FlowConfig flow) {
    tallies.addUp();
    FlowCount count = tallies.count("br0", flow);
    assertNotNull(count);
    return count.packets();
  }

  /** What has a trail of this flow alone. */
  private static int index(Tallies tallies, FlowConfig flow, long nowNanos) {
    long[] numbers = {tallies.numbers().number("br0", flow)};
    return tallies.index(Trail.of(numbers, 1), nowNanos);
  }

  private static Tallies opened(Path file, Counters counters) {
    Tallies tallies = Tallies.open(file, "here", counters);
    tallies.configured(SwitchConfig.EMPTY, BOTH, 1_000);
    return tallies;
  }

  @Example
  void aDamagedFileIsSaidAsLongAsTheProcessRuns() throws IOException {
    Path file = Files.createTempFile("tallies", "");
    try {
      Files.write(file, new byte[50]);
      Counters counters = new Counters();
      Tallies tallies = opened(file, counters);
      tallies.save();
      assertTrue(tallies.warnings().toString().contains(file + " is damaged"));
      assertEquals(List.of(), opened(file, counters).warnings());
      tallies.count(Trail.of(new long[] {tallies.numbers().number("br0", A)}, 1), 60, 2_000);
      tallies.save();
      Files.write(file, new byte[20], StandardOpenOption.APPEND);
      tallies = opened(file, counters);
      assertTrue(tallies.warnings().toString().contains(file + " is damaged"));
      assertEquals(1, packets(tallies, A), "what is before it counts");
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** A later process must not take for one flow's what another one's trail counted since. */
  @Example
  void whatCannotBeWrittenLeavesNothingThatIsWrong() throws IOException {
    Path directory = Files.createTempDirectory("tallies");
    Path file = directory.resolve("tallies");
    Path obstacle = directory.resolve("tallies.next/in the way");
    Counters counters = new Counters();
    Tallies tallies = opened(file, counters);
    int index = index(tallies, A, 1_000);
    counters.packets[index] = 3;
    Files.delete(file);
    Files.createSymbolicLink(file, Path.of("/dev/full"));
    tallies.retire(10_000_000_000L);
    assertTrue(tallies.warnings().toString().contains("No space left"));
    assertFalse(Files.exists(file, LinkOption.NOFOLLOW_LINKS));
    assertEquals(index, index(tallies, B, 10_000_000_000L));
    counters.packets[index] = 5;
    Files.createDirectories(obstacle);
    tallies.save();
    assertEquals(1, tallies.warnings().size());
    Tallies next = opened(file, counters);
    assertEquals(0, packets(next, A));
    assertEquals(0, packets(next, B));
    assertFalse(next.named(index, 10_000_000_000L));
    // There is room again.
    Files.delete(obstacle);
    for (int i = 0; i < 100 && !tallies.warnings().isEmpty(); i++) {
      tallies.save();
    }
    assertEquals(List.of(), tallies.warnings());
    next = opened(file, counters);
    assertEquals(3, packets(next, A));
    assertEquals(5, packets(next, B));
    next.forget();
    Files.delete(directory);
  }

  /** Of a switch. */
  private static final class Life {
    private final Random random;
    private final Counters counters = new Counters();
    private final Map<String, Expected> expected = new HashMap<>();

    /** Indexes that megaflows name, with the flows of their trails. */
    private final Map<Integer, List<String>> megaflows = new LinkedHashMap<>();

    private final Map<String, Long> numbers = new HashMap<>();
    private SwitchConfig config = SwitchConfig.EMPTY;
    private long now = 1_000_000_000_000L;

    Life(Random random) {
      this.random = random;
    }

    void live() throws IOException {
      Path file = Files.createTempFile("tallies", "");
      Files.delete(file);
      try {
        Tallies tallies = Tallies.open(file, "here", counters);
        for (int step = 0; step < 120; step++) {
          now += random.nextInt(3) * 900_000_000L;
          switch (random.nextInt(8)) {
            case 0 -> configure(tallies, false);
            case 1 -> {
              tallies = killed(file);
              configure(tallies, true);
            }
            case 2 -> megaflows.keySet().removeIf(index -> random.nextBoolean());
            case 3 -> {
              for (int index : megaflows.keySet()) {
                assertTrue(tallies.named(index, now));
              }
              tallies.retire(now);
            }
            case 4 -> tallies.save();
            default -> packets(tallies);
          }
          compare(tallies);
        }
      } finally {
        Files.deleteIfExists(file);
      }
    }

    /** A process that had begun to write something that counts for nothing yet. */
    private Tallies killed(Path file) throws IOException {
      byte[] torn = new byte[random.nextInt(40)];
      if (torn.length > 0) {
        torn[0] = 1; // a tally that is not whole
      }
      Files.write(file, torn, StandardOpenOption.APPEND);
      return Tallies.open(file, "here", counters);
    }

    /** Some flows of six, each in one of two forms; or those that there are. */
    private void configure(Tallies tallies, boolean asBefore) {
      Set<FlowConfig> flows = new LinkedHashSet<>();
      if (asBefore) {
        config.bridges().values().forEach(bridge -> flows.addAll(bridge.flows()));
      }
      for (int i = 0; !asBefore && i < 6; i++) {
        if (random.nextInt(4) > 0) {
          flows.add(new FlowConfig(0, i, "", random.nextBoolean() ? "NORMAL" : "drop", 0, 0, 0));
        }
      }
      BridgeConfig bridge = new BridgeConfig(Map.of(), MacTableConfig.DEFAULT, false, flows);
      SwitchConfig next = new SwitchConfig(Map.of("br0", bridge));
      FlowNumbers given = tallies.numbers();
      numbers.clear();
      flows.forEach(flow -> numbers.put(flow.key(), given.number("br0", flow)));
      if (!asBefore && random.nextInt(5) == 0) {
        tallies.refused();
        numbers.clear();
        config
            .bridges()
            .values()
            .forEach(
                old ->
                    old.flows()
                        .forEach(flow -> numbers.put(flow.key(), given.number("br0", flow))));
        return;
      }
      tallies.configured(config, next, now);
      Map<String, FlowConfig> before = new HashMap<>();
      config.bridges().values().forEach(b -> b.flows().forEach(f -> before.put(f.key(), f)));
      Map<String, Expected> after = new HashMap<>();
      for (FlowConfig flow : flows) {
        Expected old = expected.get(flow.key());
        boolean isSame = flow.equals(before.get(flow.key()));
        after.put(
            flow.key(),
            old == null
                ? new Expected(0, 0, now, now, now)
                : new Expected(
                    old.packets, old.bytes, old.created, isSame ? old.changed : now, old.used));
      }
      // A flow that went counts for nobody, even if one like it comes back.
      Set<String> gone = new LinkedHashSet<>(before.keySet());
      gone.removeAll(after.keySet());
      megaflows.replaceAll(
          (index, keys) -> keys.stream().map(key -> gone.contains(key) ? "" : key).toList());
      expected.clear();
      expected.putAll(after);
      config = next;
    }

    private void packets(Tallies tallies) {
      int count = 1 + random.nextInt(1000);
      int bytes = count * (60 + random.nextInt(9000));
      if (!megaflows.isEmpty() && random.nextInt(3) > 0) {
        List<Integer> all = List.copyOf(megaflows.keySet());
        int index = all.get(random.nextInt(all.size()));
        count(index, count, bytes, megaflows.getOrDefault(index, List.of()));
        return;
      }
      List<String> keys = new ArrayList<>();
      List<String> known = new ArrayList<>(numbers.keySet());
      for (int i = random.nextInt(4); i > 0 && !known.isEmpty(); i--) {
        keys.add(known.get(random.nextInt(known.size())));
      }
      Trail trail = Trail.of(keys.stream().mapToLong(numbers::get).toArray(), keys.size());
      int index = tallies.index(trail, now);
      if (index < 0) {
        tallies.count(trail, 100, now);
        credit(1, 100, keys);
        tallies.save(); // what was counted so is not the kernel's to keep
      } else if (index > 0) {
        megaflows.put(index, keys);
        count(index, count, bytes, keys);
      }
    }

    private void count(int index, int packets, int bytes, List<String> keys) {
      counters.packets[index] += packets;
      counters.bytes[index] += bytes;
      counters.used[index] = now;
      credit(packets, bytes, keys);
    }

    private void credit(int packets, int bytes, List<String> keys) {
      for (String key : keys) {
        expected.computeIfPresent(key, (same, was) -> was.plus(packets, bytes, now));
      }
    }

    private void compare(Tallies tallies) {
      tallies.addUp();
      config
          .bridges()
          .forEach(
              (name, bridge) ->
                  bridge
                      .flows()
                      .forEach(
                          flow -> {
                            FlowCount count = tallies.count(name, flow);
                            assertNotNull(count);
                            assertEquals(
                                expected.get(flow.key()),
                                new Expected(
                                    count.packets(),
                                    count.bytes(),
                                    count.createdNanos(),
                                    count.changedNanos(),
                                    count.usedNanos()));
                          }));
    }
  }
}
