// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.rollout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.render.Schemas;
import dev.plumbline.spec.Rollout;
import dev.plumbline.spec.Wave;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a commit passes the gate of a host. */
class GateTest {
  private static final String OLD = "a".repeat(40);
  private static final String NEW = "b".repeat(40);

  private static Wave wave(String name, Duration soak, int healthy, int atLeast) {
    return new Wave(
        name, null, Map.of("wave", name), soak, healthy, atLeast, Duration.ofMinutes(30));
  }

  private static final Rollout ROLLOUT =
      new Rollout(
          List.of(
              wave("canary", Duration.ofMinutes(10), 100, 1),
              wave("fra", Duration.ofMinutes(1), 50, 2)));

  private static HostStatus host(
      String name, String wave, String seen, @Nullable String applied, String state) {
    return told(name, wave, seen, applied, state, false);
  }

  private static HostStatus told(
      String name,
      String wave,
      String seen,
      @Nullable String applied,
      String state,
      boolean soaked) {
    return new HostStatus(
        name, Map.of("wave", wave), seen, applied, state, soaked, "", Instant.EPOCH);
  }

  /** In sync, and has been for its soak time. */
  private static HostStatus at(String name, String wave, String commit) {
    return told(name, wave, commit, commit, "in-sync", true);
  }

  private static Gate gate(int own) {
    return new Gate(ROLLOUT, own, "me", NEW, Map.of(), Map.of());
  }

  private static long minutes(int number) {
    return Duration.ofMinutes(number).toMillis();
  }

  @Test
  void nobodyIsBeforeTheFirstWave() {
    assertEquals(Verdict.State.PASSED, gate(0).look(List.of(), 0).state());
  }

  @Test
  void aWaveThatNobodyIsKnownOfIsWaitedFor() {
    Verdict verdict = gate(1).look(List.of(at("x", "other", NEW), at("me", "canary", NEW)), 0);
    assertEquals(
        "wave 2 of 2 (fra): waits for wave canary: no host has told of itself, needed are 1",
        verdict.line());
  }

  @Test
  void soakTimeBeginsWhenTheGateFirstSeesEnoughInSyncAndAnewAfterABreak() {
    Gate gate = gate(1);
    HostStatus one = at("c1", "canary", NEW);
    HostStatus late = host("c2", "canary", NEW, OLD, "in-sync");
    assertEquals(
        "wave 2 of 2 (fra): waits for wave canary: 1 of 2 hosts in sync, needed are 2; not there"
            + " is c2",
        gate.look(List.of(one, late), 0).line());
    List<HostStatus> all = List.of(one, at("c2", "canary", NEW));
    assertEquals(
        "wave 2 of 2 (fra): waits for wave canary: 2 of 2 hosts in sync for 0s of 10m",
        gate.look(all, minutes(3)).line());
    Verdict soaking = gate.look(all, minutes(7));
    assertEquals("waits for wave canary: 2 of 2 hosts in sync for 4m of 10m", soaking.sentence());
    assertEquals(List.of(240L, 600L), List.of(soaking.soakedSeconds(), soaking.soakSeconds()));

    HostStatus drifted = host("c1", "canary", NEW, NEW, "drifted");
    assertEquals(Verdict.State.WAITS, gate.look(List.of(drifted, all.get(1)), minutes(12)).state());
    assertEquals(Verdict.State.WAITS, gate.look(all, minutes(14)).state());
    assertEquals(Verdict.State.WAITS, gate.look(all, minutes(24) - 1).state());
    assertEquals(Verdict.State.PASSED, gate.look(all, minutes(24)).state());

    Gate anew = new Gate(ROLLOUT, 1, "me", NEW, gate.inSyncSince(), gate.waitedSince());
    assertEquals(Verdict.State.PASSED, anew.look(all, minutes(25)).state(), "remembered");
  }

  @Test
  void aRefusalThatIsNotAllowedForStopsAndNamesTheHost() {
    HostStatus held = host("c1", "canary", NEW, OLD, "held");
    Verdict stopped = gate(1).look(List.of(held, at("c2", "canary", NEW)), 0);
    assertEquals(Verdict.State.STOPPED, stopped.state());
    assertEquals(
        "stopped by wave canary: 1 of 2 hosts in sync, needed are 2; not applied by c1",
        stopped.sentence());
    // What is held is an older one: it has not looked at this one yet.
    HostStatus older = host("c1", "canary", OLD, null, "held");
    assertEquals(Verdict.State.WAITS, gate(1).look(List.of(older), 0).state());
    // Half of them is enough in the second wave.
    List<HostStatus> all = new ArrayList<>(List.of(at("c1", "canary", NEW)));
    all.addAll(List.of(at("f1", "fra", NEW), at("f2", "fra", NEW)));
    all.add(host("f3", "fra", NEW, OLD, "held"));
    all.add(host("f4", "fra", NEW, OLD, "held"));
    Gate last = gate(2);
    assertEquals(
        "wave 3 of 3 (the rest): waits for wave canary: 1 of 1 hosts in sync for 0s of 10m",
        last.look(all, 0).line());
    assertEquals(Verdict.State.PASSED, last.look(all, minutes(10)).state());
    all.add(host("f5", "fra", NEW, OLD, "held"));
    assertEquals("fra", last.look(all, minutes(11)).behind());
    assertEquals(Verdict.State.STOPPED, last.look(all, minutes(11)).state());
  }

