// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * From an origin's thread to the loop's: the newest candidate alone, for an older one that nobody
 * took yet is of no interest any more; but for the newest that can be applied, where the newest of
 * all cannot. Safe for any thread.
 */
final class Mailbox {
  private final Runnable wakeUp;
  private final Deque<Candidate> candidates = new ArrayDeque<>();
  private @Nullable IOException failure;
  private long offered;
  private long taken;

  Mailbox(Runnable wakeUp) {
    this.wakeUp = wakeUp;
  }

  void put(Candidate candidate) {
    synchronized (this) {
      candidates.removeIf(each -> candidate.isApplicable() || !each.isApplicable());
      candidates.addLast(candidate);
      offered++;
    }
    wakeUp.run();
  }

  /** Has the loop look around, though there is nothing new. */
  void wake() {
    wakeUp.run();
  }

  /** There will be no candidate. */
  void fail(IOException reason) {
    synchronized (this) {
      failure = reason;
    }
    wakeUp.run();
  }

  /** How many candidates were put in, of which the newest alone is given to anybody. */
  synchronized long offered() {
    return offered;
  }

  /** How many there were when one was taken last. */
  synchronized long taken() {
    return taken;
  }

  /** The newest that was not taken, which stays; null: there is none. */
  synchronized @Nullable Candidate newest() {
    return candidates.peekLast();
  }

  /**
   * The next candidate, or null if there is none that was not taken.
   *
   * @throws IOException that the origin gave up with
   */
  synchronized @Nullable Candidate take() throws IOException {
    if (failure != null) {
      throw failure;
    }
    Candidate one = candidates.pollFirst();
    taken = offered - candidates.size();
    return one;
  }
}
