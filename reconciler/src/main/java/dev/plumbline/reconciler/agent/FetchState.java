// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with getting revisions.
 *
 * @param from where they come from, as it may be shown
 * @param tries how often it was tried since the agent began
 * @param last when it was tried last; null: not yet
 * @param next when it will be tried again; null where changes are watched, not asked for
 * @param failures how often that brought nothing
 * @param succeeded when it went well last; null: not yet
 * @param problem why the last try brought nothing; null if it went well
 */
record FetchState(
    String from,
    long tries,
    @Nullable Instant last,
    @Nullable Instant next,
    long failures,
    @Nullable Instant succeeded,
    @Nullable String problem) {

  /** Nothing was tried yet. */
  static FetchState of(String from) {
    return new FetchState(from, 0, null, null, 0, null, null);
  }

  FetchState from(String shown) {
    return new FetchState(shown, tries, last, next, failures, succeeded, problem);
  }

  /** Another try, that went well if there is no reason why not. */
  FetchState tried(Instant now, @Nullable Instant nextTry, @Nullable String why) {
    boolean well = why == null;
    return new FetchState(
        from, tries + 1, now, nextTry, well ? failures : failures + 1, well ? now : succeeded, why);
  }

  Map<String, @Nullable Object> tree() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("from", from);
    tree.put("tries", tries);
    tree.put("last", last == null ? null : last.toString());
    tree.put("next", next == null ? null : next.toString());
    tree.put("failures", failures);
    tree.put("succeeded", succeeded == null ? null : succeeded.toString());
    tree.put("problem", problem);
    return tree;
  }
}
