// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A headless Chromium with one page, on the host of the thread that starts it. Spoken to by the
 * DevTools protocol over a pair of pipes ({@code --remote-debugging-pipe}): JSON, each message
 * ended by a zero byte.
 */
final class Chromium implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/chromium");
  private static final int SECONDS = 60;

  private final Path profile;
  private final Process process;
  private final OutputStream out;
  private final Map<Long, CompletableFuture<Node>> answers = new ConcurrentHashMap<>();
  private final List<Node> events = new ArrayList<>();
  private final String session;
  private long last;

  /**
   * Starts one, or skips the test where there is none.
   *
   * @param profile an empty directory
   */
  static Chromium start(Path profile) throws IOException {
    if (!Files.isExecutable(PROGRAM)) {
      String reason =
          "no " + PROGRAM + ": `apt-get install chromium`, or PLUMBLINE_CHECK_BROWSER=yes ./check";
      System.err.println("test of the agent's page skipped: " + reason);
      Assumptions.abort(reason);
    }
    return new Chromium(profile);
  }

  private Chromium(Path profile) throws IOException {
    this.profile = profile;
    // It reads from descriptor 3 and writes to 4. As root it has no sandbox of its own.
    String command =
        "exec "
            + PROGRAM
            + " --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run"
            + " --disable-background-networking --disable-component-update"
            + " --remote-debugging-pipe --user-data-dir='"
            + profile
            + "' about:blank 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null";
    process = new ProcessBuilder("bash", "-c", command).start();
    out = process.getOutputStream();
    Thread reader = new Thread(this::read, "chromium");
    reader.setDaemon(true);
    reader.start();
    Node page =
        ask("Target.getTargets", Map.of(), null).nodes("targetInfos").stream()
            .filter(target -> target.text("type").equals("page"))
            .findFirst()
            .orElseThrow();
    session =
        ask(
                "Target.attachToTarget",
                Map.of("targetId", page.text("targetId"), "flatten", true),
                null)
            .text("sessionId");
    for (String domain : List.of("Page", "Runtime", "Log", "Network", "Accessibility")) {
      ask(domain + ".enable", Map.of());
    }
  }

  private void read() {
    try (InputStream in = new BufferedInputStream(process.getInputStream())) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (next != 0) {
          bytes.write(next);
          continue;
        }
        Node message = Node.of(JsonTree.read(bytes.toString(StandardCharsets.UTF_8)));
        bytes.reset();
        CompletableFuture<Node> answer = answers.remove(message.number("id"));
        if (answer != null) {
          answer.complete(message);
        } else {
          synchronized (events) {
            events.add(message);
          }
        }
      }
    } catch (IOException e) {
      // said below
    }
    answers.values().forEach(each -> each.completeExceptionally(new IOException("it has ended")));
  }

  private Node ask(String method, Map<String, ?> parameters, @Nullable String of)
      throws IOException {
    Map<String, Object> message = new LinkedHashMap<>();
    long id = ++last;
    message.put("id", id);
    message.put("method", method);
    message.put("params", parameters);
    if (of != null) {
      message.put("sessionId", of);
    }
    CompletableFuture<Node> answer = new CompletableFuture<>();
    answers.put(id, answer);
    out.write((JsonTree.line(message) + "\0").getBytes(StandardCharsets.UTF_8));
    out.flush();
    Node given = answer.orTimeout(SECONDS, TimeUnit.SECONDS).join();
    if (!given.node("error").map().isEmpty()) {
      throw new IOException(method + ": " + given.node("error").text("message"));
    }
    return given.node("result");
  }

  /** Asks the page's end for something of the DevTools protocol. */
  Node ask(String method, Map<String, ?> parameters) throws IOException {
    return ask(method, parameters, session);
  }

  void open(String url) throws IOException {
    ask("Page.navigate", Map.of("url", url));
  }

  void look(int width, int height, String scheme) throws IOException {
    ask(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    ask(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** What an expression of JavaScript is, as text; a promise's outcome. */
  String value(String expression) throws IOException {
    Node answer =
        ask(
            "Runtime.evaluate",
            Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
    if (!answer.node("exceptionDetails").map().isEmpty()) {
      throw new IOException(expression + ": " + answer.node("exceptionDetails"));
    }
    return answer.node("result").text("value");
  }

  /** Waits until an expression is that text. */
  void await(String expression, String wanted) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    String found = value(expression);
    while (!found.equals(wanted)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(expression + " stays `" + found + "`, and was to be " + wanted);
      }
      Thread.sleep(20);
      found = value(expression);
    }
  }

  void press(String key, int code) throws IOException {
    for (String type : List.of("keyDown", "keyUp")) {
      ask(
          "Input.dispatchKeyEvent",
          Map.of("type", type, "key", key, "code", key, "windowsVirtualKeyCode", code));
    }
  }

  /** What came of that name since the start. */
  List<Node> events(String method) {
    synchronized (events) {
      return events.stream()
          .filter(event -> event.text("method").equals(method))
          .map(event -> event.node("params"))
          .toList();
    }
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    // A link out of the test's directory, of which JUnit would warn.
    Files.deleteIfExists(profile.resolve("SingletonSocket"));
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
