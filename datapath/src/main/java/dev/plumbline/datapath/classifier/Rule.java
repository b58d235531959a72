// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.classifier;

import dev.plumbline.datapath.openflow.Match;

/**
 * A match and what it leads to. Rules are told apart by match and priority.
 *
 * @param priority 0 to 65535; the highest of those that match counts
 * @param <T> what it leads to
 */
public record Rule<T>(Match match, int priority, T target) {
  /** Whether one takes the place of the other in a table. */
  boolean replaces(Rule<T> other) {
    return priority == other.priority && match.equals(other.match);
  }
}
