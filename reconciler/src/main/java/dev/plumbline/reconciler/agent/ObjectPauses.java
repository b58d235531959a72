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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Objects that the agent keeps its hands off, and until when; kept as {@link Pause} is: in the run
 * directory, so that they survive the agent and not the host's next start. Safe for any thread.
 */
final class ObjectPauses {
  private static final String FILE = "paused-objects";

  private final Path file;
  private final Clock clock;
  private final TreeMap<String, Instant> ends = new TreeMap<>();
  private Set<String> known = Set.of();

  ObjectPauses(Path runDirectory, Clock clock) throws IOException {
    this.file = runDirectory.resolve(FILE);
    this.clock = clock;
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return;
    }
    for (String line : lines) {
      int space = line.indexOf(' ');
      try {
        ends.put(
            line.substring(Math.max(0, space) + 1),
            Instant.parse(line.substring(0, Math.max(0, space))));
      } catch (DateTimeException e) {
        throw new IOException(file + " holds a line without a time: remove it", e);
      }
    }
  }

  /** The objects of the file are these now; others cannot be paused. */
  synchronized void know(Set<String> addresses) {
    known = Set.copyOf(addresses);
  }

  /**
   * Begins, or sets another end.
   *
   * @param time how long from now; null: until {@link #end}
   * @throws IOException if the file has no such object, and nothing was changed
   */
  synchronized void begin(List<String> objects, @Nullable Duration time) throws IOException {
    for (String object : objects) {
      boolean there = known.stream().anyMatch(each -> each.equals(object) || isPart(each, object));
      if (!there) {
        throw new IOException("the host's file has no " + object);
      }
    }
    Instant end = time == null ? Instant.MAX : clock.instant().plus(time);
    objects.forEach(object -> ends.put(object, end));
    save();
  }

  /**
   * Ends some, or all if none is named.
   *
   * @return those that were ended
   */
  synchronized List<String> end(List<String> objects) throws IOException {
    List<String> ended = new ArrayList<>(objects.isEmpty() ? ends.keySet() : objects);
    ended.removeIf(object -> ends.remove(object) == null);
    if (!ended.isEmpty()) {
      save();
    }
    return ended;
  }

  private void save() throws IOException {
    if (ends.isEmpty()) {
      Files.deleteIfExists(file);
      return;
    }
    StringBuilder text = new StringBuilder();
    ends.forEach((object, end) -> text.append(end).append(' ').append(object).append('\n'));
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** Until when what has this address in a plan is left alone; null: it is not. */
  synchronized @Nullable Instant until(String address) {
    Instant latest = null;
    for (Map.Entry<String, Instant> each : ends.entrySet()) {
      boolean about = address.equals(each.getKey()) || isPart(address, each.getKey());
      boolean runs = each.getValue().isAfter(clock.instant());
      if (about && runs && (latest == null || each.getValue().isAfter(latest))) {
        latest = each.getValue();
      }
    }
    return latest;
  }

  private static boolean isPart(String address, String object) {
    return address.startsWith(object + ".") || address.startsWith(object + "[");
  }

  /** Nanoseconds until it, an hour at most: clocks are set. */
  long nanosUntil(Instant end) {
    Duration longest = Duration.ofHours(1);
    if (end.equals(Instant.MAX)) {
      return Long.MAX_VALUE;
    }
    Duration left = Duration.between(clock.instant(), end);
    return left.compareTo(longest) > 0 ? longest.toNanos() : Math.max(1, left.toNanos());
  }

  /**
   * Forgets those whose time is up.
   *
   * @return them
   */
  synchronized List<String> over() throws IOException {
    List<String> over = new ArrayList<>();
    ends.forEach(
        (object, end) -> {
          if (!end.isAfter(clock.instant())) {
            over.add(object);
          }
        });
    return over.isEmpty() ? over : end(over);
  }

  /** All of them as a tree for JSON. */
  synchronized List<Map<String, String>> tree() {
    List<Map<String, String>> tree = new ArrayList<>();
    ends.forEach(
        (object, end) ->
            tree.add(
                Map.of("object", object, "until", end.equals(Instant.MAX) ? "" : end.toString())));
    return tree;
  }
}
