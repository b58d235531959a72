// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.api.Push;
import dev.plumbline.reconciler.source.GitRef;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What webhooks tell: one about the followed branch or tag hurries the next fetch. There is one
 * fetch at a time, and at most one more that waits for its end, however many hooks come. Safe for
 * any thread.
 */
final class Pushes {
  /** Anybody can send what proves nothing: it is said once in that time, and counted. */
  private static final long UNPROVED_NANOS = Duration.ofMinutes(1).toNanos();

  private final @Nullable GitRef followed;
  private final Origin origin;
  private final HookCounts counts;
  private final AgentLog log;
  private boolean saidUnproved;
  private long unprovedNanos;

  /**
   * @param followed what is followed; null: no repository is
   */
  Pushes(@Nullable GitRef followed, Origin origin, HookCounts counts, AgentLog log) {
    this.followed = followed;
    this.origin = origin;
    this.counts = counts;
    this.log = log;
  }

  /**
   * Takes one whose sender has proved who it is.
   *
   * @return why it is ignored; null if it hurries the fetch
   */
  @Nullable String pushed(Push push) {
    String why = ignored(push);
    if (why != null) {
      counts.ignored.incrementAndGet();
      log.say("webhook", "webhook of " + push.sender() + " ignored: " + why, properties(push));
      return why;
    }
    counts.accepted.incrementAndGet();
    log.say(
        "webhook",
        "webhook of " + push.sender() + ": " + push.ref() + " has moved",
        properties(push));
    origin.hurry();
    return null;
  }

  private @Nullable String ignored(Push push) {
    String name = followed == null ? null : followed.remote();
    if (name == null) {
      return "this agent follows a file, no repository";
    }
    if (!push.isPush()) {
      return push.event() + " is no push";
    }
    return push.ref().equals(name) ? null : push.ref() + " is not followed, " + name + " is";
  }

  private static Map<String, ?> properties(Push push) {
    return Map.of("sender", push.sender(), "hook", push.event(), "ref", push.ref());
  }

  /** Takes one whose signature is wrong, or that has none. */
  void unproved(String from) {
    counts.refused.incrementAndGet();
    synchronized (this) {
      long now = System.nanoTime();
      if (saidUnproved && now - unprovedNanos < UNPROVED_NANOS) {
        return;
      }
      saidUnproved = true;
      unprovedNanos = now;
    }
    log.say(
        "webhook-refused",
        "webhook from " + from + " refused: its signature is absent or wrong",
        Map.of("from", from));
  }
}
