// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * From an origin's thread to the loop's: the newest candidate alone, for an older one that nobody
 * took yet is of no interest any more. Safe for any thread.
 */
final class Mailbox {
  private final AtomicReference<@Nullable Candidate> newest = new AtomicReference<>();
  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
  private final Runnable wakeUp;

  Mailbox(Runnable wakeUp) {
    this.wakeUp = wakeUp;
  }

  void put(Candidate candidate) {
    newest.set(candidate);
    wakeUp.run();
  }

  /** There will be no candidate. */
  void fail(IOException reason) {
    failure.set(reason);
    wakeUp.run();
  }

  /**
   * The newest candidate, or null if there is none that was not taken.
   *
   * @throws IOException that the origin gave up with
   */
  @Nullable Candidate take() throws IOException {
    IOException reason = failure.get();
    if (reason != null) {
      throw reason;
    }
    return newest.getAndSet(null);
  }
}
