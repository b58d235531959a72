// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.spec.model.DesiredState;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A revision that was read.
 *
 * @param id tells revisions apart; a commit's full name or a digest of the files
 * @param content tells what is said for this host: the same for two revisions in whose files for it
 *     nothing differs
 * @param label as a log names it: {@code 3f2c1ab "web on port 2" by Ann}
 * @param committed when the commit was made; null: it is none
 * @param state what it says; null if it is broken, or was not read
 * @param problems what is wrong with it or looks wrong, a line each, with file, line and column
 * @param isAllowed whether it may be applied as far as who made it goes; may change without a new
 *     commit, by other keys or with time
 * @param isTurn false: others have to take it before this host; with problems: it does not look as
 *     if they would
 * @param isProven whether it says the same as what was good last before this start: what its checks
 *     ask may not be there yet
 * @param keep remembers it as good; called by the loop's thread after it was applied
 */
record Candidate(
    String id,
    String content,
    String label,
    @Nullable Instant committed,
    @Nullable DesiredState state,
    List<String> problems,
    boolean isAllowed,
    boolean isTurn,
    boolean isProven,
    Keeper keep) {

  /** Remembers a good revision beyond the end of the process. */
  @FunctionalInterface
  interface Keeper {
    Keeper NOTHING = () -> {};

    void keep() throws IOException;

    /** It is about to be applied; nobody knows yet whether the agent survives it. */
    default void trying() {}
  }

  Candidate {
    problems = List.copyOf(problems);
  }

  /** One that was read. */
  static Candidate read(
      String id,
      String content,
      String label,
      @Nullable DesiredState state,
      List<String> problems,
      Keeper keep) {
    return new Candidate(id, content, label, null, state, problems, true, true, false, keep);
  }

  /** The same, of a commit of that time. */
  Candidate committed(Instant time) {
    return new Candidate(
        id, content, label, time, state, problems, isAllowed, isTurn, isProven, keep);
  }

  /** The same whose checks held before, or not. */
  Candidate proven(boolean held) {
    return new Candidate(
        id, content, label, committed, state, problems, isAllowed, isTurn, held, keep);
  }

  /** The same, remembered in another way. */
  Candidate kept(Keeper by) {
    return new Candidate(
        id, content, label, committed, state, problems, isAllowed, isTurn, isProven, by);
  }

  /** The same where others have to take it before. */
  Candidate later(List<String> why) {
    return new Candidate(
        id, content, label, committed, state, why, isAllowed, false, false, Keeper.NOTHING);
  }

  /** Whether it can be applied now, as far as it itself goes. */
  boolean isApplicable() {
    return state != null && isTurn;
  }

  /** One that was not even read. */
  static Candidate notAllowed(String id, String label, String why) {
    return new Candidate(
        id,
        id,
        label,
        null,
        null,
        List.of("NOT APPLIED: " + why),
        false,
        true,
        false,
        Keeper.NOTHING);
  }
}
