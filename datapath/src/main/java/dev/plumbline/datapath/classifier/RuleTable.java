// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.classifier;

import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.Match;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rules, and which of them a packet is for. Immutable: {@link #with} makes another table.
 *
 * <p>Tuple space search (Srinivasan, Suri, Varghese: Packet Classification using Tuple Space
 * Search, SIGCOMM 1999) with what Open vSwitch added to it (Pfaff et al.: The Design and
 * Implementation of Open vSwitch, NSDI 2015): subtables in the order of their highest priority, so
 * that a search ends when no other rule can count for more; lookups in stages; tries of prefixes
 * that rule subtables out. Each of them saves time, and above all leaves more wildcards.
 *
 * <p>Among rules of one priority that match, one is found, always the same for the same packet and
 * table; OpenFlow leaves open which.
 */
public final class RuleTable<T> {
  /** The bits that a match asks for: equal if two ask for the same. */
  private static final class MaskKey {
    private final Match match;
    private final int hash;

    MaskKey(Match match) {
      this.match = match;
      long mixed = 0;
      for (int i = 0; i < FieldValues.WORDS; i++) {
        mixed = 31 * mixed + match.mask(i);
      }
      hash = Long.hashCode(mixed);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof MaskKey key && hash == key.hash && match.sameMask(key.match);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private final Map<MaskKey, Subtable<T>> subtables;
  private final List<Subtable<T>> order;
  private final PrefixTrie[] tries;
  private final int size;

  private RuleTable(Map<MaskKey, Subtable<T>> subtables, PrefixTrie[] tries, int size) {
    this.subtables = subtables;
    this.tries = tries;
    this.size = size;
    List<Subtable<T>> sorted = new ArrayList<>(subtables.values());
    sorted.sort(Comparator.<Subtable<T>>comparingInt(Subtable::maxPriority).reversed());
    this.order = sorted;
  }

  /** Without rules. */
  public static <T> RuleTable<T> empty() {
    PrefixTrie[] tries = new PrefixTrie[Prefix.values().length];
    Arrays.fill(tries, PrefixTrie.EMPTY);
    return new RuleTable<>(Map.of(), tries, 0);
  }

  /**
   * The table with other rules: first some are taken out, then others put in.
   *
   * @param removed by match and priority; one that is not there is passed over
   * @param put each in place of the one with its match and priority
   */
  public RuleTable<T> with(Collection<Rule<T>> removed, Collection<Rule<T>> put) {
    Map<MaskKey, Subtable<T>> changed = new HashMap<>(subtables);
    Set<MaskKey> own = new HashSet<>();
    PrefixTrie[] newTries = tries.clone();
    PrefixTrie.Change change = new PrefixTrie.Change();
    Prefix[] prefixes = Prefix.values();
    int newSize = size;
    for (Rule<T> rule : removed) {
      MaskKey key = new MaskKey(rule.match());
      Subtable<T> there = changed.get(key);
      if (there == null) {
        continue;
      }
      Subtable<T> subtable = own(changed, own, key, there);
      if (subtable.remove(rule)) {
        newSize--;
        for (int i = 0; i < prefixes.length; i++) {
          newTries[i] = prefixes[i].without(change, newTries[i], rule.match());
        }
      }
      if (subtable.size() == 0) {
        changed.remove(key);
        own.remove(key);
      }
    }
    List<Match> added = new ArrayList<>();
    for (Rule<T> rule : put) {
      MaskKey key = new MaskKey(rule.match());
      Subtable<T> subtable = own(changed, own, key, changed.get(key));
      if (subtable.put(rule)) {
        newSize++;
        added.add(rule.match());
      }
    }
    for (int i = 0; i < prefixes.length; i++) {
      newTries[i] = prefixes[i].with(change, newTries[i], added);
    }
    changed.forEach(
        (key, subtable) -> {
          if (own.contains(key)) {
            subtable.settle();
          }
        });
    return new RuleTable<>(changed, newTries, newSize);
  }

  private static <T> Subtable<T> own(
      Map<MaskKey, Subtable<T>> changed,
      Set<MaskKey> own,
      MaskKey key,
      @Nullable Subtable<T> there) {
    if (there != null && own.contains(key)) {
      return there;
    }
    Subtable<T> copy = there == null ? new Subtable<>(key.match) : there.copy();
    changed.put(key, copy);
    own.add(key);
    return copy;
  }

  /**
   * The rule for a packet; null: none. Nothing is allocated.
   *
   * @param looked takes, beside what it has, the bits that the outcome depended on
   */
  public @Nullable Rule<T> lookup(FieldValues packet, Wildcards looked) {
    looked.begin();
    Rule<T> best = null;
    for (int i = 0; i < order.size(); i++) {
      Subtable<T> subtable = order.get(i);
      if (best != null && best.priority() >= subtable.maxPriority()) {
        return best;
      }
      Rule<T> found = subtable.find(packet, tries, looked);
      if (found != null && (best == null || found.priority() > best.priority())) {
        best = found;
      }
    }
    return best;
  }

  /** Rules. */
  public int size() {
    return size;
  }

  /** Sets of bits that rules ask for: the most lookups that a packet takes. */
  public int subtables() {
    return order.size();
  }
}
