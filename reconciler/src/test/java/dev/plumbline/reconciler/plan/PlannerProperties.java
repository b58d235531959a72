// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.Loaded;
import dev.plumbline.spec.source.MapSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/**
 * What holds of every plan. The live state is one that plumbline left behind on a host with things
 * of other people's, and that somebody has tampered with since.
 */
class PlannerProperties {
  private static final String OTHERS =
      """
      resources:
        device eth0: {}
        device eth1: {}
        device docker0: {kind: bridge}
        device tap0: {kind: tun, master: docker0}
        device eth1.9: {kind: vlan, parent: eth1, id: 9}
        address eth0 192.168.50.10/24: {}
        address eth1 fd77::1/64: {}
        route 0.0.0.0/0 table 254 metric 0: {via: 192.168.50.1, dev: eth0}
        route 10.77.0.0/16 table 254 metric 0: {dev: eth1}
        'rule ipv4 10: table 7': {family: ipv4, priority: 10, table: 7, action: table}
      """;

  /** A host as it is found, and what plumbline remembers of it. */
  private record Found(LiveState live, Ownership ownership) {}

  @Property(tries = 400)
  void a_plan_without_problems_leads_to_a_state_in_which_there_is_nothing_to_do(
      @ForAll("hosts") List<Integer> before,
      @ForAll("tampering") List<Integer> tampering,
      @ForAll("hosts") List<Integer> after) {
    Found found = found(before, tampering);
    Goal goal = goal(RandomHost.file(after, false));
    Plan plan = Planner.plan(goal, found.live(), found.ownership());
    GoldenTest.inOrder(plan);
    Assume.that(plan.problems().isEmpty());
    LiveState then;
    try {
      then = new ModelKernel(found.live()).apply(plan).state();
    } catch (ModelKernel.Refused refused) {
      throw new AssertionError(PlanLines.of(plan), refused);
    }
    Ownership remembered =
        Planner.taken(plan, Planner.before(plan, found.live(), found.ownership()));
    String again = GoldenTest.changes(Planner.plan(goal, then, remembered));
    assertEquals("", again, () -> "after\n" + PlanLines.of(plan));
  }

  @Property(tries = 300)
  void the_order_in_the_file_makes_no_difference(
      @ForAll("hosts") List<Integer> before, @ForAll("hosts") List<Integer> after) {
    Found found = found(before, List.of(0, 0));
    Goal one = goal(RandomHost.file(after, false));
    Goal other = goal(RandomHost.file(after, true));
    assertEquals(
        PlanLines.of(Planner.plan(one, found.live(), found.ownership())),
        PlanLines.of(Planner.plan(other, found.live(), found.ownership())));
  }

  @Property(tries = 300)
  void what_others_made_and_the_file_does_not_name_is_as_it_was(
      @ForAll("hosts") List<Integer> before,
      @ForAll("tampering") List<Integer> tampering,
      @ForAll("hosts") List<Integer> after) {
    Found found = found(before, tampering);
    Goal goal = goal(RandomHost.file(after, false));
    Plan plan = Planner.plan(goal, found.live(), found.ownership());
    Assume.that(plan.problems().isEmpty());
    Set<ResourceId> named = new HashSet<>(found.ownership().settings().keySet());
    goal.wanted().forEach(wanted -> named.add(wanted.resource().id()));
    LiveState then = new ModelKernel(found.live()).apply(plan).state();
    for (Resource each : found.live().resources()) {
      boolean announced =
          plan.warnings().stream().anyMatch(warning -> warning.contains(each.id().toString()));
      boolean ours = isOurs(each, found);
      boolean hangsOnOurs =
          each.id().type() == ResourceType.VLANS || each.id().type() == ResourceType.FDB;
      if (!ours && !announced && !hangsOnOurs && !named.contains(each.id())) {
        Resource now = seen(then, each);
        String why = each.id() + " is not as it was\n" + PlanLines.of(plan);
        assertNotNull(now, why);
        assertEquals(own(each, found.live()), own(now, found.live()), why);
      }
    }
  }

  /** A pair is one thing, so the far end of plumbline's own is, without a mark too. */
  private static boolean isOurs(Resource resource, Found found) {
    boolean veth = resource.get("kind").equals("veth");
    Resource mate = veth ? found.live().find(PeerText.parse(resource.get("peer"))) : null;
    return resource.isOurs()
        || found.ownership().made(resource.id())
        || (mate != null && mate.isOurs());
  }