  @Test
  void whoDoesNotTellForTooLongStopsItAndLetsItGoOnLater() {
    Gate gate = gate(1);
    HostStatus cut = host("c1", "canary", OLD, OLD, "in-sync");
    assertEquals(Verdict.State.WAITS, gate.look(List.of(cut), 0).state());
    assertEquals(Verdict.State.WAITS, gate.look(List.of(cut), minutes(29)).state());
    Verdict stopped = gate.look(List.of(cut), minutes(30));
    assertEquals(
        "stopped by wave canary: 0 of 1 hosts in sync, needed are 1, for 30m; not there is c1",
        stopped.sentence());
    List<HostStatus> back = List.of(at("c1", "canary", NEW));
    assertEquals(Verdict.State.WAITS, gate.look(back, minutes(31)).state());
    assertEquals(Verdict.State.PASSED, gate.look(back, minutes(41)).state());
  }

  @Test
  void whoFallsSilentAfterItWasInSyncOnceDoesNotCountAsSoaked() {
    Gate gate = gate(1);
    List<HostStatus> all = new ArrayList<>(List.of(at("c1", "canary", NEW)));
    all.add(told("c2", "canary", NEW, NEW, "in-sync", false));
    assertEquals(Verdict.State.WAITS, gate.look(all, 0).state());
    Verdict waits = gate.look(all, minutes(10));
    assertEquals(Verdict.State.WAITS, waits.state());
    assertEquals(
        "waits for wave canary: 2 of 2 hosts in sync for 10m, 1 of 2 have proven it, needed are 2;"
            + " not yet c2",
        waits.sentence());
    assertEquals(Verdict.State.WAITS, gate.look(all, minutes(40) - 1).state());
    Verdict stopped = gate.look(all, minutes(40));
    assertEquals(Verdict.State.STOPPED, stopped.state());
    assertTrue(stopped.sentence().startsWith("stopped by wave canary: 2 of 2 hosts in sync for"));
    all.set(1, at("c2", "canary", NEW));
    assertEquals(Verdict.State.PASSED, gate.look(all, minutes(41)).state());
    assertEquals(Verdict.State.WAITS, gate(1).look(all, minutes(41)).state(), "the own soak, too");
    all.set(1, at("c2", "canary", OLD));
    assertEquals(Verdict.State.WAITS, gate.look(all, minutes(42)).state(), "of another commit");
  }

  @Test
  void aHostThatDriftsLateIsWaitedForAsLongAsAnyOther() {
    Gate gate = gate(1);
    List<HostStatus> cut = List.of(host("c1", "canary", OLD, OLD, "in-sync"));
    assertEquals(Verdict.State.WAITS, gate.look(cut, 0).state());
    assertEquals(Verdict.State.WAITS, gate.look(cut, minutes(20)).state());
    gate.look(List.of(at("c1", "canary", NEW)), minutes(21));
    List<HostStatus> drifted = List.of(host("c1", "canary", NEW, NEW, "drifted"));
    assertEquals(Verdict.State.WAITS, gate.look(drifted, minutes(30)).state());
    assertEquals(Verdict.State.WAITS, gate.look(drifted, minutes(60) - 1).state());
    assertEquals(Verdict.State.STOPPED, gate.look(drifted, minutes(60)).state());
  }

  @Test
  void whereNobodyCanBeReadThatIsSaidAndCountsAsWaiting() {
    Gate gate = gate(1);
    Verdict blind = gate.unknown(null, 0, "no way");
    assertEquals(
        "wave 2 of 2 (fra): waits for wave canary: how other hosts stand cannot be read: no way",
        blind.line());
    blind = gate.unknown(blind, minutes(30), "no way");
    assertEquals(Verdict.State.STOPPED, blind.state());
    assertEquals(
        "stopped by wave canary: how other hosts stand cannot be read: no way, for 30m",
        blind.sentence());
    // What has soaked goes on where it was.
    List<HostStatus> all = List.of(at("c1", "canary", NEW));
    Verdict soaking = gate.look(all, minutes(31));
    assertEquals("canary", gate.unknown(soaking, minutes(32), "no way").behind());
    assertEquals(Verdict.State.WAITS, gate.unknown(soaking, minutes(61), "no way").state());
    assertEquals(Verdict.State.PASSED, gate.look(all, minutes(61)).state());
  }

  @Test
  void aStatusIsReadAsItWasWrittenAndNothingElseIs() throws IOException {
    HostStatus status =
        new HostStatus(
            "alpha", Map.of("a", "b"), NEW, null, "held", true, "x".repeat(900), Instant.EPOCH);
    Schemas.validates("host-status.schema.json", status.text());
    assertEquals(status, HostStatus.read("alpha", status.text()));
    assertTrue(status.isLike(status));
    String older = status.text().replace("\"soaked\":true,", "");
    Schemas.validates("host-status.schema.json", older);
    assertFalse(HostStatus.read("alpha", older).soaked(), "said by nobody");
    assertFalse(HostStatus.read("alpha", older).isLike(status), "is told");
    assertThrows(IOException.class, () -> HostStatus.read("beta", status.text()));
    for (String garbage :
        List.of(
            "",
            "x",
            "[]",
            "{}",
            "[".repeat(100_000),
            status.text().replace("\"version\":1", "\"version\":2"),
            status.text().replace("held", "well"))) {
      assertThrows(IOException.class, () -> HostStatus.read("alpha", garbage), garbage);
    }
    HostStatus other = HostStatus.read("alpha", status.text().replace(NEW, "../" + NEW));
    assertEquals(null, other.revision(), "no commit");
  }
}
