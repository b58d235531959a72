// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;

/**
 * How commits stand to each other, as far as a clone without history shows it. Reads the commits
 * themselves: a shallow clone hides even the parents' names from a RevWalk.
 */
final class Ancestry {
  /** Commits that are looked at before it is given up. */
  static final int LIMIT = 1_000;

  /** By so much a commit may be older than one that it descends from: clocks differ. */
  private static final Duration CLOCKS = Duration.ofDays(1);

  /** What a walk through the history of a commit found. */
  enum Found {
    YES,
    NO,
    /** What is there ends before it is clear. */
    CUT
  }

  private Ancestry() {}

  /**
   * Whether a commit descends from another one, or is the same.
   *
   * @param time of the ancestor: history that ends in commits that are clearly older has not got it
   */
  static Found descends(Repository clone, String commit, String ancestor, Instant time)
      throws IOException {
    Set<ObjectId> seen = new HashSet<>();
    Deque<ObjectId> left = new ArrayDeque<>(List.of(ObjectId.fromString(commit)));
    ObjectId wanted = ObjectId.fromString(ancestor);
    boolean cut = false;
    Instant oldest = time.minus(CLOCKS);
    try (ObjectReader reader = clone.newObjectReader()) {
      while (!left.isEmpty()) {
        ObjectId id = left.removeFirst();
        if (id.equals(wanted)) {
          return Found.YES;
        }
        if (!seen.add(id)) {
          continue;
        }
        if (seen.size() > LIMIT) {
          return Found.CUT;
        }
        RevCommit read;
        try {
          read = RevCommit.parse(reader.open(id, Constants.OBJ_COMMIT).getCachedBytes());
        } catch (MissingObjectException e) {
          cut = true;
          continue;
        }
        if (Instant.ofEpochSecond(read.getCommitTime()).isBefore(oldest)) {
          continue; // nothing below it is newer, but for clocks that are far out
        }
        Stream.of(read.getParents()).forEach(left::addLast);
      }
    }
    return cut ? Found.CUT : Found.NO;
  }
}
