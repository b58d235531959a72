// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.ResourceIndex;
import dev.plumbline.reconciler.plan.Ownership.Setting;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.SysctlText;
import dev.plumbline.spec.value.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The part of a goal, and of the live state, that has to do with what changed since the host was as
 * the goal says. The plan for it is the plan for the whole, since all the rest needs nothing.
 *
 * <p>How far around a device one has to look depends on what happened to it. <b>Near</b>: it is the
 * place of something that changed; it is taken along with what it refers to (master, parent,
 * primary, peer), so that this is known to be there. <b>Around</b>: an address on it changed; so
 * are all addresses, routes and sysctls on it, for they come and go together. <b>Along</b>: it
 * changed itself, so that it may be taken down or made anew; then all that is on it counts as
 * changed too. A route brings along what connects its gateways.
 *
 * @param ownership what is remembered of these resources
 */
public record Excerpt(Goal goal, LiveState live, Ownership ownership) {
  private static final int NEAR = 1;
  private static final int AROUND = 2;
  private static final int ALONG = 3;

  /** More things that wait make it doubtful that a part is less work than the whole. */
  private static final int MOST_WAITING = 64;

  /** What of a device others depend on, whether or not the goal names it. */
  private static final List<String> MATTERS =
      List.of("up", "master", "parent", "kind", "peer", "vlanFiltering");

  /**
   * Makes it.
   *
   * @param live all that is there now
   * @param switched devices that are ports of the embedded switch, of which no part tells
   * @param state makes a live state of some of it
   * @param ownership what is remembered of everything
   * @param changed what is not as it was when the host was as the goal says, each as it was
   * @param waiting what waited then
   * @return null where only the whole will do
   */
  public static @Nullable Excerpt of(
      GoalIndex goal,
      ResourceIndex live,
      Set<String> switched,
      Function<Collection<Resource>, LiveState> state,
      Ownership ownership,
      Map<ResourceId, @Nullable Resource> changed,
      List<Waiting> waiting) {
    boolean plain = goal.goal().problems().isEmpty() && goal.goal().remove().isEmpty();
    if (!plain || waiting.size() > MOST_WAITING) {
      return null;
    }
    Gatherer gatherer = new Gatherer(goal, live);
    for (ResourceId namespace : goal.resources().namespaces()) {
      gatherer.ids.add(namespace);
    }
    for (ResourceId namespace : live.namespaces()) {
      Resource there = live.find(namespace);
      if (there != null && there.isOurs() && goal.find(namespace) == null) {
        return null; // it waits for its end, which the part does not tell
      }
      gatherer.ids.add(namespace);
    }
    for (Map.Entry<ResourceId, @Nullable Resource> each : changed.entrySet()) {
      if (!gatherer.changed(each.getKey(), each.getValue())) {
        return null;
      }
    }
    for (Waiting each : waiting) {
      Resource wanted = goal.around(each.address());
      if (wanted == null || !gatherer.changed(wanted.id(), null)) {
        return null;
      }
    }
    gatherer.finish();
    if (gatherer.hasAny(goal.switched()) || gatherer.hasAny(switched)) {
      return null;
    }
    return gatherer.excerpt(state, ownership);
  }

  /** The plan for it. */
  public Plan plan() {
    return Planner.plan(goal, live, ownership);
  }

  /** Whether carrying out the plan leaves what is remembered as it is. */
  public boolean keepsOwnership(Plan plan) {
    Ownership before = Planner.before(plan, live, ownership);
    return before.equals(ownership) && Planner.taken(plan, before).equals(ownership);
  }

  /** Finds what has to do with what. */
  private static final class Gatherer {
    private final GoalIndex goal;
    private final ResourceIndex live;
    private final Set<ResourceId> ids = new LinkedHashSet<>();
    private final Map<ResourceId, Integer> levels = new HashMap<>();
    private final List<ResourceId> open = new ArrayList<>();
    private final Set<String> gateways = new TreeSet<>();

    Gatherer(GoalIndex goal, ResourceIndex live) {
      this.goal = goal;
      this.live = live;
    }

    /** Whether it has a device of one of these names. */
    boolean hasAny(Set<String> devices) {
      return levels.keySet().stream().anyMatch(device -> devices.contains(device.device()));
    }

    /** Adds what changed; false where it changes more than can be told. */
    boolean changed(ResourceId id, @Nullable Resource before) {
      ids.add(id);
      switch (id.type()) {
        case NAMESPACE, BRIDGE, PORT, GROUP, METER, FLOW -> {
          return false;
        }
        case DEVICE -> raise(id, matters(id, before) ? ALONG : NEAR);
        case ADDRESS -> raise(id.ofDevice(), AROUND);
        case ROUTE -> {
          route(id);
          devices(before);
        }
        case SYSCTL -> sysctl(id);
        case RULE -> {
          for (ResourceIndex index : List.of(live, goal.resources())) {
            ids.addAll(index.rulesLike(id));
          }
        }
        default -> raise(id.ofDevice(), NEAR);
      }
      return true;
    }

