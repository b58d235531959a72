// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A way that a packet takes.
 *
 * @param isCopy whether it is that of a copy: others of the same packet went other ways
 */
public record Way(List<Hop> hops, End end, boolean isCopy) {
  /** Beyond that each way is told by itself: to compare all with all takes too long. */
  private static final int MOST_COMPARED = 1000;

  public Way {
    hops = List.copyOf(hops);
  }

  /**
   * The same ways, those that differ in one place alone as one: {@code eth2 or eth3}. As many
   * members of a bond, or next hops of a route, as there are make no more ways.
   */
  static List<Way> merged(List<Way> ways) {
    List<Way> merged = new ArrayList<>();
    for (Way way : ways) {
      boolean found = false;
      for (int i = 0; i < Math.min(merged.size(), MOST_COMPARED) && !found; i++) {
        Way both = merged.get(i).or(way);
        if (both != null) {
          merged.set(i, both);
          found = true;
        }
      }
      if (!found) {
        merged.add(way);
      }
    }
    return merged;
  }

  private @Nullable Way or(Way other) {
    if (equals(other)) {
      return this;
    }
    if (hops.size() != other.hops.size()
        || end.kind() != other.end.kind()
        || isCopy != other.isCopy
        || !end.reason().equals(other.end.reason())) {
      return null;
    }
    List<Hop> both = new ArrayList<>();
    int different = 0;
    for (int i = 0; i < hops.size(); i++) {
      Hop mine = hops.get(i);
      Hop theirs = other.hops.get(i);
      if (!mine.equals(theirs)) {
        boolean alike =
            mine.kind() == Hop.Kind.DEVICE
                && theirs.kind() == Hop.Kind.DEVICE
                && mine.namespace().equals(theirs.namespace())
                && mine.decision().equals(theirs.decision())
                && mine.reason().equals(theirs.reason());
        if (!alike || ++different > 1) {
          return null;
        }
      }
      both.add(
          new Hop(
              mine.kind(),
              mine.namespace(),
              either(mine.name(), theirs.name()),
              mine.decision(),
              mine.reason()));
    }
    String place = either(end.place(), other.end.place());
    return new Way(both, new End(end.kind(), place, end.reason()), isCopy);
  }

  private static String either(String mine, String theirs) {
    if (mine.equals(theirs) || List.of(mine.split(" or ", -1)).contains(theirs)) {
      return mine;
    }
    return mine + " or " + theirs;
  }

  /** What became of a packet that took all these ways, the worst first. */
  static End outcome(List<Way> ways) {
    List<End.Kind> kinds =
        List.of(End.Kind.DROPPED, End.Kind.UNKNOWN, End.Kind.DELIVERED, End.Kind.LEAVES);
    for (End.Kind kind : kinds) {
      for (Way way : ways) {
        boolean counts = !way.isCopy || kind == End.Kind.DELIVERED || kind == End.Kind.LEAVES;
        if (counts && way.end.kind() == kind) {
          return way.end;
        }
      }
    }
    for (Way way : ways) {
      if (way.end.kind() != End.Kind.IGNORED) {
        return way.end;
      }
    }
    return ways.isEmpty()
        ? new End(End.Kind.DROPPED, "its sender", "nothing arrived that could be answered")
        : new End(End.Kind.DROPPED, ways.get(0).end.place(), "nobody it reaches takes it");
  }
}
