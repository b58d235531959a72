// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * From an origin's thread to the loop's: the newest candidate alone, for an older one that nobody
 * took yet is of no interest any more. Safe for any thread.
 */
final class Mailbox {
  private final AtomicReference<@Nullable Candidate> newest = new AtomicReference<>();
  private final Runnable wakeUp;

  Mailbox(Runnable wakeUp) {
    this.wakeUp = wakeUp;
  }

  void put(Candidate candidate) {
    newest.set(candidate);
    wakeUp.run();
  }

  @Nullable Candidate take() {
    return newest.getAndSet(null);
  }
}
