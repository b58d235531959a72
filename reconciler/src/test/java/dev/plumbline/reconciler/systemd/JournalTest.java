// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.report.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real datagram socket in the journal's place gets. */
class JournalTest {
  @TempDir Path directory;

  private Map<String, String> environment(Path stream) throws IOException {
    return Map.of(
        "JOURNAL_STREAM",
        Files.getAttribute(stream, "unix:dev") + ":" + Files.getAttribute(stream, "unix:ino"));
  }

  private static Event event(String event, String message, Map<String, ?> properties) {
    return new Event(7, Instant.EPOCH, event, message, properties);
  }

  @Test
  void propertiesAreFields() throws Exception {
    Path stream = Files.createFile(directory.resolve("stderr"));
    String name = directory.resolve("journal").toString();
    try (NotifySocket socket = new NotifySocket(name);
        Journal journal = Journal.of(environment(stream), stream, name)) {
      assertNotNull(journal);
      Map<String, Object> properties = new TreeMap<>();
      properties.put("address", "bridges.br0");
      properties.put("heldMillis", 1000L);
      properties.put("kinds", Map.of("bridges", Map.of("modify", 1)));
      journal.write(event("fight", "FIGHT over bridges.br0 → ü", properties));
      assertEquals(
          "PLUMBLINE_KINDS={\"bridges\":{\"modify\":1}}",
          socket.await(line -> line.startsWith("PLUMBLINE_KINDS")));
      assertEquals(
          List.of(
              "MESSAGE=FIGHT over bridges.br0 → ü",
              "PRIORITY=4",
              "SYSLOG_IDENTIFIER=plumbline",
              "PLUMBLINE_EVENT=fight",
              "PLUMBLINE_NUMBER=7",
              "PLUMBLINE_ADDRESS=bridges.br0",
              "PLUMBLINE_HELD_MILLIS=1000"),
          socket.heard().subList(0, 7));
      journal.write(event("started", "hello", Map.of()));
      assertEquals("PRIORITY=6", socket.await(line -> line.startsWith("PRIORITY")));
    }
  }

  /** JOURNAL_NATIVE_PROTOCOL: name, line's end, length in 64 bits, value, line's end. */
  @Test
  void aMessageOfSeveralLinesHasItsLengthInFront() throws Exception {
    Path stream = Files.createFile(directory.resolve("stderr"));
    String name = directory.resolve("journal").toString();
    try (NotifySocket socket = new NotifySocket(name);
        Journal journal = Journal.of(environment(stream), stream, name)) {
      assertNotNull(journal);
      journal.write(event("problem", "one\nPRIORITY=0", Map.of()));
      assertEquals("PRIORITY=3", socket.await(line -> line.equals("PRIORITY=3")));
      assertEquals("MESSAGE", socket.heard().get(0));
      assertEquals("\u000e\u0000\u0000\u0000\u0000\u0000\u0000\u0000one", socket.heard().get(1));
    }
  }

  @Test
  void aLongMessageIsCutAndArrives() throws Exception {
    Path stream = Files.createFile(directory.resolve("stderr"));
    String name = directory.resolve("journal").toString();
    try (NotifySocket socket = new NotifySocket(name);
        Journal journal = Journal.of(environment(stream), stream, name)) {
      assertNotNull(journal);
      journal.write(event("problem", "x".repeat(1 << 20), Map.of("more", "y".repeat(1 << 20))));
      assertTrue(socket.await(line -> line.startsWith("MESSAGE=xxx")).length() > 1_000);
    }
  }

  @Test
  void anotherStreamIsNoJournalAndNeitherIsOneThatNobodyReads() throws Exception {
    Path stream = Files.createFile(directory.resolve("stderr"));
    Path other = Files.createFile(directory.resolve("other"));
    String name = directory.resolve("journal").toString();
    assertNull(Journal.of(environment(stream), stream, name), "nobody listens");
    NotifySocket socket = new NotifySocket(name);
    assertNull(Journal.of(environment(other), stream, name), "redirected since");
    assertNull(Journal.of(Map.of(), stream, name));
    try (Journal journal = Journal.of(environment(stream), stream, name)) {
      assertNotNull(journal);
      socket.close();
      assertThrows(IOException.class, () -> journal.write(event("started", "lost", Map.of())));
    }
  }
}
