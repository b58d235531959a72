// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PauseTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir Path directory;

  private Pause at(Instant now) throws IOException {
    return new Pause(directory.resolve("run"), Clock.fixed(now, ZoneOffset.UTC));
  }

  @Test
  void thereIsNoneAtFirst() throws Exception {
    Pause pause = at(NOW);
    assertNull(pause.until());
    assertFalse(pause.isOver());
    assertFalse(pause.end());
  }

  @Test
  void itSurvivesTheAgentAndEndsInTime() throws Exception {
    assertEquals(NOW.plusSeconds(1800), at(NOW).begin(Duration.ofMinutes(30)));
    assertEquals(NOW.plusSeconds(1800), at(NOW).until());
    assertFalse(at(NOW.plusSeconds(1799)).isOver());
    assertEquals(1001, at(NOW.plusSeconds(1799)).millisLeft());
    Pause later = at(NOW.plusSeconds(1800));
    assertTrue(later.isOver());
    assertTrue(later.end());
    assertNull(at(NOW).until());
  }

  @Test
  void oneWithoutAnEndLastsUntilSomebodyEndsIt() throws Exception {
    at(NOW).begin(null);
    Pause pause = at(NOW.plus(Duration.ofDays(10_000)));
    assertFalse(pause.isOver());
    assertEquals(60_000, pause.millisLeft());
    assertTrue(pause.end());
  }

  @Test
  void aDamagedFileSaysWhatToDo() throws Exception {
    Files.createDirectories(directory.resolve("run"));
    Files.writeString(directory.resolve("run/paused-until"), "soon");
    IOException e = assertThrows(IOException.class, () -> at(NOW));
    assertTrue(e.getMessage().contains("holds no time: remove it"), e.getMessage());
  }

  @Test
  void nobodyEndsOrProlongsItByTheHostsClock() throws Exception {
    TestClock passed = new TestClock();
    Path run = directory.resolve("run");
    SteadyClock first = SteadyClock.open(run, passed, Clock.fixed(NOW, ZoneOffset.UTC));
    new Pause(run, first).begin(Duration.ofMinutes(30));
    passed.pass(1700);
    // An agent that starts when the clock is years ahead, and one when it is years back.
    for (int days : new int[] {1000, -1000}) {
      Clock wall = Clock.fixed(NOW.plus(Duration.ofDays(days)), ZoneOffset.UTC);
      Pause pause = new Pause(run, SteadyClock.open(run, passed, wall));
      assertFalse(pause.isOver());
      assertEquals(60_000, pause.millisLeft());
    }
    passed.pass(90);
    Pause pause = new Pause(run, first);
    assertEquals(10_001, pause.millisLeft());
    passed.pass(10);
    assertTrue(pause.isOver());
  }

  @Test
  void theClockIsReadAnewAfterTheHostsStart() throws Exception {
    TestClock passed = new TestClock();
    passed.pass(500);
    Path run = directory.resolve("run");
    Clock wall = Clock.fixed(NOW, ZoneOffset.UTC);
    assertEquals(NOW, SteadyClock.open(run, passed, wall).instant());
    passed.reboot();
    assertEquals(NOW, SteadyClock.open(run, passed, wall).instant());
    Files.writeString(run.resolve("clock"), "boot 2 soon");
    assertThrows(IOException.class, () -> SteadyClock.open(run, passed, wall));
  }
}
