// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tally;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.fastpath.TrailCounters;
import dev.plumbline.datapath.translate.FlowNumbers;
import dev.plumbline.datapath.translate.Trail;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What all flows of a switch counted. */
public final class Tallies {
  /** What no megaflow names is retired after this: a CPU may be in the middle of counting. */
  private static final long REST_NANOS = 2_000_000_000L;

  /** So many calls of {@link #save} are at most between two tries to write what could not be. */
  private static final int LONGEST_REST = 64;

  private final TrailCounters counters;
  private final Trails trails;
  private final TallyFile file;
  private final LongMap<Tally> byKey = new LongMap<>();
  private final LongMap<Tally> byNumber = new LongMap<>();

  /** Of a configuration that is not taken yet. */
  private final LongMap<Tally> coming = new LongMap<>();

  /** Counted without a trail since the last time that it was written. */
  private final Set<Tally> unwritten = new HashSet<>();

  private long lastNumber;

  /** How many there were. */
  private long configuration;

  private boolean isFirst = true;
  private boolean isForgotten;
  private @Nullable String damage;
  private @Nullable String trouble;
  private int rest;
  private int restLeft;

  private Tallies(TrailCounters counters, TallyFile file) {
    this.counters = counters;
    this.trails = new Trails(counters.limit());
    this.file = file;
  }

  /**
   * Takes over what an earlier process left in the file.
   *
   * @param place what numbers and times mean something in: the boot
   * @param counters the fast path's
   */
  public static Tallies open(Path path, String place, TrailCounters counters) {
    Tallies tallies =
        new Tallies(counters, new TallyFile(path, Hash64.of(place), counters.identity()));
    try {
      tallies.file.read(tallies.new Reader());
    } catch (IOException e) {
      tallies.damage = e.getMessage() + "; flows count on from what can be read of it";
    }
    tallies.renew();
    return tallies;
  }

  private final class Reader implements TallyFile.Reader {
    @Override
    public void begins(long last) {
      lastNumber = last;
    }

    @Override
    public void tally(Tally tally) {
      lastNumber = Math.max(lastNumber, tally.number);
      put(tally);
    }

    @Override
    public void gone(long number) {
      drop(number);
    }

    @Override
    public void trail(int index, Trail trail) {
      if (index > 0 && index < counters.limit() && trails.get(index) == null) {
        trails.put(index, trail);
      }
    }

    @Override
    public void retired(int index, long packets, long bytes, long usedNanos) {
      credit(trails.get(index), packets, bytes, usedNanos);
      trails.remove(index);
    }

    @Override
    public void ends(boolean goesOn) {
      for (int i = 1; !goesOn && i < trails.end(); i++) {
        trails.remove(i);
      }
    }
  }

  private void put(Tally tally) {
    byKey.put(tally.key, tally);
    byNumber.put(tally.number, tally);
  }

  private void drop(long number) {
    Tally tally = byNumber.remove(number);
    if (tally != null && byKey.get(tally.key) == tally) {
      Tally unused = byKey.remove(tally.key);
    }
  }

  /** Of the flow and its bridge: what tells it from other flows. */
  private static long key(String bridge, FlowConfig flow) {
    return Hash64.of(bridge, flow.table(), flow.priority(), flow.match());
  }

  private static long content(FlowConfig flow) {
    return Hash64.of(
        flow.actions(), flow.idleTimeoutSeconds(), flow.hardTimeoutSeconds(), "" + flow.cookie());
  }

  /**
   * The numbers of flows, for a configuration that is being made; {@link #configured} or {@link
   * #refused} is to follow.
   */
  public FlowNumbers numbers() {
    return (bridge, flow) -> {
      long key = key(bridge, flow);
      Tally tally = byKey.get(key);
      if (tally == null) {
        tally = coming.get(key);
      }
      if (tally == null) {
        tally = new Tally(++lastNumber, key);
        coming.put(key, tally);
      }
      return tally.number;
    };
  }

  /** The configuration is not taken. */
  public void refused() {
    coming.clear();
  }

