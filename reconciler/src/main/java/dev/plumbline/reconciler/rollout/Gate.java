// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.rollout;

import dev.plumbline.spec.Rollout;
import dev.plumbline.spec.Wave;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one commit has to pass before one host takes it. All waves before the host's are looked at
 * each time: one that was in sync and is not any more begins its soak time anew, and the waves
 * after it wait for it again.
 *
 * <p>Pure but for what it remembers: since when each wave has been in sync, and since when it has
 * been waited for. Milliseconds are those of one clock that nobody sets. Times that hosts tell do
 * not count, for their clocks may be wrong.
 */
public final class Gate {
  /** Hosts that a sentence names. */
  private static final int NAMED = 5;

  private final Rollout rollout;
  private final int own;
  private final String host;
  private final String commit;
  private final Map<String, Long> inSyncSince;
  private final Map<String, Long> waitedSince;

  /**
   * A gate that remembers what another has seen.
   *
   * @param own number of the host's wave, from 0; as many as there are: after all of them
   * @param inSyncSince milliseconds, by wave; what another gate of the commit had
   * @param waitedSince the same
   */
  public Gate(
      Rollout rollout,
      int own,
      String host,
      String commit,
      Map<String, Long> inSyncSince,
      Map<String, Long> waitedSince) {
    this.rollout = rollout;
    this.own = own;
    this.host = host;
    this.commit = commit;
    this.inSyncSince = new TreeMap<>(inSyncSince);
    this.waitedSince = new TreeMap<>(waitedSince);
  }

  public String commit() {
    return commit;
  }

  public Map<String, Long> inSyncSince() {
    return inSyncSince;
  }

  public Map<String, Long> waitedSince() {
    return waitedSince;
  }

  /** One wave as it stands now. */
  private record Look(
      Wave wave, List<HostStatus> known, List<HostStatus> inSync, List<HostStatus> refusing) {
    int needed() {
      return wave.needed(known.size());
    }

    /** Hosts that have told at the end of their own soak time that they still are in sync. */
    int proven() {
      return (int) inSync.stream().filter(HostStatus::soaked).count();
    }

    boolean isInSync() {
      return inSync.size() >= needed();
    }

    boolean isHopeless() {
      return !refusing.isEmpty() && known.size() - refusing.size() < needed();
    }
  }

  /**
   * Looks at the waves.
   *
   * @param statuses of all hosts
   * @param now milliseconds
   */
  public Verdict look(Collection<HostStatus> statuses, long now) {
    List<Look> looks = new ArrayList<>();
    for (int i = 0; i < own; i++) {
      Look look = look(i, statuses);
      looks.add(look);
      String name = look.wave().name();
      if (look.isInSync()) {
        inSyncSince.putIfAbsent(name, now);
        waitedSince.remove(name); // what comes later is waited for anew
      } else {
        inSyncSince.remove(name);
      }
    }
    for (Look look : looks) {
      Wave wave = look.wave();
      long soaked = now - inSyncSince.getOrDefault(wave.name(), now);
      if (!look.isInSync()) {
        long waited = now - waitedSince.computeIfAbsent(wave.name(), key -> now);
        return waits(look, waited);
      }
      if (soaked >= wave.soak().toMillis() && look.proven() < look.needed()) {
        return unproven(look, soaked);
      }
      if (soaked < wave.soak().toMillis()) {
        return verdict(
            Verdict.State.WAITS,
            look,
            "waits for wave "
                + wave.name()
                + ": "
                + counts(look)
                + " for "
                + shown(soaked)
                + " of "
                + shown(wave.soak().toMillis()),
            soaked);
      }
    }
    return passed();
  }

  /** For a host that nobody is before, or that was told not to wait. */
  public Verdict passed() {
    return new Verdict(Verdict.State.PASSED, own + 1, waves(), ownName(), null, "", 0, 0, 0, 0, 0);
  }

