// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.testkit;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Edit;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.model.RefusedException;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.sim.Event;
import dev.plumbline.reconciler.sim.Happening;
import dev.plumbline.reconciler.sim.ModelHost;
import dev.plumbline.reconciler.sim.NamedGoal;
import dev.plumbline.reconciler.sim.RandomEdits;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * What properties draw from. All of it shrinks: files to empty ones, hosts to their network cards,
 * rows of events to shorter ones, and what happens to what happens earlier.
 */
public final class HostArbitraries {
  private static final int MOST_EVENTS = 6;
  private static final int MOST_EDITS = 3;
  private static final int MOMENTS = 40;
  private static final int MOST_DELIVERIES = 300;
  private static final int MOST_FOREIGN = 8;

  private HostArbitraries() {}

  /**
   * Host files as text, over the cards eth0, eth1 and eth2 and few other names, so that two of them
   * have much in common. Validation refuses some.
   */
  public static Arbitrary<String> files() {
    return Arbitraries.integers()
        .between(0, 59)
        .list()
        .ofSize(RandomHost.NUMBERS)
        .map(RandomHost::file);
  }

  /** Desired states: those of {@link #files} that validation lets pass. */
  public static Arbitrary<NamedGoal> desiredStates() {
    return desiredStates(files());
  }

  /**
   * The desired states of files.
   *
   * @param files as text, with nothing included; those that validation refuses are passed over
   */
  public static Arbitrary<NamedGoal> desiredStates(Arbitrary<String> files) {
    // Shrinking is a matter of another thread.
    Map<String, Optional<NamedGoal>> loaded = Collections.synchronizedMap(new Loaded());
    return files
        .map(text -> loaded.computeIfAbsent(text, HostArbitraries::load))
        .filter(Optional::isPresent)
        .map(Optional::get);
  }

  private static Optional<NamedGoal> load(String text) {
    Goal goal = ModelHost.goal(text);
    return Optional.ofNullable(goal == null ? null : new NamedGoal(text, goal));
  }

  /** What was loaded last: a value is asked for several times, and loading takes a millisecond. */
  private static final class Loaded extends LinkedHashMap<String, Optional<NamedGoal>> {
    private static final long serialVersionUID = 1;

    private static final int MOST = 256;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Optional<NamedGoal>> eldest) {
      return size() > MOST;
    }
  }

  /**
   * Hosts that have these network cards, and up to eight things that somebody else made: devices,
   * ports, addresses, routes.
   */
  public static Arbitrary<LiveState> liveStates(List<String> cards) {
    return Arbitraries.integers()
        .between(0, 999)
        .list()
        .ofMaxSize(MOST_FOREIGN)
        .map(
            numbers -> {
              ModelKernel kernel = ModelKernel.withCards("host", cards);
              for (int i = 0; i < numbers.size(); i++) {
                foreign(kernel, cards, numbers.get(i), i);
              }
              return kernel.state();
            });
  }

  private static void foreign(ModelKernel kernel, List<String> cards, int number, int place) {
    String card = cards.isEmpty() ? "lo" : cards.get(number / 10 % cards.size());
    ResourceId device = ResourceId.deviceIn("", card);
    ResourceId made = ResourceId.deviceIn("", "f" + place);
    String network = "10." + (100 + place) + ".0.0/16";
    Edit edit =
        switch (number % 8) {
          case 0 -> Edit.addDevice(made, "bridge");
          case 1 -> Edit.addDevice(made, "dummy");
          case 2 -> Edit.addVlan(made, card, 100 + place);
          case 3 -> Edit.addVeth(made, "g" + place);
          case 4 -> Edit.addAddress(device, "192.168." + place + ".10/24");
          case 5 -> Edit.addAddress(device, "fd77:" + place + "::1/64");
          case 6 -> Edit.addRoute("", network, card);
          default -> Edit.addNamespace("n" + place);
        };
    try {
      kernel.edit(edit);
    } catch (RefusedException e) {
      return; // so it is not there
    }
  }

  /** What somebody else does to a host. */
  public static Arbitrary<Event.Edited> edits() {
    return Combinators.combine(
            Arbitraries.integers().between(1, RandomEdits.SORTS - 1),
            Arbitraries.integers().between(0, 99))
        .as(Event.Edited::new);
  }

  /** What comes between the requests of an apply. */
  public static Arbitrary<Happening> happenings() {
    return happenings(Happening.Sort.values());
  }

  /** Of these sorts alone. */
  public static Arbitrary<Happening> happenings(Happening.Sort... sorts) {
    return Combinators.combine(
            Arbitraries.of(sorts),
            Arbitraries.integers().between(0, MOMENTS),
            Arbitraries.integers().between(0, 999))
        .as(Happening::new);
  }

  /**
   * What happens to a host.
   *
   * @param files how many files events may name
   */
  public static Arbitrary<Event> events(int files) {
    Arbitrary<Integer> file = Arbitraries.integers().between(0, files - 1);
    Arbitrary<List<Event.Edited>> edits = edits().list().ofMaxSize(MOST_EDITS);
    return Arbitraries.oneOf(
        Combinators.combine(file, happenings().list().ofMaxSize(MOST_EDITS)).as(Event.Applied::new),
        edits().map(edit -> (Event) edit),
        file.map(Event.RolledBack::new),
        Combinators.combine(file, edits, deliveries()).as(Event.Followed::new));
  }

  /** How events come to who follows them, see {@link Event.Followed}. */
  public static Arbitrary<Integer> deliveries() {
    return Arbitraries.integers().between(0, MOST_DELIVERIES);
  }

  /** Up to six events, one after the other. */
  public static Arbitrary<List<Event>> runs(int files) {
    return events(files).list().ofMaxSize(MOST_EVENTS);
  }
}
