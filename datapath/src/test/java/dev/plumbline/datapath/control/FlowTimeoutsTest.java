// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.fastpath.TrailCounters;
import dev.plumbline.datapath.tally.Tallies;
import dev.plumbline.datapath.translate.FlowNumbers;
import dev.plumbline.datapath.translate.Trail;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a flow's time is up, by a clock that the test has. */
class FlowTimeoutsTest {
  private static final long SECOND = 1_000_000_000L;
  private static final FlowConfig HARD = new FlowConfig(0, 1, "", "drop", 0, 0, 10);
  private static final FlowConfig IDLE = new FlowConfig(0, 2, "", "drop", 0, 4, 0);
  private static final FlowConfig BOTH = new FlowConfig(0, 3, "", "drop", 0, 4, 10);
  private static final FlowConfig STAYS = new FlowConfig(0, 4, "", "drop", 0, 0, 0);
  private static final SwitchConfig CONFIG = config(HARD, IDLE, BOTH, STAYS);

  /** Of at most one trail, which no packet goes. */
  private static final class NoCounters implements TrailCounters {
    private int reads;

    @Override
    public int limit() {
      return 2;
    }

    @Override
    public long identity() {
      return 1;
    }

    @Override
    public long packets(int trail) {
      reads++;
      return 0;
    }

    @Override
    public long bytes(int trail) {
      return 0;
    }

    @Override
    public long usedNanos(int trail) {
      return 0;
    }

    @Override
    public void clear(int trail) {}
  }

  @TempDir Path directory;
  private final FlowTimeouts timeouts = new FlowTimeouts();

  private static SwitchConfig config(FlowConfig... flows) {
    BridgeConfig bridge = new BridgeConfig(Map.of(), MacTableConfig.DEFAULT, false);
    return new SwitchConfig(Map.of("br0", bridge.withFlows(Set.of(flows))));
  }

  private Set<FlowConfig> due(Tallies tallies, long seconds) {
    return Set.copyOf(
        timeouts.due(CONFIG, tallies, seconds * SECOND).getOrDefault("br0", List.of()));
  }

  @Test
  void idleIsSinceTheLastPacketAndHardSinceTheFlowWasChanged() {
    Path file = directory.resolve("tallies");
    Tallies tallies = Tallies.open(file, "here", new NoCounters());
    FlowNumbers numbers = tallies.numbers();
    long[] both = {numbers.number("br0", BOTH)};
    tallies.configured(SwitchConfig.EMPTY, CONFIG, 100 * SECOND);
    timeouts.configured(CONFIG);
    assertEquals(Set.of(), due(tallies, 103));
    tallies.count(Trail.of(both, 1), 60, 103 * SECOND);
    assertEquals(Set.of(IDLE), due(tallies, 104));
    tallies.renew("br0", List.of(IDLE, STAYS), 104 * SECOND);
    assertEquals(Set.of(), due(tallies, 106));
    assertEquals(Set.of(BOTH), due(tallies, 107));
    tallies.count(Trail.of(both, 1), 60, 107 * SECOND);
    tallies.save();
    // The time goes on while no process is there.
    tallies = Tallies.open(file, "here", new NoCounters());
    tallies.configured(SwitchConfig.EMPTY, CONFIG, 108 * SECOND);
    timeouts.configured(CONFIG);
    assertEquals(Set.of(IDLE), due(tallies, 109));
    assertEquals(Set.of(IDLE, HARD, BOTH), due(tallies, 110));
  }

  @Test
  void nothingIsAddedUpWhileNoFlowCanBeDue() {
    NoCounters counters = new NoCounters();
    Tallies tallies = Tallies.open(directory.resolve("tallies"), "here", counters);
    long[] stays = {tallies.numbers().number("br0", STAYS)};
    tallies.configured(SwitchConfig.EMPTY, CONFIG, 100 * SECOND);
    timeouts.configured(CONFIG);
    assertEquals(1, tallies.index(Trail.of(stays, 1), 100 * SECOND));
    assertEquals(Set.of(), due(tallies, 100));
    assertEquals(1, counters.reads);
    assertEquals(Set.of(), due(tallies, 103));
    assertEquals(1, counters.reads, "idle flows of 4 s");
    assertEquals(Set.of(IDLE, BOTH), due(tallies, 104));
    assertEquals(Set.of(IDLE, BOTH), due(tallies, 104), "they stayed");
    assertEquals(3, counters.reads);
  }

  @Test
  void theLastFlowOfABridgeLeavesADrop() {
    SwitchConfig after = FlowTimeouts.without(config(HARD), Map.of("br0", List.of(HARD)));
    assertEquals(config(new FlowConfig(0, 0, "", "drop", 0, 0, 0)), after);
    assertTrue(FlowTimeouts.areIn(CONFIG) && !FlowTimeouts.areIn(after));
  }
}