  /**
   * Where it cannot be read how other hosts stand. Soak times go on where they were, for they count
   * from what was seen.
   *
   * @param before what was seen last; null: nothing yet
   * @param now milliseconds
   * @param why it cannot
   */
  public Verdict unknown(@Nullable Verdict before, long now, String why) {
    if (before != null && before.state() == Verdict.State.STOPPED) {
      return before;
    }
    String behind = before == null ? null : before.behind();
    Wave wave =
        rollout.waves().stream()
            .filter(each -> each.name().equals(behind))
            .findFirst()
            .orElse(rollout.waves().get(0));
    long waited = now - waitedSince.computeIfAbsent(wave.name(), key -> now);
    boolean over = waited >= wave.within().toMillis();
    String sentence = "wave " + wave.name() + ": how other hosts stand cannot be read: " + why;
    Look none = new Look(wave, List.of(), List.of(), List.of());
    return over
        ? verdict(
            Verdict.State.STOPPED, none, "stopped by " + sentence + ", for " + shown(waited), 0)
        : verdict(Verdict.State.WAITS, none, "waits for " + sentence, 0);
  }

  private Look look(int number, Collection<HostStatus> statuses) {
    List<HostStatus> known = new ArrayList<>();
    List<HostStatus> inSync = new ArrayList<>();
    List<HostStatus> refusing = new ArrayList<>();
    for (HostStatus each : statuses) {
      // What this host itself has told is of no interest, whatever wave it was in then.
      if (!each.host().equals(host) && rollout.waveOf(each.host(), each.labels()) == number) {
        known.add(each);
        if (each.isAt(commit)) {
          inSync.add(each);
        } else if (each.refuses(commit)) {
          refusing.add(each);
        }
      }
    }
    return new Look(rollout.waves().get(number), known, inSync, refusing);
  }

  private Verdict waits(Look look, long waited) {
    Wave wave = look.wave();
    String sentence = "wave " + wave.name() + ": " + counts(look) + ", needed are " + look.needed();
    if (look.isHopeless()) {
      return verdict(
          Verdict.State.STOPPED,
          look,
          "stopped by " + sentence + "; not applied by " + HostStatus.names(look.refusing(), NAMED),
          0);
    }
    if (waited >= wave.within().toMillis()) {
      return verdict(
          Verdict.State.STOPPED,
          look,
          "stopped by " + sentence + ", for " + shown(waited) + absent(look),
          0);
    }
    return verdict(Verdict.State.WAITS, look, "waits for " + sentence + absent(look), 0);
  }

  /** Hosts whose last word is a good one, and which have not said so again: cut off, perhaps. */
  private Verdict unproven(Look look, long soaked) {
    Wave wave = look.wave();
    boolean over = soaked - wave.soak().toMillis() >= wave.within().toMillis();
    List<HostStatus> silent = look.inSync().stream().filter(each -> !each.soaked()).toList();
    String sentence =
        (over ? "stopped by wave " : "waits for wave ")
            + wave.name()
            + ": "
            + counts(look)
            + " for "
            + shown(soaked)
            + ", "
            + look.proven()
            + " of "
            + look.known().size()
            + " have proven it, needed are "
            + look.needed()
            + "; not yet "
            + HostStatus.names(silent, NAMED);
    return verdict(over ? Verdict.State.STOPPED : Verdict.State.WAITS, look, sentence, soaked);
  }

  private static String absent(Look look) {
    List<HostStatus> absent = new ArrayList<>(look.known());
    absent.removeAll(look.inSync());
    return absent.isEmpty() ? "" : "; not there is " + HostStatus.names(absent, NAMED);
  }

  private static String counts(Look look) {
    return look.known().isEmpty()
        ? "no host has told of itself"
        : look.inSync().size() + " of " + look.known().size() + " hosts in sync";
  }

  private Verdict verdict(Verdict.State state, Look look, String sentence, long soaked) {
    return new Verdict(
        state,
        own + 1,
        waves(),
        ownName(),
        look.wave().name(),
        sentence,
        look.known().size(),
        look.inSync().size(),
        look.needed(),
        soaked / 1000,
        look.wave().soak().toSeconds());
  }

  private int waves() {
    return Math.max(rollout.waves().size(), own + 1);
  }

  private String ownName() {
    return own < rollout.waves().size() ? rollout.waves().get(own).name() : "the rest";
  }

  /** {@code 40s}, {@code 4m}, {@code 3h}: whole, rounded down. */
  static String shown(long millis) {
    Duration time = Duration.ofMillis(millis);
    if (time.toMinutes() < 2 && time.toSeconds() != 60) {
      return time.toSeconds() + "s";
    }
    return time.toHours() < 2 && time.toMinutes() != 60
        ? time.toMinutes() + "m"
        : time.toHours() + "h";
  }
}