  /**
   * The configuration is taken. A flow that was there with its table, priority and match goes on
   * with what it counted, whatever else it says now; one that is not there any more is forgotten.
   *
   * @param before what there was; when it is called first, that does not matter
   */
  public void configured(SwitchConfig before, SwitchConfig after, long nowNanos) {
    configuration++;
    for (Map.Entry<String, BridgeConfig> one : after.bridges().entrySet()) {
      Set<FlowConfig> old = isFirst ? Set.of() : flows(before, one.getKey());
      for (FlowConfig flow : one.getValue().flows()) {
        if (!old.contains(flow)) {
          take(one.getKey(), flow, nowNanos).takenBy = configuration;
        }
      }
    }
    if (isFirst) {
      List<Tally> gone = new ArrayList<>();
      byNumber.forEach(
          tally -> {
            if (tally.takenBy != configuration) {
              gone.add(tally);
            }
          });
      gone.forEach(this::forget);
    } else {
      forget(before, after);
    }
    isFirst = false;
    coming.clear();
    flush();
  }

  private static Set<FlowConfig> flows(SwitchConfig config, String bridge) {
    BridgeConfig found = config.bridges().get(bridge);
    return found == null ? Set.of() : found.flows();
  }

  /** Notes a flow that is not as it was. */
  private Tally take(String bridge, FlowConfig flow, long nowNanos) {
    long key = key(bridge, flow);
    long content = content(flow);
    Tally tally = byKey.get(key);
    if (tally != null && tally.content == content) {
      return tally;
    }
    if (tally == null) {
      Tally known = coming.get(key);
      tally = known == null ? new Tally(++lastNumber, key) : known;
      tally.createdNanos = nowNanos;
      tally.usedNanos = nowNanos;
      put(tally);
    }
    tally.content = content;
    tally.changedNanos = nowNanos;
    file.tally(tally);
    return tally;
  }

  private void forget(Tally tally) {
    drop(tally.number);
    file.gone(tally.number);
  }

  private void forget(SwitchConfig before, SwitchConfig after) {
    for (Map.Entry<String, BridgeConfig> one : before.bridges().entrySet()) {
      Set<FlowConfig> now = flows(after, one.getKey());
      for (FlowConfig flow : one.getValue().flows()) {
        if (now.contains(flow)) {
          continue;
        }
        Tally tally = byKey.get(key(one.getKey(), flow));
        if (tally != null && tally.takenBy != configuration) {
          forget(tally);
        }
      }
    }
  }

  /** Flows were put in again as they are; those that are not there are passed over. */
  public void renew(String bridge, Collection<FlowConfig> flows, long nowNanos) {
    for (FlowConfig flow : flows) {
      Tally tally = byKey.get(key(bridge, flow));
      if (tally != null && tally.content == content(flow)) {
        tally.changedNanos = nowNanos;
        file.tally(tally);
      }
    }
    flush();
  }

  /**
   * The index under which the fast path counts for a trail. It means that, for this process and the
   * next, until no megaflow names it for some seconds.
   *
   * @return 0 for an empty trail, and -1 if there is no room: it is to be {@link #count}ed, then
   */
  public int index(Trail trail, long nowNanos) {
    if (trail.size() == 0) {
      return 0;
    }
    int index = trails.index(trail);
    if (index == 0) {
      index = trails.add(trail);
      if (index == 0) {
        return -1;
      }
      counters.clear(index); // a process may have been killed between retiring and clearing
      file.trail(index, trail);
      flush();
    }
    trails.named(index, nowNanos);
    return index;
  }

  /** A packet that no fast path counts. */
  public void count(Trail trail, int bytes, long nowNanos) {
    credit(trail, 1, bytes, nowNanos);
    for (int i = 0; i < trail.size(); i++) {
      Tally tally = byNumber.get(trail.number(i));
      if (tally != null) {
        unwritten.add(tally);
      }
    }
  }

