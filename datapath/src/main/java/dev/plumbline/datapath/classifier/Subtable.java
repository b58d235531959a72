// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.classifier;

import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.Match;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a table that ask for the same bits. Changed only before its table is published.
 *
 * <p>A packet is hashed stage by stage. Each stage but the last has an index of the hashes that its
 * rules have up to there: one that is not in it ends the lookup, and nothing behind that stage has
 * been looked at.
 */
final class Subtable<T> {
  private static final int SMALLEST = 4;
  private static final Prefix[] PREFIXES = Prefix.values();

  /** A rule; {@code next}: one of lower priority with the same match. */
  private record Entry<T>(Rule<T> rule, int hash, @Nullable Entry<T> next) {}

  /** The words that have bits, in order. */
  private final int[] words;

  /** The bits that they have. */
  private final long[] masks;

  /** Stage by stage, the index in {@link #words} of the first word behind it. */
  private final int[] ends;

  /** Stage by stage; null: the last with words, one behind it, or one without words of its own. */
  private final @Nullable HashCounts[] stages;

  private final int[] prefixes;
  private @Nullable Entry<T>[] entries;
  private int matches;
  private int size;
  private int maxPriority = -1;

  /** For rules that ask for the same bits as this match. */
  Subtable(Match sample) {
    this.words = new int[count(sample)];
    this.masks = new long[words.length];
    this.ends = new int[FieldValues.STAGES];
    int found = 0;
    int stage = 0;
    for (int word = 0; word < FieldValues.WORDS; word++) {
      while (word == FieldValues.stageEnd(stage)) {
        ends[stage++] = found;
      }
      if (sample.mask(word) != 0) {
        masks[found] = sample.mask(word);
        words[found++] = word;
      }
    }
    Arrays.fill(ends, stage, ends.length, found);
    stages = new HashCounts[FieldValues.STAGES];
    for (int i = 0; i < stages.length; i++) {
      boolean hasWords = ends[i] > (i == 0 ? 0 : ends[i - 1]);
      stages[i] = hasWords && ends[i] < found ? new HashCounts() : null;
    }
    prefixes = Arrays.stream(PREFIXES).mapToInt(prefix -> prefix.length(sample)).toArray();
    entries = newEntries(SMALLEST);
  }

  private Subtable(Subtable<T> other) {
    words = other.words;
    masks = other.masks;
    ends = other.ends;
    prefixes = other.prefixes;
    stages = new HashCounts[other.stages.length];
    for (int i = 0; i < stages.length; i++) {
      HashCounts stage = other.stages[i];
      stages[i] = stage == null ? null : stage.copy();
    }
    entries = other.entries.clone();
    matches = other.matches;
    size = other.size;
    maxPriority = other.maxPriority;
  }

  private static int count(Match match) {
    int count = 0;
    for (int i = 0; i < FieldValues.WORDS; i++) {
      count += match.mask(i) == 0 ? 0 : 1;
    }
    return count;
  }

  @SuppressWarnings("unchecked")
  private static <T> @Nullable Entry<T>[] newEntries(int length) {
    return (@Nullable Entry<T>[]) new Entry<?>[length];
  }

  Subtable<T> copy() {
    return new Subtable<>(this);
  }

  int size() {
    return size;
  }

  int maxPriority() {
    return maxPriority;
  }

  /**
   * The rule with the highest priority for a packet; null: none.
   *
   * @param tries by {@link Prefix}
   * @param looked takes the bits that this depended on
   */
  @Nullable Rule<T> find(FieldValues packet, PrefixTrie[] tries, Wildcards looked) {
    long hash = 0;
    int at = 0;
    for (int stage = 0; stage < stages.length; stage++) {
      if (stage >= 2 && isRuledOut(stage, packet, tries, looked)) {
        return null;
      }
      for (; at < ends[stage]; at++) {
        hash = mix(hash, packet.word(words[at]) & masks[at]);
      }
      HashCounts index = stages[stage];
      if (index != null && !index.has(finish(hash))) {
        look(at, looked);
        return null;
      }
    }
    look(at, looked);
    for (int place = finish(hash) & (entries.length - 1); ; place = next(place)) {
      Entry<T> entry = entries[place];
      if (entry == null) {
        return null;
      }
      if (entry.hash == finish(hash) && isFor(entry.rule.match(), packet)) {
        return entry.rule;
      }
    }
  }

  private boolean isRuledOut(int stage, FieldValues packet, PrefixTrie[] tries, Wildcards looked) {
    for (int i = 0; i < prefixes.length; i++) {
      Prefix prefix = PREFIXES[i];
      if (prefixes[i] > 0 && prefix.stage() == stage) {
        PrefixTrie.Way way = looked.way(prefix, i, tries[i], packet);
        if (!way.has(prefixes[i])) {
          prefix.look(looked, way.proof(prefixes[i]));
          return true;
        }
      }
    }
    return false;
  }

