// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.render.Schemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written of revisions. */
class HistoryTest {
  @TempDir private Path directory;

  private final List<String> lines = new ArrayList<>();
  private final AgentLog log = new AgentLog(lines::add, false);

  private List<String> messages() throws IOException {
    return History.read(directory).stream().map(each -> Node.of(each).text("message")).toList();
  }

  @Test
  void whatTellsOfARevisionOutlivesTheAgent() throws Exception {
    for (int i = 1; i <= 2; i++) {
      History history = History.start(directory, log, new StateTrouble(log));
      try (history) {
        log.say("applied", "applied " + i, Map.of("revision", "r" + i, "label", "x"));
        log.say("drift", "drift " + i, Map.of("revision", "r" + i));
        log.say("failed", "a step failed " + i);
      }
      log.say("applied", "nobody follows", Map.of("revision", "r9"));
    }
    // The second agent's log has what the first one's had, as the test has one for both.
    assertEquals("applied 1", messages().get(0));
    assertEquals("applied 2", messages().get(messages().size() - 1));
    assertEquals("r1", Node.of(History.read(directory).get(0)).text("revision"));
    assertTrue(messages().stream().noneMatch(each -> each.contains("drift")));
  }

  @Test
  void aLineThatACrashHasCutHidesNoOther() throws Exception {
    History history = History.start(directory, log, new StateTrouble(log));
    try (history) {
      log.say("applied", "one", Map.of("revision", "r1"));
    }
    Files.writeString(directory.resolve("history"), "{\"time\"", StandardOpenOption.APPEND);
    AgentLog other = new AgentLog(lines::add, false);
    History next = History.start(directory, other, new StateTrouble(other));
    try (next) {
      other.say("applied", "two", Map.of("revision", "r2"));
    }
    assertEquals(List.of("one", "a line of the history is damaged", "two"), messages());
    Schemas.validates(
        "history.schema.json",
        JsonTree.document(Map.of("history", List.copyOf(History.read(directory)))));
  }

  @Test
  void theLastThousandAreKept() throws Exception {
    History history = History.start(directory, log, new StateTrouble(log));
    try (history) {
      for (int i = 1; i <= 2_050; i++) {
        log.say("noted", "n" + i, Map.of("revision", "r"));
      }
    }
    List<String> messages = messages();
    assertTrue(messages.size() <= 2_000, messages.size() + " lines");
    assertEquals("n2050", messages.get(messages.size() - 1));
  }
}
