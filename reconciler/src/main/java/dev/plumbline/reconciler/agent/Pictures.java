// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has pictures of this host drawn, as {@code plumbline graph --live} draws them, by a process of
 * its own: laying out a picture takes libraries and memory that an agent would not give back. One
 * is drawn at a time, and lasts for a while, whoever asks. Safe for any thread; who asks first
 * decides by its thread which host is drawn.
 */
final class Pictures {
  /** By name, for the agent knows nothing of the command line. */
  private static final String MAIN = "dev.plumbline.reconciler.cli.Main";

  private static final long LASTS_NANOS = 5_000_000_000L;
  private static final int LONGEST_SECONDS = 60;
  private static final int LONGEST_BYTES = 16 << 20;

  /**
   * Somebody who waits for a picture.
   *
   * @param svg takes it
   * @param problem takes why there is none
   */
  private record Asker(Consumer<String> svg, Consumer<String> problem) {}

  private final List<String> command;
  private final List<Asker> waiting = new ArrayList<>();
  private @Nullable String last;
  private long lastNanos;

  Pictures(Path runDirectory, Path stateDirectory) {
    command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-Djnr.ffi.asm.enabled=false",
            "-cp",
            System.getProperty("java.class.path"),
            MAIN,
            "graph",
            "--live",
            "--run",
            runDirectory.toString(),
            "--state",
            stateDirectory.toString());
  }

  /** Gives a picture that is a few seconds old at most, some time after the call. */
  void draw(Consumer<String> svg, Consumer<String> problem) {
    String kept;
    synchronized (this) {
      if (System.nanoTime() - lastNanos > LASTS_NANOS) {
        last = null; // nor is it kept for nobody
      }
      kept = last;
      if (kept == null) {
        waiting.add(new Asker(svg, problem));
        if (waiting.size() == 1) {
          Thread thread = new Thread(this::draw, "picture");
          thread.setDaemon(true);
          thread.start();
        }
      }
    }
    if (kept != null) {
      svg.accept(kept);
    }
  }

  private void draw() {
    String svg = null;
    String why = "";
    try {
      svg = drawn();
    } catch (IOException e) {
      why = "the host cannot be drawn: " + e.getMessage();
    }
    List<Asker> askers;
    synchronized (this) {
      last = svg;
      lastNanos = System.nanoTime();
      askers = List.copyOf(waiting);
      waiting.clear();
    }
    for (Asker each : askers) {
      if (svg == null) {
        each.problem().accept(why);
      } else {
        each.svg().accept(svg);
      }
    }
  }

  private String drawn() throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    process.getOutputStream().close();
    // A read of a pipe ends when the process does, and that ends in time.
    var end =
        process
            .onExit()
            .completeOnTimeout(process, LONGEST_SECONDS, TimeUnit.SECONDS)
            .thenAccept(Process::destroyForcibly);
    try (InputStream in = process.getInputStream()) {
      String svg = new String(in.readNBytes(LONGEST_BYTES), StandardCharsets.UTF_8);
      if (process.waitFor() != 0 || !svg.strip().endsWith("</svg>")) {
        throw new IOException("`plumbline graph --live` says why");
      }
      return svg;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Process unused = process.destroyForcibly();
      boolean ignored = end.cancel(false);
    }
  }
}
