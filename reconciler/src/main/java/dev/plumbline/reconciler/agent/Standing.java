// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.plan.Waiting;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Notes how the host stands to its revision, for {@link SyncState}. For one thread. */
final class Standing {
  private static final int LINES = Reports.LINES;

  private @Nullable Instant appliedAt;
  private @Nullable Instant checked;
  private @Nullable Instant inSyncAt;
  private @Nullable String held;
  private @Nullable String heldId;
  private List<String> why = List.of();
  private List<Condition> objects = List.of();

  /** A newer revision is not applied. */
  void held(Candidate candidate, List<String> reasons) {
    held = candidate.label();
    heldId = candidate.id();
    why = first(reasons);
  }

  /** Others have to take a newer revision before; it is held where it seems that they will not. */
  void later(Candidate candidate) {
    if (candidate.problems().isEmpty()) {
      followed();
    } else {
      held(candidate, candidate.problems());
    }
  }

  /** The newest revision was applied. */
  void applied() {
    appliedAt = Instant.now();
    checked = appliedAt;
    followed();
  }

  /** The newest revision is the one that the host is kept at. */
  void followed() {
    held = null;
    heldId = null;
    why = List.of();
  }

  /** What keeps the host from its revision, if anything; what is said of a held one stays. */
  void drifted(List<String> reasons) {
    if (held == null) {
      why = first(reasons);
    }
  }

  /** The objects that are not as the file says though nothing failed as a whole. */
  void objects(List<Condition> conditions) {
    objects = conditions.stream().limit(LINES).toList();
  }

  /** The host was compared with its revision. */
  void checked() {
    checked = Instant.now();
    if (appliedAt != null && held == null && why.isEmpty()) {
      inSyncAt = checked;
    }
  }

  private static List<String> first(List<String> reasons) {
    return reasons.stream().limit(LINES).toList();
  }

  SyncState state(@Nullable Candidate kept, List<Waiting> waiting, long taken) {
    String applied = kept == null ? null : kept.label();
    Instant committed = kept == null ? null : kept.committed();
    return new SyncState(
        applied,
        kept == null ? null : kept.id(),
        committed,
        appliedAt,
        held,
        heldId,
        why,
        objects,
        waiting,
        checked,
        inSyncAt,
        taken);
  }
}
