// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.plan.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the host stands to its revision.
 *
 * @param applied the revision that the host is kept at; null: none yet
 * @param appliedId its number
 * @param committed when its commit was made; null: it is none
 * @param appliedAt when that was applied; null: none yet
 * @param held a newer revision that is not applied; null: none
 * @param heldId its number
 * @param why what is in the way of the held revision, or of repairing drift
 * @param objects what is left alone, and why
 * @param waiting what waits for what
 * @param checked when the host was last compared with the revision; null: not yet
 * @param inSyncAt when that found nothing in the way of the newest revision; null: not yet
 * @param taken how many revisions had been offered when one was taken last
 */
record SyncState(
    @Nullable String applied,
    @Nullable String appliedId,
    @Nullable Instant committed,
    @Nullable Instant appliedAt,
    @Nullable String held,
    @Nullable String heldId,
    List<String> why,
    List<Condition> objects,
    List<Waiting> waiting,
    @Nullable Instant checked,
    @Nullable Instant inSyncAt,
    long taken) {
  static final SyncState NONE =
      new SyncState(
          null, null, null, null, null, null, List.of(), List.of(), List.of(), null, null, 0);

  SyncState {
    why = List.copyOf(why);
    objects = List.copyOf(objects);
    waiting = List.copyOf(waiting);
  }

  /** One word for it. */
  String word(boolean paused) {
    if (paused) {
      return "paused";
    }
    if (held != null) {
      return "held";
    }
    if (applied == null) {
      return "starting";
    }
    return why.isEmpty() ? "in-sync" : "drifted";
  }

  /** One line for it. */
  String line(boolean paused) {
    String word = word(paused);
    if (held != null) {
      word += ": " + held + (why.isEmpty() ? "" : " (" + why.get(0) + ")");
    } else if (!why.isEmpty()) {
      word += ": " + why.get(0);
    }
    String kept = applied == null ? word : word + "; at " + applied;
    return kept.lines().findFirst().orElse("");
  }

  Map<String, @Nullable Object> tree() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("applied", applied);
    tree.put("committed", committed == null ? null : committed.toString());
    tree.put("appliedAt", appliedAt == null ? null : appliedAt.toString());
    tree.put("held", held);
    tree.put("why", why);
    tree.put("objects", objects.stream().map(Condition::tree).toList());
    List<Object> waits = new ArrayList<>();
    for (Waiting each : waiting) {
      waits.add(Map.of("address", each.address(), "waitsFor", each.waitsFor()));
    }
    tree.put("waiting", waits);
    tree.put("checked", checked == null ? null : checked.toString());
    tree.put("inSyncAt", inSyncAt == null ? null : inSyncAt.toString());
    return tree;
  }
}
