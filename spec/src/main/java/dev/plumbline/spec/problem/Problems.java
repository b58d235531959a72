// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.problem;

import dev.plumbline.spec.value.Position;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects problems. Not safe for several threads. */
public final class Problems {
  /** More than anybody reads; a hostile file must not fill the memory with them. */
  public static final int LIMIT = 1_000;

  private final Set<Problem> all = new LinkedHashSet<>();
  private final Set<Position> settled = new HashSet<>();
  private final Set<Position> errors = new HashSet<>();
  private final Set<Position> unread = new HashSet<>();
  private boolean hasErrors;

  /**
   * Keeps the problem, unless it is there already, its place is {@linkplain #settle settled}, or
   * {@link #LIMIT} is reached.
   */
  public void add(Problem problem) {
    if (settled.contains(problem.position())) {
      return;
    }
    hasErrors |= problem.isError();
    if (all.size() < LIMIT) {
      all.add(problem);
      if (problem.isError()) {
        errors.add(problem.position());
      }
    }
  }

  /** All is said about a value: what later steps would add is a consequence. */
  public void settle(Position position) {
    settled.add(position);
  }

  /** What stands at this key is read by nobody: it may have been meant for a key that is absent. */
  public void unread(Position key) {
    unread.add(key);
  }

  /** The keys that nobody reads. */
  public Set<Position> unread() {
    return Collections.unmodifiableSet(unread);
  }

  /** Where errors are, and values that earlier errors have settled. */
  public Set<Position> wrong() {
    Set<Position> wrong = new HashSet<>(errors);
    wrong.addAll(settled);
    return wrong;
  }

  /** Whether there may have been more problems than were kept. */
  public boolean isFull() {
    return all.size() >= LIMIT;
  }

  /** Whether there was any error, kept or not. */
  public boolean hasErrors() {
    return hasErrors;
  }

  /** All that were kept, by file, line and column. */
  public List<Problem> sorted() {
    List<Problem> sorted = new ArrayList<>(all);
    sorted.sort(Problem.BY_POSITION);
    return sorted;
  }
}
