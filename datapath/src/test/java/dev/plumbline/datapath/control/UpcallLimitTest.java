// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class UpcallLimitTest {
  private static final long PERIOD = 50_000_000;
  private static final long RAN = 20_000_000;
  private static final long UPCALLS = 2_000; // 40,000 a second
  private static final long FORWARDED = 1_000;

  private final UpcallLimit limit = new UpcallLimit();

  @Test
  void whoWaitsForACpuWhileFramesAreForwardedGivesWay() {
    assertEquals(UpcallLimit.LEAST, limit.next(PERIOD, UPCALLS, FORWARDED, RAN, RAN));
  }

  @Test
  void anIdleMachineHasNoLimit() {
    assertEquals(UpcallLimit.NONE, limit.next(PERIOD, UPCALLS, FORWARDED, RAN, RAN / 10));
  }

  @Test
  void whereNothingIsForwardedThereIsNothingToGiveWayTo() {
    assertEquals(UpcallLimit.NONE, limit.next(PERIOD, UPCALLS, 10, RAN, RAN));
  }

  @Test
  void theLimitIsLiftedWhenTheMachineHasTimeAgain() {
    int before = limit.next(PERIOD, UPCALLS, FORWARDED, RAN, RAN);
    assertTrue(limit.next(PERIOD, 100, FORWARDED, RAN, 0) > before);
    for (int i = 0; i < 20; i++) {
      int unused = limit.next(PERIOD, 0, FORWARDED, 0, 0);
    }
    assertEquals(UpcallLimit.NONE, limit.perSecond());
  }
}
