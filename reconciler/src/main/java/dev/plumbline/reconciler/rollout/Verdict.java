// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.rollout;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a commit stands at a host's gate.
 *
 * @param state whether the host may take it
 * @param wave number of the host's wave, from 1
 * @param waves how many there are, with that of the hosts that none has, where the host is of it
 * @param name of the host's wave
 * @param behind name of the wave that is waited for; null: of none
 * @param sentence about that; empty: nothing is waited for
 * @param known hosts of that wave that have told of themselves
 * @param inSync those that are as the commit says
 * @param needed how many have to be
 * @param soakedSeconds for how long enough of them have been
 * @param soakSeconds for how long they have to be
 */
public record Verdict(
    State state,
    int wave,
    int waves,
    String name,
    @Nullable String behind,
    String sentence,
    int known,
    int inSync,
    int needed,
    long soakedSeconds,
    long soakSeconds) {
  /** Whether a host may take a commit. */
  public enum State {
    PASSED,
    WAITS,
    /** It waits, and somebody should look why. */
    STOPPED
  }

  /** {@code wave 2 of 3 (fra): waits for wave canary: …}. */
  public String line() {
    return line(sentence);
  }

  /** The same with other words at its end. */
  public String line(String words) {
    return "wave " + wave + " of " + waves + " (" + name + "): " + words;
  }

  /** As JSON. */
  public Map<String, @Nullable Object> tree() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("wave", wave);
    tree.put("waves", waves);
    tree.put("name", name);
    tree.put("waitsFor", behind);
    tree.put("because", sentence);
    tree.put("hosts", known);
    tree.put("inSync", inSync);
    tree.put("needed", needed);
    tree.put("soakedSeconds", soakedSeconds);
    tree.put("soakSeconds", soakSeconds);
    return tree;
  }
}
