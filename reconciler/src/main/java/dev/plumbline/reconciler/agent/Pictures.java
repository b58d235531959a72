// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.host.OwnCommand;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has pictures of this host drawn, as {@code plumbline graph --live} draws them, by a process of
 * its own: laying out a picture takes libraries and memory that an agent would not give back. One
 * is drawn at a time, and lasts for a while, whoever asks; so does why there is none. Safe for any
 * thread; who asks first decides by its thread which host is drawn.
 */
final class Pictures implements AutoCloseable {
  private static final long LASTS_NANOS = 5_000_000_000L;

  /** Of the time that it took: what fails slowly is not to be all that the host is at. */
  private static final int FAILURE_LASTS_TIMES = 10;

  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final int LONGEST_BYTES = 16 << 20;
  private static final int LONGEST_REASON = 500;
  private static final int LONGEST_END_MILLIS = 5_000;

  /** Smaller than the agent's own, and a stack as large as Java's usual one: a layout recurses. */
  private static final List<String> MEMORY = List.of("-Xmx256m", "-Xss1m");

  /** The first to go where memory is short (proc(5)): the agent is not to end for a picture. */
  private static final String FIRST_TO_GO = "1000";

  private static final String AGENT_ENDS = "the agent ends";

  /** By SIGKILL, as Java gives it. */
  private static final int KILLED = 128 + 9;

  /** The command that draws. */
  @FunctionalInterface
  interface Drawer {
    List<String> command() throws IOException;
  }

  /**
   * Somebody who waits for a picture.
   *
   * @param svg takes it
   * @param problem takes why there is none
   */
  private record Asker(Consumer<String> svg, Consumer<String> problem) {}

  /**
   * What came of drawing.
   *
   * @param svg null: nothing, and {@code why}
   * @param end when it has lasted, by {@link System#nanoTime}
   */
  private record Drawn(@Nullable String svg, String why, long end) {
    void tell(Asker asker) {
      if (svg == null) {
        asker.problem().accept("the host cannot be drawn: " + why);
      } else {
        asker.svg().accept(svg);
      }
    }
  }

  private final Drawer drawer;
  private final Duration longest;
  private final AgentLog log;
  private final List<Asker> waiting = new ArrayList<>();
  private @Nullable Drawn last;
  private @Nullable Thread thread;
  private @Nullable Process process;
  private boolean closed;
  private boolean warned;

  Pictures(Path runDirectory, Path stateDirectory, AgentLog log) {
    this(
        () ->
            OwnCommand.of(
                MEMORY,
                "graph",
                "--live",
                "--run",
                runDirectory.toString(),
                "--state",
                stateDirectory.toString()),
        LONGEST,
        log);
  }

  /**
   * @param longest the time after which drawing is given up
   */
  Pictures(Drawer drawer, Duration longest, AgentLog log) {
    this.drawer = drawer;
    this.longest = longest;
    this.log = log;
  }

  /** Gives a picture that is a few seconds old at most, some time after the call. */
  void draw(Consumer<String> svg, Consumer<String> problem) {
    Asker asker = new Asker(svg, problem);
    Drawn now;
    synchronized (this) {
      if (last != null && System.nanoTime() - last.end() > 0) {
        last = null; // nor is it kept for nobody
      }
      now = closed ? failed(AGENT_ENDS, 0) : last;
      if (now == null) {
        waiting.add(asker);
        if (waiting.size() == 1) {
          now = begin();
        }
      }
    }
    if (now != null) {
      now.tell(asker);
    }
  }

  /** Null: it has begun, and who waits will be told. */
  private @Nullable Drawn begin() {
    Thread begun = new Thread(this::draw, "picture");
    begun.setDaemon(true);
    try {
      begun.start();
    } catch (OutOfMemoryError e) { // or no thread to be had
      waiting.clear();
      return failed(e.toString(), 0);
    }
    thread = begun;
    return null;
  }

