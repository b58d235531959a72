// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private final Schedule schedule = new Schedule();

  private long audit(long... millis) {
    for (long each : millis) {
      schedule.ended(Duration.ofMillis(each).toNanos());
    }
    return Duration.ofNanos(schedule.auditNanos(false)).toSeconds();
  }

  @Test
  void aBigHostIsAuditedLessOften() {
    assertEquals(60, audit());
    assertEquals(60, audit(90, 90));
    assertEquals(180, audit(90));
    assertEquals(600, audit(5_000, 5_000, 5_000));
  }

  @Test
  void aCheckThatWaitedOrAppliedSaysNothingOfTheHost() {
    assertEquals(60, audit(5_000, 10, 10));
    assertEquals(60, audit(10, 7_000, 5_000));
    assertEquals(Duration.ofSeconds(5), Duration.ofNanos(schedule.auditNanos(true)));
  }
}
