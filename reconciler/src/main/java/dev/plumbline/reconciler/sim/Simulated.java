// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import java.util.List;
import java.util.SortedMap;

/**
 * How some runs went.
 *
 * @param files what was applied
 * @param devices what the host had at first, but for its loopback devices
 * @param seed of the first run
 * @param runs how many there were; each has the seed after the one before
 * @param failed the runs that broke a law
 * @param passedOver how often something could not be tried, by the reason
 * @param neverApplied the files of which no apply succeeded
 */
public record Simulated(
    List<String> files,
    List<String> devices,
    long seed,
    long runs,
    Tally tally,
    List<Failed> failed,
    SortedMap<String, Long> passedOver,
    List<String> neverApplied) {

  /**
   * A run that broke a law.
   *
   * @param story the shortest that was found; empty where none was looked for, after many others
   */
  public record Failed(long seed, Law law, List<String> story) {}

  /** Whether each file was applied, and every run converged that was not cut short. */
  public boolean isGood() {
    return failed.isEmpty() && neverApplied.isEmpty();
  }
}
