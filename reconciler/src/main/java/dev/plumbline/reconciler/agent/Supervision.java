// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.systemd.ServiceManager;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the service manager is told of the loop, by the loop itself: a loop that hangs says nothing,
 * and the watchdog sees it.
 *
 * <p>{@link #turned} belongs to the agent's thread; {@link #stopping} may be called from any.
 */
final class Supervision {
  /**
   * Whoever waits for this service waits for the network as it should be. Where there is no last
   * good revision the first one has to be fetched, perhaps over a network that waits for this
   * service: not longer than this. Where there is one, no fetch is waited for at all.
   */
  private static final long LONGEST_START_NANOS = Duration.ofSeconds(30).toNanos();

  private static final int START_SLEEP_MILLIS = 100;

  private final ServiceManager manager;
  private final AgentLog log;
  private final int sleepMillis;
  private final long started = System.nanoTime();
  private boolean ready;
  private long alive = started;
  private String status = "";
  private volatile boolean deaf;

  Supervision(ServiceManager manager, AgentLog log) {
    this.manager = manager;
    this.log = log;
    Duration watchdog = manager.watchdog();
    this.sleepMillis =
        watchdog == null
            ? Integer.MAX_VALUE
            : (int) Math.max(1, Math.min(Integer.MAX_VALUE, watchdog.toMillis() / 2));
  }

  /** How long the loop may sleep before the next turn has to be told of. */
  int longestSleepMillis() {
    if (!manager.isThere()) {
      return Integer.MAX_VALUE;
    }
    return ready ? sleepMillis : Math.min(sleepMillis, START_SLEEP_MILLIS);
  }

  /**
   * After a turn of the loop.
   *
   * @param tried whether a revision was tried, or there is none to be had now
   */
  void turned(SyncState state, boolean paused, boolean tried) {
    tell(state.line(paused), paused, tried);
  }

  /** Within a turn that takes its time, of which it is not known yet how it ends. */
  void working(boolean paused) {
    tell(status, paused, false);
  }

  private void tell(String line, boolean paused, boolean tried) {
    if (!manager.isThere()) {
      return;
    }
    List<String> news = new ArrayList<>();
    long now = System.nanoTime();
    // Whoever has paused it wants nothing done, so nobody has to wait for that.
    if (!ready && (tried || paused || now - started > LONGEST_START_NANOS)) {
      ready = true;
      news.add("READY=1");
    }
    // Turns may be many a second; half of half is still in time.
    if (now - alive >= sleepMillis / 2 * 1_000_000L && sleepMillis < Integer.MAX_VALUE) {
      alive = now;
      news.add("WATCHDOG=1");
    }
    if (!line.equals(status)) {
      status = line;
      news.add("STATUS=" + line);
    }
    if (!news.isEmpty()) {
      say(news);
    }
  }

  /** It has been told to stop. */
  void stopping() {
    say(List.of("STOPPING=1", "STATUS=stopping; the host stays as it is"));
  }

  private void say(List<String> news) {
    try {
      manager.say(news.toArray(String[]::new));
      deaf = false;
    } catch (IOException e) {
      if (!deaf) {
        deaf = true;
        log.say("manager-deaf", "the service manager cannot be told: " + e.getMessage());
      }
    }
  }
}
