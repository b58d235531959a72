// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.testkit.RandomHost;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;

/**
 * What holds of every plan. The live state is one that plumbline left behind on a host with things
 * of other people's, and that somebody has tampered with since.
 */
class PlannerProperties extends RandomHosts {
  @Property(tries = 400)
  void a_plan_without_problems_leads_to_a_state_in_which_there_is_nothing_to_do(
      @ForAll("hosts") List<Integer> before,
      @ForAll("tampering") List<Integer> tampering,
      @ForAll("hosts") List<Integer> after) {
    Found found = found(before, tampering);
    Goal goal = goal(RandomHost.file(after));
    Plan plan = Planner.plan(goal, found.live(), found.ownership());
    GoldenTest.inOrder(plan);
    Assume.that(plan.problems().isEmpty());
    LiveState then = after(found.live(), plan);
    Ownership remembered =
        Planner.taken(plan, Planner.before(plan, found.live(), found.ownership()));
    String again = GoldenTest.changes(Planner.plan(goal, then, remembered));
    assertEquals("", again, () -> "after\n" + PlanLines.of(plan));
  }

  @Property(tries = 300)
  void the_order_of_keys_and_files_makes_no_difference(
      @ForAll("hosts") List<Integer> before,
      @ForAll("hosts") List<Integer> after,
      @ForAll @LongRange(max = 999_999) long order) {
    Found found = found(before, List.of(0, 0));
    String file = RandomHost.file(after);
    Goal one = goal(file);
    Map<String, String> files = Reordered.files(file, order);
    Goal other = goal(files);
    assertEquals(
        PlanLines.of(Planner.plan(one, found.live(), found.ownership())),
        PlanLines.of(Planner.plan(other, found.live(), found.ownership())),
        () -> file + "\nin another order:\n" + String.join("---\n", files.values()));
  }

  @Property(tries = 300)
  void what_others_made_and_the_file_does_not_name_is_as_it_was(
      @ForAll("hosts") List<Integer> before,
      @ForAll("tampering") List<Integer> tampering,
      @ForAll("hosts") List<Integer> after) {
    Found found = found(before, tampering);
    Goal goal = goal(RandomHost.file(after));
    Plan plan = Planner.plan(goal, found.live(), found.ownership());
    Assume.that(plan.problems().isEmpty());
    Set<ResourceId> named = new HashSet<>(found.ownership().settings().keySet());
    goal.wanted().forEach(wanted -> named.add(wanted.resource().id()));
    LiveState then = after(found.live(), plan);
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

  private static boolean isOurs(Resource resource, Found found) {
    return found.live().isOurs(resource) || found.ownership().made(resource.id());
  }

  /** Without what it has of a device of plumbline's, whose name may change. */
  private static Map<String, String> own(Resource resource, LiveState live) {
    Map<String, String> fields = new HashMap<>(resource.fields());
    if (resource.get("kind").equals("vlan")) {
      fields.remove("up"); // it comes up with its parent (vlan_device_event)
    }
    // A bond forgets its primary when that leaves it (__bond_release_one).
    for (String under : List.of("master", "parent", "primary")) {
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
    LiveState then = after(found.live(), plan);
    Set<ResourceId> left = new TreeSet<>(then.byId().keySet());
    left.removeAll(LiveText.parse(OTHERS).live().byId().keySet());
    assertTrue(left.isEmpty(), () -> "left are " + left + "\n" + PlanLines.of(plan));
    Map<ResourceId, String> mtus = new HashMap<>();
    then.ofType(ResourceType.DEVICE).forEach(device -> mtus.put(device.id(), device.get("mtu")));
    assertEquals("1500", mtus.get(ResourceId.deviceIn("", "eth0")), "the MTU is set back");
  }
}
