// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Some hosts that take a new commit together, and when they are done with it.
 *
 * @param name as messages have it
 * @param host pattern of names; null: any
 * @param labels that a host has to have; empty: any
 * @param soak how long its hosts have to be in sync, without a break, before the next wave begins
 * @param healthy how many of a hundred of its hosts have to be in sync, 1 to 100
 * @param atLeast how many have to be in sync at least, from 0
 * @param within after that time without being in sync the rollout counts as stopped
 */
public record Wave(
    String name,
    @Nullable String host,
    Map<String, String> labels,
    Duration soak,
    int healthy,
    int atLeast,
    Duration within) {
  public static final Duration USUAL_SOAK = Duration.ofMinutes(5);
  public static final Duration USUAL_WITHIN = Duration.ofMinutes(30);

  public Wave {
    labels = Map.copyOf(labels);
  }

  /** Whether a host of that name and these labels is one of it. */
  public boolean has(String hostName, Map<String, String> its) {
    return (host == null || Glob.matches(host, hostName))
        && its.entrySet().containsAll(labels.entrySet());
  }

  /** How many hosts of so many have to be in sync. */
  public int needed(int known) {
    return Math.max(atLeast, (known * healthy + 99) / 100);
  }

  /** Whether each host of another wave is one of this, as far as that can be told. */
  boolean covers(Wave other) {
    return (host == null
            || host.equals(other.host)
            || (other.host != null && Glob.isPlain(other.host) && Glob.matches(host, other.host)))
        && other.labels.entrySet().containsAll(labels.entrySet());
  }
}
