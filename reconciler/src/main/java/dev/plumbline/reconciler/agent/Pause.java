// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether the agent keeps its hands off the host, and until when. Kept in the run directory: it
 * survives the agent, so that a restart in the middle of somebody's work changes nothing, and not
 * the host's next start, which needs its network. Safe for any thread.
 */
final class Pause {
  private static final String FILE = "paused-until";

  private final Path file;
  private final Clock clock;
  private volatile @Nullable Instant until;

  Pause(Path runDirectory, Clock clock) throws IOException {
    this.file = runDirectory.resolve(FILE);
    this.clock = clock;
    try {
      until = Instant.parse(Files.readString(file).strip());
    } catch (NoSuchFileException e) {
      until = null;
    } catch (DateTimeException e) {
      throw new IOException(file + " holds no time: remove it", e);
    }
  }

  /**
   * Begins, or sets another end.
   *
   * @param time how long from now; null: until {@link #end}
   * @return its end; {@link Instant#MAX} for none
   */
  synchronized Instant begin(@Nullable Duration time) throws IOException {
    Instant end = time == null ? Instant.MAX : clock.instant().plus(time);
    Files.createDirectories(file.getParent());
    Files.writeString(file, end + "\n");
    until = end;
    return end;
  }

  /** Ends it; false if there was none. */
  synchronized boolean end() throws IOException {
    boolean was = until != null;
    until = null;
    return Files.deleteIfExists(file) || was;
  }

  /** Its end, {@link Instant#MAX} for none; null if there is no pause now. */
  @Nullable Instant until() {
    return until;
  }

  /** It as a tree for JSON; without an end where there is none. */
  Map<String, @Nullable Object> tree() {
    Instant end = until;
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("paused", end != null);
    tree.put("until", end == null || end.equals(Instant.MAX) ? null : end.toString());
    return tree;
  }

  /** Whether there is a pause whose time is up. */
  boolean isOver() {
    Instant end = until;
    return end != null && !clock.instant().isBefore(end);
  }

  /** Milliseconds until its time is up; at most a minute, for clocks are set. */
  int millisLeft() {
    Instant end = until;
    long longest = Duration.ofMinutes(1).toMillis();
    if (end == null || end.equals(Instant.MAX)) {
      return (int) longest;
    }
    long left = Duration.between(clock.instant(), end).toMillis() + 1;
    return (int) Math.max(0, Math.min(longest, left));
  }
}
