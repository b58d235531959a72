// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.rollout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.spec.Rollout;
import dev.plumbline.spec.Wave;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * A gate opens exactly when each wave before has been seen in sync for its soak time without a
 * break and its hosts have proven it, whatever they tell in between, however often the agent is
 * started anew, and while nobody can be read it stays shut.
 */
class GateProperties {
  private static final String OLD = "a".repeat(40);
  private static final String NEW = "b".repeat(40);
  private static final List<String> HOSTS = List.of("c1", "c2", "f1", "f2", "f3");

  private static final List<Wave> WAVES =
      List.of(
          new Wave("c", "c*", Map.of(), Duration.ofMinutes(10), 100, 1, Duration.ofMinutes(30)),
          new Wave("f", "f*", Map.of(), Duration.ofMinutes(3), 50, 2, Duration.ofMinutes(20)));

  /**
   * What happens at one moment.
   *
   * @param minutes since the moment before
   * @param host that tells something new then
   * @param commit that it is kept at
   * @param restart whether the agent is started anew before it looks
   * @param blind whether it cannot read how the others are
   */
  private record Moment(
      int minutes,
      String host,
      String commit,
      String state,
      boolean soaked,
      boolean restart,
      boolean blind) {
    HostStatus status() {
      return new HostStatus(host, Map.of(), NEW, commit, state, soaked, "", Instant.EPOCH);
    }
  }

  @Provide
  Arbitrary<List<Moment>> moments() {
    Arbitrary<Boolean> seldom = Arbitraries.frequency(Tuple.of(9, false), Tuple.of(1, true));
    return Combinators.combine(
            Arbitraries.integers().between(0, 6),
            Arbitraries.of(HOSTS),
            Arbitraries.frequency(Tuple.of(4, NEW), Tuple.of(1, OLD)),
            Arbitraries.frequency(
                Tuple.of(6, "in-sync"), Tuple.of(1, "drifted"), Tuple.of(1, "held")),
            Arbitraries.frequency(Tuple.of(4, true), Tuple.of(1, false)),
            seldom,
            seldom)
        .as(Moment::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(40);
  }

  @Property(tries = 1000)
  void itOpensWhenAllBeforeHaveSoakedAndProvenIt(@ForAll("moments") List<Moment> moments) {
    Gate gate = new Gate(new Rollout(WAVES), WAVES.size(), "me", NEW, Map.of(), Map.of());
    Map<String, HostStatus> told = new TreeMap<>();
    Map<Wave, Long> begun = new TreeMap<>((a, b) -> a.name().compareTo(b.name()));
    Verdict last = null;
    long now = 0;
    for (Moment moment : moments) {
      now += Duration.ofMinutes(moment.minutes()).toMillis();
      told.put(moment.host(), moment.status());
      if (moment.restart()) {
        gate =
            new Gate(
                new Rollout(WAVES),
                WAVES.size(),
                "me",
                NEW,
                gate.inSyncSince(),
                gate.waitedSince());
      }
      if (moment.blind()) {
        last = gate.unknown(last, now, "no way");
        assertTrue(last.state() != Verdict.State.PASSED, "it opened unseen");
        continue;
      }
      boolean open = true;
      for (Wave wave : WAVES) {
        open &= isDone(wave, told, begun, now);
      }
      last = gate.look(new ArrayList<>(told.values()), now);
      assertEquals(open, last.state() == Verdict.State.PASSED, last.line());
      if (last.state() == Verdict.State.STOPPED) {
        boolean refused = told.values().stream().anyMatch(each -> each.state().equals("held"));
        assertTrue(refused || now >= Duration.ofMinutes(20).toMillis(), "stopped too early");
      }
    }
  }

  /** As the documentation has it. */
  private static boolean isDone(
      Wave wave, Map<String, HostStatus> told, Map<Wave, Long> begun, long now) {
    List<HostStatus> hosts =
        told.values().stream().filter(each -> each.host().startsWith(wave.name())).toList();
    List<HostStatus> good =
        hosts.stream()
            .filter(each -> NEW.equals(each.applied()) && each.state().equals("in-sync"))
            .toList();
    double enough = Math.max(wave.atLeast(), Math.ceil(hosts.size() * wave.healthy() / 100.0));
    if (good.size() < enough) {
      begun.remove(wave);
      return false;
    }
    long since = begun.computeIfAbsent(wave, any -> now);
    return now - since >= wave.soak().toMillis()
        && good.stream().filter(HostStatus::soaked).count() >= enough;
  }
}
