// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.datapath.config.MeterConfig.Unit;
import org.junit.jupiter.api.Test;

/** What a bucket lets through, by a clock of its own. */
class MeterTest {
  private static final long SECOND = 1_000_000_000L;

  /** Of frames that come at such distances. */
  private static int passed(Meter meter, int frames, long distance, int bytes, int segments) {
    int passed = 0;
    for (int i = 0; i < frames; i++) {
      passed += meter.lets(bytes, segments, Long.MAX_VALUE - 5 + i * distance) ? 1 : 0;
    }
    return passed;
  }

  @Test
  void aBurstAndThenTheRate() {
    Meter meter = new Meter(new MeterConfig(1, Unit.PKTPS, 100, 10), Long.MAX_VALUE - 5);
    // Ten at once, and a hundred a second for ten seconds; the clock turns over meanwhile.
    assertEquals(1_009, passed(meter, 10_000, SECOND / 1000, 60, 1));
    assertArrayEquals(new long[] {1_009, 60_540, 8_991, 539_460}, meter.counters());
  }

  @Test
  void bitsAreCountedWhereTheUnitIsThem() {
    Meter meter = new Meter(new MeterConfig(1, Unit.KBPS, 800, 80), Long.MAX_VALUE - 5);
    // 10,000 bytes at once, and 100,000 a second for one second.
    assertEquals(109, passed(meter, 1_000, SECOND / 1000, 1_000, 1));
  }

  @Test
  void segmentsCountAsThePacketsThatTheyWillBe() {
    Meter meter = new Meter(new MeterConfig(1, Unit.PKTPS, 100, 0), 0);
    assertTrue(meter.lets(60_000, 40, 0));
    assertTrue(meter.lets(60_000, 40, 0));
    assertFalse(meter.lets(60_000, 40, 0));
    assertTrue(meter.lets(60_000, 20, 0));
  }

  @Test
  void whatIsLargerThanTheBucketPassesWhenThatIsFull() {
    Meter meter = new Meter(new MeterConfig(1, Unit.KBPS, 8, 1), 0);
    assertTrue(meter.lets(2_000, 1, 0), "16 kilobits into a bucket of one");
    assertFalse(meter.lets(2_000, 1, 2 * SECOND - 1));
    assertTrue(meter.lets(2_000, 1, 2 * SECOND));
  }

  @Test
  void anotherRateCountsFromThenOn() {
    Meter meter = new Meter(new MeterConfig(1, Unit.PKTPS, 1, 1), 0);
    assertTrue(meter.lets(60, 1, 0));
    assertFalse(meter.lets(60, 1, 0));
    meter.configure(new MeterConfig(1, Unit.PKTPS, 1, 1), 0);
    assertFalse(meter.lets(60, 1, 0), "it is the same");
    meter.configure(new MeterConfig(1, Unit.PKTPS, 1000, 1), 0);
    assertTrue(meter.lets(60, 1, 0), "and not a second later");
  }
}
