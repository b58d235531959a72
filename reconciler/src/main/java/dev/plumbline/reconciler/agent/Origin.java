// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

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

  /** How it stands with that; from any thread. */
  FetchState state();

  /** Ends the thread and waits for it for a moment. */
  @Override
  void close();
}