  private void look(int end, Wildcards looked) {
    for (int i = 0; i < end; i++) {
      looked.look(words[i], masks[i]);
    }
  }

  private boolean isFor(Match match, FieldValues packet) {
    for (int i = 0; i < words.length; i++) {
      if (((packet.word(words[i]) ^ match.value(words[i])) & masks[i]) != 0) {
        return false;
      }
    }
    return true;
  }

  private int next(int place) {
    return (place + 1) & (entries.length - 1);
  }

  /** Puts a rule there, in place of one that it replaces; whether there was none. */
  boolean put(Rule<T> rule) {
    int hash = hash(rule.match(), false, 1);
    int place = place(rule.match(), hash);
    Entry<T> head = entries[place];
    Entry<T> without = without(head, rule);
    boolean isNew = length(head) == length(without);
    entries[place] = inserted(without, rule, hash);
    if (isNew) {
      size++;
    }
    if (head == null) {
      matches++;
      hash(rule.match(), true, 1);
      if (2 * matches > entries.length) {
        grow();
      }
    }
    return isNew;
  }

  /** Takes out the rule with that match and priority; whether it was there. */
  boolean remove(Rule<T> rule) {
    int hash = hash(rule.match(), false, 1);
    int place = place(rule.match(), hash);
    Entry<T> head = entries[place];
    Entry<T> without = without(head, rule);
    if (head == null || length(head) == length(without)) {
      return false;
    }
    size--;
    if (without == null) {
      matches--;
      hash(rule.match(), true, -1);
      close(place);
    } else {
      entries[place] = without;
    }
    return true;
  }

  /** To be called when all is changed: finds the highest priority that is left. */
  void settle() {
    maxPriority = -1;
    for (Entry<T> entry : entries) {
      maxPriority = entry == null ? maxPriority : Math.max(maxPriority, entry.rule.priority());
    }
  }

  private static <T> int length(@Nullable Entry<T> head) {
    int length = 0;
    for (Entry<T> at = head; at != null; at = at.next) {
      length++;
    }
    return length;
  }

  private static <T> @Nullable Entry<T> without(@Nullable Entry<T> head, Rule<T> rule) {
    if (head == null || head.rule.priority() == rule.priority()) {
      return head == null ? null : head.next;
    }
    return new Entry<>(head.rule, head.hash, without(head.next, rule));
  }

  private static <T> Entry<T> inserted(@Nullable Entry<T> head, Rule<T> rule, int hash) {
    if (head == null || head.rule.priority() < rule.priority()) {
      return new Entry<>(rule, hash, head);
    }
    return new Entry<>(head.rule, head.hash, inserted(head.next, rule, hash));
  }

  /** The hash of a match; the stages' indexes get one more or less of it on the way. */
  private int hash(Match match, boolean change, int by) {
    long hash = 0;
    int at = 0;
    for (int stage = 0; stage < stages.length; stage++) {
      for (; at < ends[stage]; at++) {
        hash = mix(hash, match.value(words[at]));
      }
      HashCounts index = stages[stage];
      if (change && index != null) {
        if (by > 0) {
          index.add(finish(hash));
        } else {
          index.remove(finish(hash));
        }
      }
    }
    return finish(hash);
  }

  private static long mix(long hash, long word) {
    long mixed = (hash ^ word) * 0x9e3779b97f4a7c15L;
    return mixed ^ (mixed >>> 32);
  }

  private static int finish(long hash) {
    long mixed = hash * 0xc2b2ae3d27d4eb4fL;
    return (int) (mixed >>> 32);
  }

  private int place(Match match, int hash) {
    int place = hash & (entries.length - 1);
    for (Entry<T> at = entries[place]; at != null; at = entries[place]) {
      if (at.hash == hash && at.rule.match().equals(match)) {
        return place;
      }
      place = next(place);
    }
    return place;
  }

  private void grow() {
    @Nullable Entry<T>[] old = entries;
    entries = newEntries(2 * old.length);
    for (Entry<T> entry : old) {
      if (entry != null) {
        entries[place(entry.rule.match(), entry.hash)] = entry;
      }
    }
  }

  /** Takes away what is in a place; those behind it move up, so that none is lost. */
  private void close(int place) {
    int hole = place;
    entries[hole] = null;
    int at = next(hole);
    for (Entry<T> entry = entries[at]; entry != null; entry = entries[at]) {
      int home = entry.hash & (entries.length - 1);
      if (((at - home) & (entries.length - 1)) >= ((at - hole) & (entries.length - 1))) {
        entries[hole] = entry;
        entries[at] = null;
        hole = at;
      }
      at = next(at);
    }
  }
}
