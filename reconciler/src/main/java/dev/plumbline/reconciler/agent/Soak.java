// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.host.BootClock;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * For how long this host has been in sync with one revision, without a break. Kept in memory alone:
 * a revision that makes the agent go down does not soak through. For the agent's thread.
 */
final class Soak {
  private final BootClock clock;
  private final StateTrouble trouble;
  private @Nullable String revision;
  private long since;

  Soak(BootClock clock, StateTrouble trouble) {
    this.clock = clock;
    this.trouble = trouble;
  }

  /**
   * How much of a soak time is left.
   *
   * @param inSync the revision that the host is in sync with now; null: with none
   * @return milliseconds, 0 if it is over; null while there is no end to be seen
   */
  @Nullable Long leftMillis(@Nullable String inSync, Duration soak) {
    if (inSync == null) {
      revision = null;
      return null;
    }
    try {
      long now = clock.millis();
      if (!inSync.equals(revision)) {
        revision = inSync;
        since = now;
      }
      trouble.over("read the time since the host's start");
      return Math.max(0, soak.toMillis() - (now - since));
    } catch (IOException e) {
      trouble.met("read the time since the host's start", e);
      revision = null;
      return null;
    }
  }
}
