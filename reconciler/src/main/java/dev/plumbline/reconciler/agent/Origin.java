// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where revisions come from. */
sealed interface Origin extends AutoCloseable permits GitOrigin, FileOrigin {
  /**
   * Starts to look for revisions on a thread of its own, and puts each new one into the mailbox.
   */
  void start(Mailbox mailbox);

  /**
   * Gets the newest revision now, on the calling thread; the last good one if the newest cannot be
   * got.
   *
   * @throws java.io.IOException if there is none at all
   */
  Candidate now() throws java.io.IOException;

  /** Looks for a new revision now, not when it is time; after {@link #start}, from any thread. */
  void hurry();

  /** Takes the newest revision without waiting for other hosts; from any thread. */
  default void skipWaves() {}

  /** How the host stands to its revision; the agent's thread. */
  default void stands(SyncState state, boolean paused) {}

  /** How it stands with waves, as JSON; null: there are none. From any thread. */
  default @Nullable Map<String, @Nullable Object> rollout() {
    return null;
  }

  /** How it goes with telling others of this host, as JSON; null: nobody is told. */
  default @Nullable Map<String, @Nullable Object> telling() {
    return null;
  }

  /**
   * Remembers what somebody applied by hand where that is what this origin would offer.
   *
   * @param file that was applied
   * @param id of the candidate that was read from it
   */
  default Candidate.Keeper keeper(Path file, String id) {
    return Candidate.Keeper.NOTHING;
  }

  /** How it stands with that; from any thread. */
  FetchState state();

  /** Ends the thread and waits for it for a moment. */
  @Override
  void close();
}
