// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import dev.plumbline.reconciler.live.Touched;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/**
 * Tells that something happened in the namespaces that matter, and what it touched; where that is
 * not known (events were lost, a namespace came or went) it says so, and all has to be read anew.
 * For one thread, but for {@link #wakeUp}.
 */
public interface KernelWatch extends AutoCloseable {

  /**
   * Watches the host and the named namespaces, those that are there, and lets go of all others.
   *
   * @return false if a name is there and its namespace is not yet: to be tried again in a moment
   */
  boolean cover(Set<String> namespaces) throws IOException;

  /** Whether events of all these namespaces come here; the host's own is empty. */
  boolean watches(Set<String> namespaces);

  /** No sleep is longer than this from now on, whatever {@link #await} is asked for. */
  void longestSleepMillis(int millis);

  /**
   * Sleeps until something happens, {@link #wakeUp} is called or the time is up; -1: no limit but
   * {@link #longestSleepMillis}.
   */
  void await(int timeoutMillis) throws IOException;

  /** Ends {@link #await}, or the next one; from any thread. */
  void wakeUp();

  /** Takes what is there without waiting. */
  void drain() throws IOException;

  /** Whether something happened since {@link #forget} or {@link #take}. */
  boolean happened();

  /** When the first event came that was not forgotten; only if something {@link #happened}. */
  long firstNanos();

  /** Whether what happened is not known, or not all of it. */
  boolean isWhole();

  /** What was touched, by namespace, since this was asked last; as if nothing had happened then. */
  Map<String, Touched> take();

  /** What was touched in a namespace, to add to it. */
  Touched touched(String namespace);

  /** All that happened is of no interest any more. */
  void forget();

  @Override
  void close();
}
