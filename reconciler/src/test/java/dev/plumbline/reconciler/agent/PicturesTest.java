// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of whoever asks for a picture, with real processes that draw well and badly. */
class PicturesTest {
  private static final int SECONDS = 60;

  @TempDir Path directory;
  private final List<String> said = new ArrayList<>();
  private final AgentLog log =
      new AgentLog(
          line -> {
            synchronized (said) {
              said.add(line);
            }
          },
          false);

  /** A shell draws, and counts in a file how often. */
  private Pictures by(Duration longest, String script) {
    String counted = "echo >> '" + count() + "'\n" + script;
    return new Pictures(() -> List.of("sh", "-c", counted), longest, log);
  }

  private Pictures by(String script) {
    return by(Duration.ofSeconds(SECONDS), script);
  }

  private Path count() {
    return directory.resolve("count");
  }

  private long drawings() throws IOException {
    return Files.exists(count()) ? Files.readAllLines(count()).size() : 0;
  }

  private static CompletableFuture<String> asked(Pictures pictures) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    pictures.draw(answer::complete, answer::complete);
    return answer.orTimeout(SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void whyThereIsNoneIsSaidAndRemembered() throws Exception {
    String script =
        """
        echo 'no agent is running' >&2
        i=0; while [ $i -lt 20000 ]; do echo "line $i of much"; i=$((i + 1)); done >&2
        printf 'error: the host is upside down\\n\\tat some.Place\\n\\n' >&2
        exit 1
        """;
    try (Pictures pictures = by(script)) {
      assertEquals("the host cannot be drawn: error: the host is upside down", ask(pictures));
      assertEquals("the host cannot be drawn: error: the host is upside down", ask(pictures));
      assertEquals(1, drawings(), "it was drawn again");
    }
    try (Pictures pictures = by("exit 3")) {
      assertTrue(ask(pictures).endsWith("ends with exit code 3, and says nothing"));
    }
    try (Pictures pictures = by("echo '<svg>half of it'")) {
      assertTrue(ask(pictures).endsWith("ends with exit code 0, and says nothing"));
    }
    try (Pictures pictures = by("echo 'reading' >&2; kill -KILL $$")) {
      assertTrue(ask(pictures).endsWith("was killed, as the kernel does where memory is short"));
    }
    Pictures.Drawer none = () -> List.of(directory.resolve("nothing").toString());
    try (Pictures pictures = new Pictures(none, Duration.ofSeconds(SECONDS), log)) {
      assertTrue(ask(pictures).contains("nothing"), ask(pictures));
    }
  }

  private static String ask(Pictures pictures) {
    return asked(pictures).join();
  }

  @Test
  void aReasonIsCutAtALength() {
    try (Pictures pictures = by("head -c 3000000 /dev/zero | tr '\\0' x >&2; exit 1")) {
      String answer = ask(pictures);
      assertTrue(answer.endsWith("xxx…"), answer);
      assertTrue(answer.length() < 600, answer);
    }
  }

  @Test
  void theLimitsOfTimeAndSizeAreNamed() {
    try (Pictures pictures = by(Duration.ofSeconds(1), "exec sleep 1000")) {
      assertEquals("the host cannot be drawn: drawing takes longer than 1 s", ask(pictures));
    }
    // It writes until it is ended: nobody waits for its own end.
    try (Pictures pictures = by("exec cat /dev/zero")) {
      assertEquals("the host cannot be drawn: the picture is larger than 16 MiB", ask(pictures));
    }
  }

  @Test
  void oneDrawingIsForAllWhoWaitAndOneWhoFailsKeepsItFromNobody() throws Exception {
    Path go = directory.resolve("go");
    String script = "until [ -e '" + go + "' ]; do sleep 0.01; done; echo '<svg></svg>'";
    try (Pictures pictures = by(script)) {
      CompletableFuture<String> first = asked(pictures);
      pictures.draw(
          svg -> {
            throw new IllegalStateException("the reader is gone");
          },
          problem -> {});
      CompletableFuture<String> last = asked(pictures);
      Files.createFile(go);
      assertEquals("<svg></svg>\n", first.get());
      assertEquals("<svg></svg>\n", last.get());
      assertEquals(1, drawings());
      synchronized (said) {
        assertEquals(1, said.size(), said.toString());
        assertTrue(said.get(0).contains("the reader is gone"), said.toString());
      }
    }
  }

  /** An error is for the thread's end: in this JVM for JUnit's own log. */
  @Test
  void whateverIsThrownNobodyWaitsForEver() {
    Pictures.Drawer full =
        () -> {
          throw new OutOfMemoryError("not a byte");
        };
    try (Pictures pictures = new Pictures(full, Duration.ofSeconds(SECONDS), log)) {
      assertTrue(ask(pictures).contains("drawing broke off"));
      assertTrue(ask(pictures).contains("drawing broke off"));
    }
  }

  @Test
  void theDrawingProcessIsTheFirstToGoWithoutMemory() {
    String script =
        "until grep -qx 1000 /proc/$$/oom_score_adj; do sleep 0.01; done; echo '<svg></svg>'";
    try (Pictures pictures = by(script)) {
      assertEquals("<svg></svg>\n", ask(pictures));
    }
    assertEquals(List.of(), said);
  }

  @Test
  void itEndsWithTheAgent() throws Exception {
    Pictures pictures = by("echo $$ >> '" + count() + "'; exec sleep 1000");
    CompletableFuture<String> waiting = asked(pictures);
    AgentRun.eventually("it is drawn", () -> pid() > 0);
    ProcessHandle drawing = ProcessHandle.of(pid()).orElseThrow();
    pictures.close();
    assertEquals("the host cannot be drawn: the agent ends", waiting.get());
    assertEquals("the host cannot be drawn: the agent ends", ask(pictures));
    drawing.onExit().get(SECONDS, TimeUnit.SECONDS);
    assertFalse(drawing.isAlive());
  }

  private long pid() {
    try {
      List<String> lines = Files.exists(count()) ? Files.readAllLines(count()) : List.of();
      return lines.size() < 2 ? 0 : Long.parseLong(lines.get(1));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