  private void draw() {
    long begun = System.nanoTime();
    Drawn drawn = null;
    String why = "drawing broke off, and the agent's standard error says how";
    try {
      drawn = new Drawn(drawn(), "", System.nanoTime() + LASTS_NANOS);
    } catch (IOException e) {
      why = isClosed() ? AGENT_ENDS : String.valueOf(e.getMessage());
    } finally {
      // Whatever was thrown: nobody is to wait for ever.
      answer(drawn == null ? failed(why, System.nanoTime() - begun) : drawn);
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private static Drawn failed(String why, long nanos) {
    long lasts = Math.max(LASTS_NANOS, FAILURE_LASTS_TIMES * nanos);
    return new Drawn(null, why, System.nanoTime() + lasts);
  }

  private void answer(Drawn drawn) {
    List<Asker> askers;
    synchronized (this) {
      last = drawn;
      askers = List.copyOf(waiting);
      waiting.clear();
    }
    for (Asker each : askers) {
      try {
        drawn.tell(each);
      } catch (RuntimeException | OutOfMemoryError e) {
        // The others are told none the less.
        log.say("warning", "a picture could not be given to who asked for it: " + e);
      }
    }
  }

  private String drawn() throws IOException {
    Process drawing = started();
    AtomicBoolean late = new AtomicBoolean();
    // A read of a pipe ends when the process does, and that ends in time.
    CompletableFuture<Void> end =
        CompletableFuture.runAsync(
            () -> {
              late.set(true);
              Process unused = drawing.destroyForcibly();
            },
            CompletableFuture.delayedExecutor(longest.toMillis(), TimeUnit.MILLISECONDS));
    try (InputStream in = drawing.getInputStream()) {
      CompletableFuture<String> said = CompletableFuture.supplyAsync(() -> lastLine(drawing));
      byte[] bytes = in.readNBytes(LONGEST_BYTES);
      if (bytes.length == LONGEST_BYTES) {
        throw new IOException("the picture is larger than " + (LONGEST_BYTES >> 20) + " MiB");
      }
      int code = drawing.waitFor();
      if (late.get()) {
        throw new IOException("drawing takes longer than " + longest.toSeconds() + " s");
      }
      String svg = new String(bytes, StandardCharsets.UTF_8);
      if (code == KILLED) {
        throw new IOException("what draws was killed, as the kernel does where memory is short");
      }
      if (code != 0 || !svg.strip().endsWith("</svg>")) {
        String line = said.join();
        throw new IOException(
            line.isEmpty()
                ? "`plumbline graph --live` ends with exit code " + code + ", and says nothing"
                : line);
      }
      return svg;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Process unused = drawing.destroyForcibly();
      boolean ignored = end.cancel(false);
    }
  }

  private Process started() throws IOException {
    Process started =
        new ProcessBuilder(drawer.command()).redirectInput(new File("/dev/null")).start();
    synchronized (this) {
      process = started;
      if (closed) {
        Process unused = started.destroyForcibly();
      }
    }
    try {
      Files.writeString(Path.of("/proc/" + started.pid() + "/oom_score_adj"), FIRST_TO_GO);
    } catch (IOException e) {
      if (started.isAlive() && !warned) {
        warned = true;
        log.say("warning", "drawing cannot be made the first to go without memory: " + e);
      }
    }
    return started;
  }

  /** The last line of standard error that is no part of the one above, such as a stack's. */
  private static String lastLine(Process process) {
    StringBuilder end = new StringBuilder();
    try (Reader reader = process.errorReader(StandardCharsets.UTF_8)) {
      char[] part = new char[8192];
      for (int count = reader.read(part); count >= 0; count = reader.read(part)) {
        end.append(part, 0, count);
        end.delete(0, Math.max(0, end.length() - part.length));
      }
    } catch (IOException e) {
      end.append('\n').append(e.getMessage());
    }
    String line =
        end.toString()
            .lines()
            .filter(each -> !each.isBlank() && !Character.isWhitespace(each.charAt(0)))
            .reduce("", (before, after) -> after);
    return line.length() > LONGEST_REASON ? line.substring(0, LONGEST_REASON) + "…" : line;
  }

  /** Ends what is being drawn; who waits for it, or asks from now on, is told so. */
  @Override
  public void close() {
    Thread drawing;
    synchronized (this) {
      closed = true;
      if (process != null) {
        Process unused = process.destroyForcibly();
      }
      drawing = thread;
    }
    try {
      if (drawing != null) {
        drawing.join(LONGEST_END_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
