// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.rollout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statuses at a URL, of a server that keeps what was put there. */
class UrlBoardTest {
  private final Map<String, String> kept = new TreeMap<>();
  private HttpServer server;
  @TempDir private Path directory;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/fleet", this::answer);
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body =
          new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!"Bearer s3cret".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        exchange.sendResponseHeaders(403, -1);
      } else if (exchange.getRequestMethod().equals("PUT")) {
        kept.put(exchange.getRequestURI().getPath(), body);
        exchange.sendResponseHeaders(204, -1);
      } else {
        byte[] all =
            ("{\"statuses\": [" + String.join(",", kept.values()) + "]}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, all.length);
        exchange.getResponseBody().write(all);
      }
    }
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/fleet";
  }

  private static HostStatus status(String host) {
    return new HostStatus(
        host, Map.of("a", "b"), "a".repeat(40), null, "in-sync", false, "", Instant.EPOCH);
  }

  @Test
  void whatWasPutIsReadAndWhatIsNoneIsLeftOut() throws IOException {
    Path token = Files.writeString(directory.resolve("token"), "s3cret\n");
    try (UrlBoard board = new UrlBoard(url() + "/", token)) {
      assertEquals(List.of(), board.read());
      board.tell(status("alpha"));
      board.tell(status("beta"));
      assertEquals(Set.of("/fleet/alpha", "/fleet/beta"), kept.keySet());
      kept.put("/fleet/x", "{\"version\": 1, \"host\": \"x\", \"state\": \"well\"}");
      kept.put("/fleet/y", "17");
      assertEquals(List.of(status("alpha"), status("beta")), board.read());
      assertEquals("it has no state that is known", board.unreadable().get("x"));
      kept.put("/fleet/z", "{");
      assertThrows(IOException.class, board::read);
    }
  }

  @Test
  void oneThatIsNamedTwiceCountsOnceByWhatIsSaidLast() throws IOException {
    Path token = Files.writeString(directory.resolve("token"), "s3cret\n");
    try (UrlBoard board = new UrlBoard(url(), token)) {
      HostStatus last =
          new HostStatus("alpha", Map.of(), null, null, "paused", false, "", Instant.EPOCH);
      kept.put("/fleet/1", status("alpha").text().strip());
      kept.put("/fleet/2", last.text().strip());
      assertEquals(List.of(last), board.read());
    }
  }

  @Test
  void anAnswerThatNeverEndsIsGivenUp() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    server.createContext(
        "/stall",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    String stall = url().replace("/fleet", "/stall");
    try (UrlBoard board = new UrlBoard(stall, null, Duration.ofSeconds(1))) {
      IOException late = assertThrows(IOException.class, board::read);
      assertEquals(stall + ": took longer than 1s", late.getMessage());
    } finally {
      over.countDown();
    }
  }

  @Test
  void anAnswerThatIsTooLongIsNotRead() {
    server.createContext(
        "/long",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, 0);
            byte[] part = new byte[1 << 20];
            for (int i = 0; i < 18; i++) {
              exchange.getResponseBody().write(part);
            }
          }
        });
    String tooLong = url().replace("/fleet", "/long");
    try (UrlBoard board = new UrlBoard(tooLong, null)) {
      IOException refused = assertThrows(IOException.class, board::read);
      assertEquals(tooLong + ": answers more than 16 MiB", refused.getMessage());
    }
  }

  @Test
  void whatCannotBeATokenIsNotSaid() throws IOException {
    Path token = Files.writeString(directory.resolve("token"), "s3c\u0001ret\n");
    try (UrlBoard board = new UrlBoard(url(), token)) {
      IOException refused = assertThrows(IOException.class, board::read);
      assertEquals(token + ": its first line cannot be a token", refused.getMessage());
      assertNull(refused.getCause());
    }
  }

  @Test
  void aServerThatRefusesSaysSo() {
    try (UrlBoard board = new UrlBoard(url(), null)) {
      IOException read = assertThrows(IOException.class, board::read);
      assertEquals(url() + " answers 403", read.getMessage());
      IOException put = assertThrows(IOException.class, () -> board.tell(status("alpha")));
      assertEquals(url() + "/alpha answers 403", put.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> new UrlBoard("ftp://x/", null));
    assertThrows(IllegalArgumentException.class, () -> new UrlBoard("no url", null));
  }
}
