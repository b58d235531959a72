// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Disturbance;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.sim.Simulated.Failed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Plays what may happen to a host while files are applied to it, and says which {@link Law} did not
 * hold. The host is a model, the code that reads, plans and applies is the one that does it on real
 * ones.
 *
 * <p>The same events lead to the same story each time.
 */
public final class Simulation {
  private static final int MOST_EVENTS = 6;

  /** Ways in which events come: see {@link Event.Followed}. */
  private static final int DELIVERIES = 300;

  private static final int MOST_TRIES = 2_000;

  /** Finding the shortest story takes long, and many stories nobody reads. */
  private static final int MOST_STORIES = 3;

  private final LiveState others;
  private final List<NamedGoal> files;
  private final Disturbance nature;

  /**
   * A simulation.
   *
   * @param others what there is on the host that plumbline did not make, network cards above all
   * @param files what may be applied; an event names one by its place
   */
  public Simulation(LiveState others, List<NamedGoal> files) {
    this(others, files, Disturbance.NONE);
  }

  /**
   * As {@link #Simulation(LiveState, List)} on a kernel that is not as it should be.
   *
   * @param nature what it does to each request
   */
  Simulation(LiveState others, List<NamedGoal> files, Disturbance nature) {
    this.others = others;
    this.files = List.copyOf(files);
    this.nature = nature;
  }

  /** Plays these, one after the other, until a law is broken. */
  public Played play(List<Event> events) {
    try (Player player = new Player(others, files, nature)) {
      return player.play(events);
    }
  }

  /**
   * The events of a seed: up to six, and in the end the host is given back. The first one applies a
   * file, with the next seed the next one: no file is left to chance.
   */
  public List<Event> events(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Event> events = new ArrayList<>();
    int count = 1 + random.nextInt(MOST_EVENTS);
    events.add(applied((int) Math.floorMod(seed, (long) files.size()), random));
    for (int i = 1; i < count; i++) {
      events.add(event(random));
    }
    events.add(new Event.GivenBack());
    return events;
  }

  private Event event(SplittableRandom random) {
    int file = random.nextInt(files.size());
    int sort = random.nextInt(20);
    if (sort < 11) {
      return applied(file, random);
    }
    if (sort < 15) {
      return edited(random);
    }
    if (sort < 18) {
      return new Event.RolledBack(file);
    }
    List<Event.Edited> edits = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      edits.add(edited(random));
    }
    return new Event.Followed(file, edits, random.nextInt(DELIVERIES));
  }

  private static Event applied(int file, SplittableRandom random) {
    List<Happening> happenings = new ArrayList<>();
    int count = Math.max(0, random.nextInt(5) - 1);
    for (int i = 0; i < count; i++) {
      Happening.Sort[] sorts = Happening.Sort.values();
      happenings.add(
          new Happening(
              sorts[random.nextInt(sorts.length)], random.nextInt(1000), random.nextInt(1000)));
    }
    return new Event.Applied(file, happenings);
  }

  private static Event.Edited edited(SplittableRandom random) {
    return new Event.Edited(1 + random.nextInt(RandomEdits.SORTS - 1), random.nextInt(100));
  }

  /**
   * Leaves out of events that break a law what it does not take, as far as that is found by leaving
   * out one thing after the other.
   *
   * @param law that they break
   */
  public List<Event> smallest(List<Event> events, Law law) {
    List<Event> least = events;
    int tries = 0;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (List<Event> each : smaller(least)) {
        if (tries++ >= MOST_TRIES) {
          return least;
        }
        Broken broken = play(each).broken();
        if (broken != null && broken.law() == law) {
          least = each;
          smaller = true;
          break;
        }
      }
    }
    return least;
  }

  private static List<List<Event>> smaller(List<Event> events) {
    List<List<Event>> all = new ArrayList<>();
    for (int i = 0; i < events.size(); i++) {
      List<Event> without = new ArrayList<>(events);
      without.remove(i);
      all.add(without);
    }
    for (int i = 0; i < events.size(); i++) {
      for (Event each : simpler(events.get(i))) {
        List<Event> other = new ArrayList<>(events);
        other.set(i, each);
        all.add(other);
      }
    }
    return all;
  }

  private static List<Event> simpler(Event event) {
    List<Event> all = new ArrayList<>();
    if (event instanceof Event.Applied applied) {
      for (int i = 0; i < applied.happenings().size(); i++) {
        List<Happening> fewer = new ArrayList<>(applied.happenings());
        fewer.remove(i);
        all.add(new Event.Applied(applied.file(), fewer));
      }
    } else if (event instanceof Event.Followed followed) {
      for (int i = 0; i < followed.edits().size(); i++) {
        List<Event.Edited> fewer = new ArrayList<>(followed.edits());
        fewer.remove(i);
        all.add(new Event.Followed(followed.file(), fewer, followed.delivery()));
      }
      all.add(new Event.Applied(followed.file(), List.of()));
    } else if (event instanceof Event.RolledBack rolledBack) {
      all.add(new Event.Applied(rolledBack.file(), List.of()));
    }
    return all;
  }

  /**
   * Plays the runs of many seeds, with an empty file among those that are applied.
   *
   * @param first the seed of the first run; the lowest number comes after the highest
   */
  public Simulated runs(long first, long count) {
    List<NamedGoal> all = new ArrayList<>(files);
    all.add(NamedGoal.EMPTY);
    Simulation simulation = new Simulation(others, all, nature);
    Tally tally = new Tally();
    List<Failed> failed = new ArrayList<>();
    SortedMap<String, Long> passedOver = new TreeMap<>();
    Set<Integer> applied = new HashSet<>();
    for (long i = 0; i < count; i++) {
      long seed = first + i;
      boolean told = failed.size() < MOST_STORIES;
      Played played = told ? simulation.run(seed) : simulation.play(simulation.events(seed));
      tally.add(played.tally());
      applied.addAll(played.applied());
      played.passedOver().forEach(why -> passedOver.merge(why, 1L, Long::sum));
      Broken broken = played.broken();
      if (broken != null) {
        failed.add(new Failed(seed, broken.law(), told ? played.story() : List.of()));
      }
    }
    List<String> never = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      if (!applied.contains(i)) {
        never.add(files.get(i).name());
      }
    }
    List<String> names = files.stream().map(NamedGoal::name).toList();
    return new Simulated(names, devices(), first, count, tally, failed, passedOver, never);
  }

  private List<String> devices() {
    return others.ofType(ResourceType.DEVICE).stream()
        .map(Resource::id)
        .filter(id -> !id.device().equals("lo"))
        .map(id -> id.namespace().isEmpty() ? id.device() : id.namespace() + "/" + id.device())
        .toList();
  }

  /** The run of a seed; where it breaks a law, the smallest story that does. */
  public Played run(long seed) {
    List<Event> events = events(seed);
    Played played = play(events);
    if (played.broken() == null) {
      return played;
    }
    Played least = play(smallest(events, Objects.requireNonNull(played.broken()).law()));
    return new Played(
        least.story(),
        least.broken(),
        played.tally(),
        played.applied(),
        played.refused(),
        played.passedOver());
  }
}
