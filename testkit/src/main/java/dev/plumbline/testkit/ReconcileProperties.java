// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.testkit;

import dev.plumbline.reconciler.sim.Broken;
import dev.plumbline.reconciler.sim.Event;
import dev.plumbline.reconciler.sim.Event.Applied;
import dev.plumbline.reconciler.sim.Event.Edited;
import dev.plumbline.reconciler.sim.Event.Followed;
import dev.plumbline.reconciler.sim.Event.GivenBack;
import dev.plumbline.reconciler.sim.Event.RolledBack;
import dev.plumbline.reconciler.sim.Happening;
import dev.plumbline.reconciler.sim.Happening.Sort;
import dev.plumbline.reconciler.sim.Law;
import dev.plumbline.reconciler.sim.Played;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * What holds of every two host files, one applied after the other, whatever happens to the host
 * meanwhile: tried on a model of a kernel, by the code that applies to a real one. To have it tried
 * on files of your own, extend this and say which: {@link Repository#situations}, or any situations
 * that are drawn from {@link HostArbitraries}.
 *
 * <p>In every case all of {@link Law} has to hold. jqwik prints the smallest case that fails of
 * those that it finds, and the story of it.
 */
public abstract class ReconcileProperties {
  /** The same cases each time, for who only asks whether something broke; more are further ones. */
  private static final String SEED = "20261121";

  /** Hosts, and two files for each. */
  @Provide
  protected abstract Arbitrary<Situation> situations();

  /** What somebody else does before the second file is applied. */
  @Provide
  protected Arbitrary<List<Edited>> edits() {
    return HostArbitraries.edits().list().ofMaxSize(3);
  }

  @Provide
  Arbitrary<Happening> crashes() {
    return HostArbitraries.happenings(Sort.CRASH);
  }

  /** One refusal or two, of which the second may be one of the way back. */
  @Provide
  Arbitrary<List<Happening>> refusals() {
    return HostArbitraries.happenings(Sort.REFUSAL).list().ofMinSize(1).ofMaxSize(2);
  }

  @Provide
  Arbitrary<List<Happening>> writers() {
    return HostArbitraries.happenings(Sort.EDIT).list().ofMinSize(1).ofMaxSize(3);
  }

  /** Somebody writes while the host is read, or lets the reading fail. */
  @Provide
  Arbitrary<List<Happening>> readings() {
    return HostArbitraries.happenings(Sort.TORN, Sort.INTERRUPTED).list().ofMinSize(1).ofMaxSize(3);
  }

  @Provide
  Arbitrary<Integer> deliveries() {
    return HostArbitraries.deliveries();
  }

  @Provide
  Arbitrary<List<Event>> runs() {
    return HostArbitraries.runs(Situation.FILES);
  }

  /** Plays the first file, what others do then, and the rest; passes over what cannot be tried. */
  private static void play(Situation situation, List<Edited> edits, Event... rest) {
    Assume.that(((List<?>) edits).stream().allMatch(Edited.class::isInstance));
    List<Event> events = new ArrayList<>();
    events.add(new Applied(Situation.BEFORE, List.of()));
    events.addAll(edits);
    events.addAll(List.of(rest));
    Played played = situation.simulation().play(events);
    check(played);
    Assume.that(played.passedOver().isEmpty());
  }

  private static void check(Played played) {
    Broken broken = played.broken();
    if (broken != null) {
      throw new AssertionError(
          "not so: " + broken.law().sentence() + "\n" + String.join("\n", played.story()));
    }
  }

  private static Applied after(List<Happening> happenings) {
    // Where a case fails, jqwik tries the values of one list in place of those of another, too.
    Assume.that(((List<?>) happenings).stream().allMatch(Happening.class::isInstance));
    return new Applied(Situation.AFTER, happenings);
  }

  @Property(seed = SEED)
  void an_apply_leaves_nothing_to_do_and_what_others_made_as_it_is(
      @ForAll("situations") Situation situation, @ForAll("edits") List<Edited> edits) {
    play(situation, edits, after(List.of()));
  }

  @Property(seed = SEED)
  void an_empty_file_gives_the_host_back(@ForAll("situations") Situation situation) {
    play(situation, List.of(), after(List.of()), new GivenBack());
  }

  @Property(seed = SEED)
  void a_crash_between_any_batches_leaves_a_host_that_the_next_run_brings_to_the_file(
      @ForAll("situations") Situation situation,
      @ForAll("edits") List<Edited> edits,
      @ForAll("crashes") Happening crash) {
    play(situation, edits, after(List.of(crash)));
  }

  @Property(seed = SEED)
  void after_a_crash_an_empty_file_gives_the_host_back(
      @ForAll("situations") Situation situation, @ForAll("crashes") Happening crash) {
    play(situation, List.of(), after(List.of(crash)), new GivenBack());
  }

  @Property(seed = SEED)
  void a_refused_request_is_undone_or_what_is_left_of_it_is_named(
      @ForAll("situations") Situation situation,
      @ForAll("edits") List<Edited> edits,
      @ForAll("refusals") List<Happening> refusals) {
    play(situation, edits, after(refusals));
  }

  @Property(seed = SEED)
  void another_writer_makes_no_difference_to_the_end(
      @ForAll("situations") Situation situation,
      @ForAll("edits") List<Edited> edits,
      @ForAll("writers") List<Happening> writers) {
    play(situation, edits, after(writers));
  }

  @Property(seed = SEED)
  void a_rollback_gives_back_what_was_before(
      @ForAll("situations") Situation situation, @ForAll("edits") List<Edited> edits) {
    play(situation, edits, new RolledBack(Situation.AFTER));
  }

  @Property(seed = SEED)
  void a_reading_that_is_torn_or_interrupted_makes_no_difference_to_the_end(
      @ForAll("situations") Situation situation,
      @ForAll("edits") List<Edited> edits,
      @ForAll("readings") List<Happening> readings) {
    play(situation, edits, after(readings));
  }

  @Property(seed = SEED)
  void events_that_come_late_twice_or_never_tell_what_reading_tells(
      @ForAll("situations") Situation situation,
      @ForAll("edits") List<Edited> edits,
      @ForAll("deliveries") int delivery) {
    play(situation, List.of(), new Followed(Situation.AFTER, edits, delivery), after(List.of()));
  }

  @Property(seed = SEED)
  void whatever_happens_in_whatever_order_all_of_it_holds(
      @ForAll("situations") Situation situation, @ForAll("runs") List<Event> run) {
    List<Event> events = new ArrayList<>(run);
    events.add(new GivenBack());
    check(situation.simulation().play(events));
  }
}
