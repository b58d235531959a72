// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.render.Schemas;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real web server is told. */
@Timeout(120)
class NotifierTest {
  @TempDir Path directory;

  private final List<String> said = new CopyOnWriteArrayList<>();
  private ToldServer server;
  private Notifier notifier;
  private long number;

  @BeforeEach
  void listen() throws Exception {
    server = new ToldServer();
  }

  @AfterEach
  void stop() {
    notifier.close();
    server.close();
  }

  private void start(Set<Subject> about, @Nullable Path token) {
    notifier =
        Notifier.start(
            new NotifyOptions(server.url(), about, token),
            "alpha",
            (event, message) -> said.add(event + ": " + message));
  }

  private void say(String event, String message) {
    number++;
    notifier.take(new Event(number, Instant.now(), event, message, Map.of("changes", 1)));
  }

  @Test
  void aBurstIsFewPostsInItsOrder() throws Exception {
    start(EnumSet.allOf(Subject.class), Files.writeString(directory.resolve("token"), "t0ken\n"));
    for (int i = 0; i < 150; i++) {
      say("drift", "drift " + i);
    }
    List<Node> events = server.awaitEvents(150);
    for (int i = 0; i < 150; i++) {
      assertEquals("drift " + i, events.get(i).text("message"));
      assertEquals("drift", events.get(i).text("about"));
    }
    assertTrue(server.bodies().size() < 20, server.bodies().size() + " posts");
    for (String body : server.bodies()) {
      Schemas.validates("notification.schema.json", body);
    }
    assertEquals("Bearer t0ken", server.token());
  }

  @Test
  void onlyWhatIsAskedForIsTold() throws Exception {
    start(EnumSet.of(Subject.FIGHT, Subject.FAILURE), null);
    say("drift", "no");
    say("started", "no");
    say("fetch-failed", "no");
    say("refused", "yes");
    say("applied", "no");
    say("fight", "yes");
    assertEquals(
        List.of("failure", "fight"),
        server.awaitEvents(2).stream().map(event -> event.text("about")).toList());
  }

  @Test
  void whatIsNotTakenIsToldAgainAndThatIsSaidOnce() throws Exception {
    server.answer(503);
    start(EnumSet.allOf(Subject.class), null);
    say("applied", "one");
    server.awaitPosts(2);
    say("applied", "two");
    server.answer(204);
    List<Node> events = server.awaitTaken(2);
    assertEquals("one", events.get(0).text("message"));
    assertEquals("two", events.get(1).text("message"));
    server.await(() -> said.size() == 2);
    assertEquals(
        List.of(
            "notify-failed: " + server.url() + ": cannot be told: it answers 503",
            "notify-recovered: " + server.url() + ": is told again"),
        said);
  }

  @Test
  void whatFindsNoRoomIsDroppedTheOldestFirstAndCounted() throws Exception {
    server.answer(500);
    start(EnumSet.allOf(Subject.class), null);
    for (int i = 0; i < Notifier.QUEUE + 500; i++) {
      say("drift", "drift " + i);
    }
    Node tree = Node.of(notifier.tree());
    assertEquals(Notifier.QUEUE, tree.number("queued"));
    assertEquals(500, tree.number("dropped"));
    server.answer(200);
    List<Node> events = server.awaitTaken(Notifier.QUEUE);
    assertEquals("drift 500", events.get(0).text("message"));
    assertEquals(500, server.dropped());
    server.await(() -> Node.of(notifier.tree()).number("sent") == Notifier.QUEUE);
  }

  @Test
  void aPostThatIsWrongForTheServerIsNotSentAgain() throws Exception {
    server.answer(400);
    start(EnumSet.allOf(Subject.class), null);
    say("applied", "one");
    server.await(() -> Node.of(notifier.tree()).number("dropped") == 1);
    server.answer(200);
    say("applied", "two");
    assertEquals("two", server.awaitTaken(1).get(0).text("message"));
    assertEquals(1, server.dropped());
  }

  @Test
  void aTokenThatIsNotThereYetIsLookedForAgain() throws Exception {
    start(EnumSet.allOf(Subject.class), directory.resolve("no-token"));
    say("applied", "one");
    server.await(() -> !said.isEmpty());
    assertTrue(said.get(0).contains("no-token"), said.toString());
    Files.writeString(directory.resolve("no-token"), "here\n");
    assertEquals(1, server.awaitTaken(1).size());
  }

  @Test
  void aServerThatIsNotThereIsSaidAndHoldsNobodyUp() throws Exception {
    URI gone = server.url();
    server.close();
    notifier =
        Notifier.start(
            new NotifyOptions(gone, EnumSet.allOf(Subject.class), null),
            "alpha",
            (event, message) -> said.add(event + ": " + message));
    say("applied", "one");
    server.await(() -> !said.isEmpty());
    assertTrue(said.get(0).startsWith("notify-failed: " + gone + ": cannot be told: "));
    assertEquals(1, Node.of(notifier.tree()).number("queued"));
  }

  @Test
  void onlyTheWebIsTold() {
    start(EnumSet.allOf(Subject.class), null);
    assertThrows(
        IllegalArgumentException.class,
        () -> new NotifyOptions(URI.create("ftp://x/"), EnumSet.of(Subject.SYNC), null));
  }
}
