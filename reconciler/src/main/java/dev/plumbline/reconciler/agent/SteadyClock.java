// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.host.BootClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The host's clock as it was when it was looked at first since the host's start, and from then on
 * the time that has passed: whoever sets the host's clock neither ends nor prolongs a pause. What
 * it was is kept in the file {@code clock} of the run directory, for the next agent. Safe for any
 * thread.
 */
final class SteadyClock extends Clock {
  private final BootClock passed;
  private final Instant hostsStart;

  private SteadyClock(BootClock passed, Instant hostsStart) {
    this.passed = passed;
    this.hostsStart = hostsStart;
  }

  /**
   * Opens it.
   *
   * @param wall the host's clock
   */
  static SteadyClock open(Path runDirectory, BootClock passed, Clock wall) throws IOException {
    Path file = runDirectory.resolve("clock");
    String boot = passed.boot() + " ";
    try {
      String text = Files.readString(file).strip();
      if (text.startsWith(boot)) {
        long millis = Long.parseLong(text.substring(boot.length()));
        return new SteadyClock(passed, Instant.ofEpochMilli(millis));
      }
    } catch (NoSuchFileException e) {
      Files.createDirectories(runDirectory);
    } catch (NumberFormatException e) {
      throw new IOException(file + " holds no time: remove it", e);
    }
    long start = wall.millis() - passed.millis();
    Files.writeString(file, boot + start + "\n");
    return new SteadyClock(passed, Instant.ofEpochMilli(start));
  }

  @Override
  public Instant instant() {
    try {
      return hostsStart.plusMillis(passed.millis());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("it tells instants alone");
  }
}