  /** Without what it has of a device of plumbline's, whose name may change. */
  private static Map<String, String> own(Resource resource, LiveState live) {
    Map<String, String> fields = new HashMap<>(resource.fields());
    for (String under : List.of("master", "parent")) {
      ResourceId id = ResourceId.deviceIn(resource.id().namespace(), resource.get(under));
      Resource device = live.find(id);
      if (device == null || device.isOurs()) {
        fields.remove(under);
      }
    }
    return fields;
  }

  /** The resource as it is now; loopback devices of namespaces that go are gone with them. */
  private static @Nullable Resource seen(LiveState live, Resource before) {
    ResourceId id = before.id();
    boolean went =
        !id.namespace().isEmpty() && !live.has(ResourceId.namespaceNamed(id.namespace()));
    return went && id.device().equals("lo") ? before : live.find(id);
  }

  @Property(tries = 200)
  void an_empty_file_takes_away_all_that_plumbline_made_and_nothing_else(
      @ForAll("hosts") List<Integer> before) {
    Found found = found(before, List.of(0, 0));
    Plan plan = Planner.plan(goal("version: 1\n"), found.live(), found.ownership());
    LiveState then = new ModelKernel(found.live()).apply(plan).state();
    Set<ResourceId> left = new TreeSet<>(then.byId().keySet());
    left.removeAll(LiveText.parse(OTHERS).live().byId().keySet());
    assertTrue(left.isEmpty(), () -> "left are " + left + "\n" + PlanLines.of(plan));
    Map<ResourceId, String> mtus = new HashMap<>();
    then.ofType(ResourceType.DEVICE).forEach(device -> mtus.put(device.id(), device.get("mtu")));
    assertEquals("1500", mtus.get(ResourceId.deviceIn("", "eth0")), "the MTU is set back");
  }

  @Provide
  Arbitrary<List<Integer>> hosts() {
    return Arbitraries.integers().between(0, 59).list().ofSize(RandomHost.NUMBERS);
  }

  /** Pairs: what is done, and with which device. */
  @Provide
  Arbitrary<List<Integer>> tampering() {
    return Arbitraries.integers().between(0, 99).list().ofSize(6);
  }

  private static Found found(List<Integer> numbers, List<Integer> tampering) {
    LiveText bare = LiveText.parse(OTHERS);
    Goal goal = goal(RandomHost.file(numbers, false));
    Plan plan = Planner.plan(goal, bare.live(), Ownership.NONE);
    Assume.that(plan.problems().isEmpty());
    LiveState live = new ModelKernel(bare.live()).apply(plan).state();
    Ownership remembered = Planner.before(plan, bare.live(), Ownership.NONE);
    Ownership ownership = Planner.after(goal, live, remembered);
    for (int i = 0; i + 1 < tampering.size(); i += 2) {
      live = tampered(live, tampering.get(i) % 7, tampering.get(i + 1));
    }
    return new Found(live, ownership);
  }

  /** Somebody does something with a device by hand. */
  private static LiveState tampered(LiveState live, int what, int which) {
    List<Resource> devices =
        live.ofType(ResourceType.DEVICE).stream()
            .filter(device -> !device.id().device().equals("lo"))
            .toList();
    Resource device = devices.get(which % devices.size());
    ResourceId id = device.id();
    ResourceId other = ResourceId.deviceIn(id.namespace(), "z" + which);
    @Nullable Change change =
        switch (what) {
          case 1 -> set(device, device.with("mtu", "1234"), "mtu");
          case 2 -> set(device, device.with("master", ""), "master");
          case 3 -> new Change.Delete("by hand", device, false, List.of(), Disruption.NONE);
          case 4 -> set(device, device.withId(other), "device");
          case 5 -> set(device, device.withOwner(null), "owner");
          case 6 ->
              new Change.Create(
                  "by hand",
                  new Resource(other, null, Map.of("kind", "dummy", "up", "true")),
                  List.of(),
                  Disruption.NONE);
          default -> null;
        };
    if (change == null || (live.has(other) && what >= 4)) {
      return live;
    }
    return new ModelKernel(live)
        .apply(new Plan(List.of(change), List.of(), List.of(), List.of()))
        .state();
  }

  private static Change set(Resource live, Resource wanted, String field) {
    FieldChange change = new FieldChange(field, live.get(field), wanted.get(field));
    return new Change.Modify("by hand", live, wanted, List.of(change), List.of(), Disruption.NONE);
  }

  private static Goal goal(String yaml) {
    Loaded loaded =
        HostFile.load(
            MapSource.ofTexts(Map.of("host.yaml", yaml)), "host.yaml", LoadOptions.defaults());
    Assume.that(loaded.state() != null);
    return Goals.of(loaded.orThrow());
  }
}
