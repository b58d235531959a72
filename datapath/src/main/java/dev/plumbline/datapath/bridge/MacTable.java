// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bridge;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Where each address of each VLAN was last seen.
 *
 * <p>How it works: a hash table with linear probing over primitive longs (VLAN and address in one)
 * gives the number of an entry; entries lie in parallel arrays, and each port's form a list from
 * least to most recently seen ({@link PortLists}). A full table gives up the least recently seen
 * entry of the port that has most, so that a port that floods the switch with addresses only drives
 * out its own. The hash is seeded, so that nobody outside can aim at one chain. No operation on a
 * frame's way allocates.
 *
 * <p>Ageing is lazy: {@link #lookup} gives an entry until {@link #expire} takes it away, so that
 * what a decision depends on only changes by calls that say so.
 *
 * <p>Static entries neither age nor move, do not count towards the size and are not flushed.
 */
public final class MacTable {
  /**
   * How long after a gratuitous ARP from a port that is no bond those that come in by a bond are
   * not believed: they are probably its reflection. As Open vSwitch's mac-learning.h has it.
   */
  public static final int GRATUITOUS_LOCK_MILLIS = 5_000;

  /** What {@link #learn} did. */
  public enum Outcome {
    /** The address is new. */
    NEW,
    /** It was known at that port. */
    REFRESHED,
    /** It was known at another port and is now at this one. */
    MOVED,
    /** It stays where it is: a gratuitous ARP that is probably a reflection by a bond. */
    LOCKED,
    /** It stays where it is: it was seen there after the frame that this is about. */
    OUTDATED,
    /** The address is new, and another one had to go for it. */
    FULL_EVICTED,
    /** A static entry; nothing changed. */
    STATIC;

    /** Whether later frames may be decided otherwise than before. */
    public boolean changesForwarding() {
      return this == NEW || this == MOVED || this == FULL_EVICTED;
    }
  }

  /** Takes entries one by one. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Takes one.
     *
     * @param ageMillis since it was last seen; static: 0
     */
    void entry(int vlan, long mac, int port, long ageMillis, boolean isStatic);
  }

  private static final long PRESENT = 1L << 63;
  private static final int NONE = PortLists.NONE;

  private final long seed;
  private int limit;
  private long agingMillis;

  /**
   * By hash: {@link #PRESENT} | VLAN &lt;&lt; 48 | MAC; 0: free. A power of two, at most half full.
   */
  private long[] keys;

  /** By the same place: the entry. */
  private int[] entryAt;

  // By entry.
  private long[] keyOf;
  private int[] portOf;
  private long[] seenAt;
  private long[] lockedUntil;
  private boolean[] fixed;

  private final PortLists lists;
  private int[] free;
  private int freeCount;
  private int learnt;
  private int statics;

  private long evictions;
  private long lastEvicted;
  private long moves;
  private long expirations;

  /**
   * @param size most learnt addresses, at least 1
   * @param agingSeconds 15 to 3,600
   * @param seed of the hash: anything that those who send frames cannot know
   */
  public MacTable(int size, int agingSeconds, long seed) {
    this.seed = seed | 1;
    this.limit = checkedSize(size);
    this.agingMillis = checkedAging(agingSeconds);
    lists = new PortLists(size);
    keyOf = new long[size];
    portOf = new int[size];
    seenAt = new long[size];
    lockedUntil = new long[size];
    fixed = new boolean[size];
    free = new int[size];
    for (int i = 0; i < size; i++) {
      free[i] = size - 1 - i;
    }
    freeCount = size;
    keys = new long[places(size)];
    entryAt = new int[keys.length];
  }

  private static int checkedSize(int size) {
    if (size < 1 || size > (1 << 20)) {
      throw new IllegalArgumentException("a MAC table of " + size + " is not 1 to 1,048,576");
    }
    return size;
  }

  private static long checkedAging(int seconds) {
    if (seconds < 15 || seconds > 3600) {
      throw new IllegalArgumentException("aging of " + seconds + " s is not 15 to 3,600 s");
    }
    return seconds * 1000L;
  }

  /** Learnt addresses. */
  public int size() {
    return learnt;
  }

  /** Learnt addresses at a port. */
  public int size(int port) {
    return lists.count(port);
  }

  /** The port that gives up an address next if the table is full; one must be learnt. */
  int greediestPort() {
    return lists.port(0);
  }

  public int staticSize() {
    return statics;
  }

  /** Addresses that had to go because the table was full, ever. */
  public long evictions() {
    return evictions;
  }

  /** The address that had to go last to make room; 0: none had to. */
  public long lastEvicted() {
    return lastEvicted;
  }

  public long moves() {
    return moves;
  }

  /** Addresses that had not been seen for too long, ever. */
  public long expirations() {
    return expirations;
  }

  /**
   * Takes other limits; what is too much goes as when the table is full.
   *
   * @return how many entries went; what was decided by them is out of date
   */
  public int configure(int size, int agingSeconds) {
    agingMillis = checkedAging(agingSeconds);
    limit = checkedSize(size);
    int gone = 0;
    while (learnt > limit) {
      evict();
      gone++;
    }
    reserve(limit + statics);
    return gone;
  }

  /**
   * Notes that a frame with this source came in. Addresses of groups are never sources: they must
   * not be given.
   *
   * <p>A flow's packets are noted some time after they came, by when the address may have been seen
   * at another port: they do not move it back.
   *
   * @param port logical port
   * @param gratuitous whether it was a gratuitous ARP
   * @param fromBond whether the port is a bond
   * @param nowMillis when the frame came, by the clock of {@link System#nanoTime}
   */
  public Outcome learn(
      int vlan, long mac, int port, boolean gratuitous, boolean fromBond, long nowMillis) {
    int place = find(key(vlan, mac));
    if (place == NONE) {
      boolean full = learnt == limit;
      if (full) {
        evict();
      }
      int entry = insert(key(vlan, mac), port, nowMillis);
      if (gratuitous && !fromBond) {
        lockedUntil[entry] = nowMillis + GRATUITOUS_LOCK_MILLIS;
      }
      return full ? Outcome.FULL_EVICTED : Outcome.NEW;
    }
    int entry = entryAt[place];
    if (fixed[entry]) {
      return Outcome.STATIC;
    }
    if (nowMillis < seenAt[entry]) {
      return portOf[entry] == port ? Outcome.REFRESHED : Outcome.OUTDATED;
    }
    seenAt[entry] = nowMillis;
    lists.refresh(portOf[entry], entry);
    if (gratuitous && !fromBond) {
      lockedUntil[entry] = nowMillis + GRATUITOUS_LOCK_MILLIS;
    } else if (gratuitous && nowMillis < lockedUntil[entry]) {
      return Outcome.LOCKED;
    }
    if (portOf[entry] == port) {
      return Outcome.REFRESHED;
    }
    lists.remove(portOf[entry], entry);
    portOf[entry] = port;
    lists.append(port, entry);
    moves++;
    return Outcome.MOVED;
  }

  /** The logical port where the address is; 0: not known. */
  public int lookup(int vlan, long mac) {
    int place = find(key(vlan, mac));
    return place == NONE ? 0 : portOf[entryAt[place]];
  }

  public boolean isStatic(int vlan, long mac) {
    int place = find(key(vlan, mac));
    return place != NONE && fixed[entryAt[place]];
  }

  /** Whether gratuitous ARPs from bonds do not move the address now. */
  public boolean isLocked(int vlan, long mac, long nowMillis) {
    int place = find(key(vlan, mac));
    return place != NONE && nowMillis < lockedUntil[entryAt[place]];
  }

  /** Puts an entry that neither ages nor moves in the place of any other for that address. */
  public void putStatic(int vlan, long mac, int port) {
    remove(vlan, mac);
    if (freeCount == 0) {
      reserve(keyOf.length + 1);
    }
    int entry = free[--freeCount];
    put(key(vlan, mac), entry);
    portOf[entry] = port;
    fixed[entry] = true;
    statics++;
  }

  /** An address that is to stay at a logical port. */
  public record Static(int vlan, long mac, int port) {}

  /**
   * Makes these the entries that neither age nor move, and no others.
   *
   * @return whether they were others before; what was decided by the table is out of date then
   */
  public boolean configureStatics(Collection<Static> wanted) {
    Set<Static> gone = new HashSet<>();
    for (int entry = 0; statics > 0 && entry < keyOf.length; entry++) {
      if (fixed[entry]) {
        gone.add(new Static(vlan(keyOf[entry]), mac(keyOf[entry]), portOf[entry]));
      }
    }
    Set<Static> added = new HashSet<>(wanted);
    added.removeAll(gone);
    gone.removeAll(wanted);
    gone.forEach(one -> remove(one.vlan(), one.mac()));
    added.forEach(one -> putStatic(one.vlan(), one.mac(), one.port()));
    return !gone.isEmpty() || !added.isEmpty();
  }

  /**
   * Takes an entry away, static or not.
   *
   * @return whether there was one
   */
  public boolean remove(int vlan, long mac) {
    int place = find(key(vlan, mac));
    if (place == NONE) {
      return false;
    }
    drop(place);
    return true;
  }

  /**
   * Takes away what was not seen for the ageing time.
   *
   * @return how many
   */
  public int expire(long nowMillis) {
    int gone = 0;
    for (int port = 0; port < lists.portLimit(); port++) {
      for (int entry = lists.oldest(port);
          entry != NONE && nowMillis - seenAt[entry] >= agingMillis;
          entry = lists.oldest(port)) {
        drop(find(keyOf[entry]));
        gone++;
      }
    }
    expirations += gone;
    return gone;
  }

  /** Takes all learnt entries away; returns how many. */
  public int flush() {
    int gone = 0;
    while (lists.ports() > 0) {
      gone += flushPort(lists.port(0));
    }
    return gone;
  }

  public int flushPort(int port) {
    int gone = 0;
    for (int entry = lists.oldest(port); entry != NONE; entry = lists.oldest(port)) {
      drop(find(keyOf[entry]));
      gone++;
    }
    return gone;
  }

  public int flushVlan(int vlan) {
    int gone = 0;
    for (int entry = 0; entry < keyOf.length; entry++) {
      if (keyOf[entry] != 0 && !fixed[entry] && vlan(keyOf[entry]) == vlan) {
        drop(find(keyOf[entry]));
        gone++;
      }
    }
    return gone;
  }

  public int flush(int port, int vlan) {
    int gone = 0;
    int entry = lists.oldest(port);
    while (entry != NONE) {
      int next = lists.next(entry);
      if (vlan(keyOf[entry]) == vlan) {
        drop(find(keyOf[entry]));
        gone++;
      }
      entry = next;
    }
    return gone;
  }

  /** Gives all entries: statics, then each port's from the least to the most recently seen. */
  public void forEach(long nowMillis, Visitor visitor) {
    if (statics > 0) {
      for (int entry = 0; entry < keyOf.length; entry++) {
        if (fixed[entry]) {
          visitor.entry(vlan(keyOf[entry]), mac(keyOf[entry]), portOf[entry], 0, true);
        }
      }
    }
    for (int i = 0; i < lists.ports(); i++) {
      int port = lists.port(i);
      for (int entry = lists.oldest(port); entry != NONE; entry = lists.next(entry)) {
        visitor.entry(
            vlan(keyOf[entry]),
            mac(keyOf[entry]),
            port,
            Math.max(0, nowMillis - seenAt[entry]),
            false);
      }
    }
  }

  /** Milliseconds for which the address is still locked; 0: it is not. */
  int lockMillis(int vlan, long mac, long nowMillis) {
    int place = find(key(vlan, mac));
    return place == NONE ? 0 : (int) Math.max(0, lockedUntil[entryAt[place]] - nowMillis);
  }

  /** Puts back a learnt entry; those of a port must come from the least to the most recent. */
  void restore(int vlan, long mac, int port, long seenMillis, long lockedUntilMillis) {
    if (learnt < limit && find(key(vlan, mac)) == NONE) {
      lockedUntil[insert(key(vlan, mac), port, seenMillis)] = lockedUntilMillis;
    }
  }

  private int insert(long key, int port, long nowMillis) {
    if (freeCount == 0) {
      reserve(keyOf.length + 1);
    }
    int entry = free[--freeCount];
    put(key, entry);
    portOf[entry] = port;
    seenAt[entry] = nowMillis;
    lockedUntil[entry] = Long.MIN_VALUE;
    lists.append(port, entry);
    learnt++;
    return entry;
  }

  private void evict() {
    long key = keyOf[lists.oldest(greediestPort())];
    lastEvicted = mac(key);
    drop(find(key));
    evictions++;
  }

  private void drop(int place) {
    int entry = entryAt[place];
    if (fixed[entry]) {
      fixed[entry] = false;
      statics--;
    } else {
      lists.remove(portOf[entry], entry);
      learnt--;
    }
    keyOf[entry] = 0;
    free[freeCount++] = entry;
    close(place);
  }

  /** Frees a place and moves those behind it up, so that no search ends too early. */
  private void close(int place) {
    int mask = keys.length - 1;
    int hole = place;
    for (int at = (hole + 1) & mask; keys[at] != 0; at = (at + 1) & mask) {
      if (((at - home(keys[at])) & mask) >= ((at - hole) & mask)) {
        keys[hole] = keys[at];
        entryAt[hole] = entryAt[at];
        hole = at;
      }
    }
    keys[hole] = 0;
  }

  private void put(long key, int entry) {
    int mask = keys.length - 1;
    int at = home(key);
    while (keys[at] != 0) {
      at = (at + 1) & mask;
    }
    keys[at] = key;
    entryAt[at] = entry;
    keyOf[entry] = key;
  }

  private int find(long key) {
    int mask = keys.length - 1;
    for (int at = home(key); keys[at] != 0; at = (at + 1) & mask) {
      if (keys[at] == key) {
        return at;
      }
    }
    return NONE;
  }

  /** Where a key belongs: multiply and fold, twice, by the seed and a constant of splitmix64. */
  private int home(long key) {
    long hash = (key ^ seed) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ (hash >>> 32)) * seed;
    return (int) (hash >>> 33) & (keys.length - 1);
  }

  /** Makes room for so many entries; never less. */
  private void reserve(int entries) {
    int old = keyOf.length;
    if (entries <= old) {
      return;
    }
    int size = Math.max(entries, old + old / 8);
    keyOf = Arrays.copyOf(keyOf, size);
    portOf = Arrays.copyOf(portOf, size);
    seenAt = Arrays.copyOf(seenAt, size);
    lockedUntil = Arrays.copyOf(lockedUntil, size);
    fixed = Arrays.copyOf(fixed, size);
    free = Arrays.copyOf(free, size);
    lists.resize(size);
    for (int entry = size - 1; entry >= old; entry--) {
      free[freeCount++] = entry;
    }
    if (places(size) > keys.length) {
      keys = new long[places(size)];
      entryAt = new int[keys.length];
      for (int entry = 0; entry < old; entry++) {
        if (keyOf[entry] != 0) {
          put(keyOf[entry], entry);
        }
      }
    }
  }

  private static int places(int entries) {
    return Math.max(16, Integer.highestOneBit(2 * entries - 1) * 2);
  }

  private static long key(int vlan, long mac) {
    return PRESENT | ((long) vlan << 48) | mac;
  }

  private static int vlan(long key) {
    return (int) (key >>> 48) & 0xfff;
  }

  private static long mac(long key) {
    return key & 0xffff_ffff_ffffL;
  }
}