    private boolean matters(ResourceId id, @Nullable Resource before) {
      Resource now = live.find(id);
      Wanted wanted = goal.find(id);
      if (before == null || now == null) {
        return true;
      }
      List<String> fields = new ArrayList<>(MATTERS);
      if (wanted != null) {
        fields.addAll(wanted.resource().fields().keySet());
      }
      return !Objects.equals(before.owner(), now.owner())
          || fields.stream().anyMatch(field -> !before.get(field).equals(now.get(field)));
    }

    private void raise(ResourceId device, int level) {
      if (levels.getOrDefault(device, 0) < level) {
        levels.put(device, level);
        ids.add(device);
        open.add(device);
      }
    }

    /** Goes on until nothing new is found. */
    void finish() {
      while (!open.isEmpty()) {
        ResourceId device = open.remove(open.size() - 1);
        int level = levels.getOrDefault(device, NEAR);
        for (ResourceIndex index : List.of(live, goal.resources())) {
          Resource resource = index.find(device);
          if (resource != null) {
            references(resource, level);
          }
          if (level > NEAR) {
            List.copyOf(index.on(device)).forEach(each -> on(each, level));
          }
        }
      }
    }

    private void references(Resource device, int level) {
      String namespace = device.id().namespace();
      for (String field : List.of("master", "parent", "primary")) {
        if (!device.get(field).isEmpty()) {
          raise(ResourceId.deviceIn(namespace, device.get(field)), NEAR);
        }
      }
      if (!device.get("peer").isEmpty()) {
        raise(PeerText.parse(device.get("peer")), level == ALONG ? ALONG : NEAR);
      }
    }

    private void on(ResourceId id, int level) {
      switch (id.type()) {
        case DEVICE -> {
          if (level == ALONG) {
            raise(id, ALONG);
          }
        }
        case ADDRESS -> {
          ids.add(id);
          raise(id.ofDevice(), NEAR);
        }
        case ROUTE -> route(id);
        case SYSCTL -> sysctl(id);
        default -> {
          if (level == ALONG) {
            ids.add(id);
          }
        }
      }
    }

    private void sysctl(ResourceId id) {
      ids.add(id);
      if (!SysctlText.device(id).isEmpty()) {
        raise(ResourceId.deviceIn(id.namespace(), SysctlText.device(id)), NEAR);
      }
    }

    private void devices(@Nullable Resource route) {
      if (route != null) {
        for (String name : RouteText.devices(route)) {
          raise(ResourceId.deviceIn(route.id().namespace(), name), NEAR);
        }
      }
    }

    /** A route, and what it takes to go its way. */
    private void route(ResourceId id) {
      ids.add(id);
      for (ResourceIndex index : List.of(live, goal.resources())) {
        Resource route = index.find(id);
        if (route != null) {
          devices(route);
          RouteText.gateways(route).forEach(gateway -> gateway(id.namespace(), gateway));
          if (!route.get("source").isEmpty()) {
            for (ResourceIndex other : List.of(live, goal.resources())) {
              List.copyOf(other.holders(id.namespace(), route.get("source")))
                  .forEach(this::connects);
            }
          }
        }
      }
    }

    private void gateway(String namespace, String gateway) {
      if (gateways.add(namespace + " " + gateway)) {
        IpAddress address = IpAddress.parse(gateway);
        for (ResourceIndex index : List.of(live, goal.resources())) {
          index.connecting(namespace, address).forEach(this::connects);
        }
      }
    }

    private void connects(ResourceId id) {
      ids.add(id);
      if (id.type() == ResourceType.ADDRESS) {
        raise(id.ofDevice(), NEAR);
      } else {
        devices(live.find(id));
        devices(goal.resources().find(id));
      }
    }

    Excerpt excerpt(Function<Collection<Resource>, LiveState> state, Ownership ownership) {
      List<Wanted> wanted = new ArrayList<>();
      List<Resource> there = new ArrayList<>();
      SortedMap<ResourceId, SortedMap<String, Setting>> settings = new TreeMap<>();
      TreeSet<ResourceId> unmarked = new TreeSet<>();
      for (ResourceId id : ids) {
        Wanted one = goal.find(id);
        if (one != null) {
          wanted.add(one);
        }
        Resource resource = live.find(id);
        if (resource != null) {
          there.add(resource);
        }
        SortedMap<String, Setting> remembered = ownership.settings().get(id);
        if (remembered != null) {
          settings.put(id, remembered);
        }
        if (ownership.made(id)) {
          unmarked.add(id);
        }
      }
      Goal whole = goal.goal();
      return new Excerpt(
          new Goal(wanted, whole.prune(), whole.remove(), whole.protect()),
          state.apply(there),
          new Ownership(settings, unmarked));
    }
  }
}
