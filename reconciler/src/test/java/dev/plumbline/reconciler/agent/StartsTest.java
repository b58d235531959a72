// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What counts as a death of a revision, and how many are too many. */
class StartsTest {
  @TempDir private Path directory;

  private final TestClock clock = new TestClock();
  private final List<String> log = new ArrayList<>();

  private Starts open() {
    return Starts.open(directory, clock, new StateTrouble(new AgentLog(log::add, false)));
  }

  /** An agent that dies so many seconds after it began to apply a revision. */
  private void die(String revision, long seconds) {
    Starts starts = open();
    starts.trying(revision);
    clock.pass(seconds);
    starts.tick();
  }

  @Test
  void threeDeathsWithinTenMinutesAreTooMany() {
    die("a", 30);
    die("a", 30);
    assertFalse(open().isBad("a"));
    die("b", 5);
    die("a", 59);
    Starts after = open();
    assertTrue(after.isBad("a"));
    assertFalse(after.isBad("b"));
    assertTrue(open().isBad("a"), "remembered");
    assertEquals(List.of(), log);
  }

  @Test
  void whoeverRunsForAMinuteHasSurvivedAndStartsAnew() {
    die("a", 30);
    die("a", 30);
    die("a", 60);
    die("a", 30);
    die("a", 30);
    assertFalse(open().isBad("a"));
  }

  @Test
  void anEndThatSomebodyWantsIsNoDeath() {
    for (int i = 0; i < 5; i++) {
      Starts starts = open();
      starts.trying("a");
      starts.ended();
    }
    assertFalse(open().isBad("a"));
  }

  @Test
  void deathsThatLieFarApartDoNotCountTogether() {
    for (int i = 0; i < 5; i++) {
      die("a", 10);
      open();
      clock.pass(400);
    }
    assertFalse(open().isBad("a"));
  }

  @Test
  void aHostThatGoesDownEachTimeCountsWhateverItsClockSays() {
    for (int i = 0; i < 3; i++) {
      clock.pass(500);
      die("a", 20);
      clock.reboot();
    }
    assertTrue(open().isBad("a"));
  }

  @Test
  void whatCannotBeWrittenOrReadIsSaidOnceAndNothingIsCounted() throws Exception {
    Files.writeString(directory.resolve("starts"), "{\"trying\": ");
    Starts starts = open();
    assertFalse(starts.isBad("a"));
    assertEquals(1, log.size(), log.toString());
    assertTrue(log.get(0).contains("cannot read how the last runs ended"), log.toString());
    starts.trying("a");
    Files.createDirectories(directory.resolve("starts.new/full"));
    starts.trying("b");
    starts.trying("c");
    assertEquals(2, log.size(), log.toString());
    assertTrue(log.get(1).contains("cannot remember what is being applied"), log.toString());
    Files.delete(directory.resolve("starts.new/full"));
    Files.delete(directory.resolve("starts.new"));
    starts.trying("d");
    assertTrue(log.get(2).contains("again"), log.toString());
  }
}
