// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.desired;

import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.Match;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Flows of a bridge that probably do not say what was meant.
 *
 * <ul>
 *   <li>One is <b>shadowed</b> if another one of its table has a higher priority and matches all
 *       that it matches. What only several others cover together is not found.
 *   <li>Two <b>overlap</b> if they have one priority and other actions, and there are packets that
 *       both match: which of them counts is nobody's to say.
 * </ul>
 *
 * Both take more than in proportion to the flows where their masks are very many: each is looked
 * for with {@link #COMPARISONS}, a second or two, and it is said where that ended.
 */
final class IdleFlows {
  static final int COMPARISONS = 20_000_000;

  private final List<Flows.Mistake> found = new ArrayList<>();
  private int left;

  private IdleFlows() {}

  /** A sentence for each flow that is shadowed or overlaps with an earlier one. */
  static List<Flows.Mistake> among(List<Flows.Entry> flows) {
    return among(flows, COMPARISONS);
  }

  /** The same, with so many comparisons for either. */
  static List<Flows.Mistake> among(List<Flows.Entry> flows, int comparisons) {
    IdleFlows idle = new IdleFlows();
    idle.look(flows, comparisons);
    return idle.found;
  }

  private void look(List<Flows.Entry> flows, int comparisons) {
    Map<Integer, List<Flows.Entry>> tables = new TreeMap<>();
    for (Flows.Entry flow : flows) {
      tables.computeIfAbsent(flow.parsed().table(), table -> new ArrayList<>()).add(flow);
    }
    left = comparisons;
    for (List<Flows.Entry> table : tables.values()) {
      shadowed(table);
    }
    left = comparisons;
    for (List<Flows.Entry> table : tables.values()) {
      overlapping(table);
    }
  }

  /** Whether so many comparisons more can be made; if not, that is said at the flow, once. */
  private boolean spend(int comparisons, Flows.Entry entry, String doubt) {
    if (left < 0) {
      return false;
    }
    left = left < comparisons ? -1 : left - comparisons;
    if (left < 0) {
      found.add(
          new Flows.Mistake(
              entry.address(),
              entry.position(),
              "from here on nobody looked whether flows "
                  + doubt
                  + ": there are too many, and too different"));
    }
    return left >= 0;
  }

  /** Bits of a match in a form in which they are looked up. */
  private static List<Long> bits(Match match, @Nullable Match under) {
    List<Long> bits = new ArrayList<>(FieldValues.WORDS);
    for (int i = 0; i < FieldValues.WORDS; i++) {
      bits.add(under == null ? match.mask(i) : match.value(i) & under.mask(i));
    }
    return bits;
  }

  /** Flows that ask for the same bits, by the values that they ask for. */
  private record SameMask(Match mask, Map<List<Long>, Flows.Entry> highest) {}

  private void shadowed(List<Flows.Entry> table) {
    Map<List<Long>, SameMask> masks = new HashMap<>();
    for (Flows.Entry entry : table) {
      Match match = entry.parsed().match();
      masks
          .computeIfAbsent(bits(match, null), any -> new SameMask(match, new HashMap<>()))
          .highest
          .merge(bits(match, match), entry, IdleFlows::higher);
    }
    for (Flows.Entry entry : table) {
      if (!spend(masks.size(), entry, "can never match")) {
        return;
      }
      Flow flow = entry.parsed();
      Flows.Entry cover = null;
      for (SameMask same : masks.values()) {
        if (asksForLess(same.mask, flow.match())) {
          Flows.Entry other = same.highest.get(bits(flow.match(), same.mask));
          if (other != null && other.parsed().priority() > flow.priority()) {
            cover = cover == null ? other : higher(cover, other);
          }
        }
      }
      if (cover != null) {
        found.add(
            new Flows.Mistake(
                entry.address(),
                entry.position(),
                "can never match: "
                    + name(cover)
                    + " covers it, with priority "
                    + cover.parsed().priority()));
      }
    }
  }

  private static Flows.Entry higher(Flows.Entry one, Flows.Entry other) {
    return other.parsed().priority() > one.parsed().priority() ? other : one;
  }

  private static boolean asksForLess(Match one, Match other) {
    for (int i = 0; i < FieldValues.WORDS; i++) {
      if ((one.mask(i) & ~other.mask(i)) != 0) {
        return false;
      }
    }
    return true;
  }

  private void overlapping(List<Flows.Entry> table) {
    Map<Integer, List<Flows.Entry>> priorities = new TreeMap<>();
    for (Flows.Entry entry : table) {
      priorities.computeIfAbsent(entry.parsed().priority(), any -> new ArrayList<>()).add(entry);
    }
    for (List<Flows.Entry> alike : priorities.values()) {
      for (int i = 1; i < alike.size(); i++) {
        if (!spend(i, alike.get(i), "match the same packets with one priority")) {
          return;
        }
        Flows.Entry first = firstOverlapping(alike, i);
        if (first != null) {
          Flows.Entry entry = alike.get(i);
          found.add(
              new Flows.Mistake(
                  entry.address(),
                  entry.position(),
                  "some packets match "
                      + name(first)
                      + " too, with the same priority and other actions"));
        }
      }
    }
  }

  private static Flows.@Nullable Entry firstOverlapping(List<Flows.Entry> alike, int index) {
    Flow flow = alike.get(index).parsed();
    for (int i = 0; i < index; i++) {
      Flow other = alike.get(i).parsed();
      if (!flow.actions().equals(other.actions()) && overlap(flow.match(), other.match())) {
        return alike.get(i);
      }
    }
    return null;
  }

  private static boolean overlap(Match one, Match other) {
    for (int i = 0; i < FieldValues.WORDS; i++) {
      if (((one.value(i) ^ other.value(i)) & one.mask(i) & other.mask(i)) != 0) {
        return false;
      }
    }
    return true;
  }

  /** {@code flows[2]} of {@code bridges.br0.flows[2]}. */
  private static String name(Flows.Entry entry) {
    return entry.address().substring(entry.address().lastIndexOf('.') + 1);
  }
}