  private void credit(@Nullable Trail trail, long packets, long bytes, long usedNanos) {
    for (int i = 0; trail != null && i < trail.size(); i++) {
      Tally tally = byNumber.get(trail.number(i));
      if (tally != null) {
        tally.add(packets, bytes, usedNanos);
      }
    }
  }

  /** Whether a megaflow's index stands for the trail. */
  public boolean isIndexOf(int index, Trail trail) {
    if (index == 0) {
      return trail.size() == 0;
    }
    Trail named = trails.get(index);
    return named != null && named.equals(trail);
  }

  /**
   * There is a megaflow with this index.
   *
   * @return false if nobody knows what it stands for
   */
  public boolean named(int index, long nowNanos) {
    if (index == 0) {
      return true;
    }
    if (trails.get(index) == null) {
      return false;
    }
    trails.named(index, nowNanos);
    return true;
  }

  /** All megaflows were {@link #named}: retires the trails that none has named for long. */
  public void retire(long nowNanos) {
    retireOlderThan(nowNanos - REST_NANOS);
  }

  private void retireOlderThan(long nanos) {
    for (int i = 1; i < trails.end(); i++) {
      Trail trail = trails.get(i);
      if (trail != null && trails.namedNanos(i) < nanos) {
        long packets = counters.packets(i);
        long bytes = counters.bytes(i);
        long usedNanos = counters.usedNanos(i);
        file.retired(i, packets, bytes, usedNanos);
        credit(trail, packets, bytes, usedNanos);
        trails.remove(i); // is cleared when it is given to another
      }
    }
    flush();
  }

  /** Writes what is not on record yet; to be called now and then, and at the end. */
  public void save() {
    if (isForgotten) {
      return;
    }
    if (counters.identity() == 0) {
      retireOlderThan(Long.MAX_VALUE); // nothing of it would outlive this process
    }
    unwritten.forEach(
        tally -> {
          if (byNumber.get(tally.number) != null) {
            file.tally(tally);
          }
        });
    unwritten.clear();
    flush();
    if (restLeft > 0) {
      restLeft--;
    } else if (file.isWorn() || trouble != null) {
      renew();
    }
  }

  private void flush() {
    try {
      file.flush();
    } catch (IOException e) {
      failed(e);
    }
  }

  private void renew() {
    try {
      file.renew(lastNumber, byNumber, trails.all());
      trouble = null;
      rest = 0;
    } catch (IOException e) {
      failed(e);
    }
  }

  private void failed(IOException e) {
    trouble = "what flows count would not outlive this process: " + e.getMessage();
    restLeft = rest;
    rest = Math.min(LONGEST_REST, 2 * rest + 1);
  }

  /** What is wrong, and what was when it began. */
  public List<String> warnings() {
    return Stream.of(damage, trouble).filter(Objects::nonNull).toList();
  }

  /** Adds up what {@link #count(String, FlowConfig)} tells. */
  public void addUp() {
    byNumber.forEach(Tally::beginTotal);
    for (int i = 1; i < trails.end(); i++) {
      Trail trail = trails.get(i);
      long packets = trail == null ? 0 : counters.packets(i);
      if (trail == null || packets == 0) {
        continue;
      }
      long bytes = counters.bytes(i);
      long usedNanos = counters.usedNanos(i);
      for (int j = 0; j < trail.size(); j++) {
        Tally tally = byNumber.get(trail.number(j));
        if (tally != null) {
          tally.addToTotal(packets, bytes, usedNanos);
        }
      }
    }
  }

  /** What a flow had counted when it was added up last; null: there is no such flow. */
  public @Nullable FlowCount count(String bridge, FlowConfig flow) {
    Tally tally = byKey.get(key(bridge, flow));
    return tally == null
        ? null
        : new FlowCount(
            tally.totalPackets,
            tally.totalBytes,
            tally.createdNanos,
            tally.changedNanos,
            tally.totalUsedNanos);
  }

  /** Deletes what was written, for good. */
  public void forget() throws IOException {
    isForgotten = true;
    file.forget();
  }
}
