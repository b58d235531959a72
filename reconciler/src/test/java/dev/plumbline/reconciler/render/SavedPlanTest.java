// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Disruption;
import dev.plumbline.reconciler.plan.FieldChange;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.Waiting;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedPlanTest {
  private static final Path FILE = Path.of("/etc/hosts/hv-01.yaml");
  private static final ResourceId ETH0 = ResourceId.deviceIn("", "eth0");

  @TempDir private Path directory;

  @Test
  void aSavedPlanReadsBackAndNothingHasMoved() throws IOException {
    SavedPlan plan = saved("1500", plan(), Map.of("a", "1"));
    Path file = directory.resolve("my.plan");
    plan.write(file);
    assertTrue(SavedPlan.isSavedPlan(file));
    SavedPlan back = SavedPlan.read(file);
    assertEquals(plan, back);
    assertEquals(List.of(), back.moved(plan));
  }

  @Test
  void aHostFileIsNoSavedPlan() throws IOException {
    Path yaml = directory.resolve("host.yaml");
    Files.writeString(yaml, "{version: 1, dummies: {}}");
    assertFalse(SavedPlan.isSavedPlan(yaml));
    assertFalse(SavedPlan.isSavedPlan(directory.resolve("missing")));
  }

  @Test
  void aDamagedPlanIsToldWithItsPlace() throws IOException {
    Path file = directory.resolve("my.plan");
    Files.writeString(file, "{\"plumblinePlan\": 1, \"host\": 7}");
    JsonFormatException problem =
        assertThrows(JsonFormatException.class, () -> SavedPlan.read(file));
    assertEquals(file + ":1:30: expected a text", problem.getMessage());
    Files.writeString(file, "{\"plumblinePlan\": 1}");
    assertThrows(JsonFormatException.class, () -> SavedPlan.read(file));
  }

  @Test
  void whatMovedIsNamed() {
    SavedPlan before = saved("1500", plan(), Map.of("a", "1", "b", "1"));
    assertEquals(
        List.of("the file a has changed", "the file b is not included any more"),
        before.moved(saved("1500", plan(), Map.of("a", "2"))));
    assertEquals(
        List.of("device eth0: mtu was 1500 and is 1400"),
        before.moved(saved("1400", plan(), Map.of("a", "1", "b", "1"))));
    Plan waits =
        new Plan(plan().changes(), List.of(new Waiting("x", "device y")), List.of(), List.of());
    List<String> other = before.moved(saved("1500", waits, Map.of("a", "1", "b", "1")));
    assertEquals(1, other.size());
    assertTrue(other.get(0).startsWith("the plan would now be another one"), other.get(0));
  }

  @Test
  void aWarningOfTheShellThatAppliesDoesNotMakeAPlanStale() {
    Plan warned = new Plan(plan().changes(), List.of(), List.of(), List.of("mind the gap"));
    assertEquals(List.of(), saved("1500", plan(), Map.of()).moved(saved("1500", warned, Map.of())));
  }

  @Test
  void aLifetimeThatRunsDownDoesNotMakeAPlanStale() {
    assertEquals(List.of(), leased("3599s", "running").moved(leased("3580s", "running")));
    assertEquals(
        List.of("address eth0 10.0.0.1/24: validLifetime was running and is forever"),
        leased("3599s", "running").moved(leased("3580s", "forever")));
  }

  /** A plan for a device that has an address. */
  private static SavedPlan leased(String left, String lifetime) {
    Resource address =
        Plans.resource(
            ResourceId.addressOn("", "eth0", "10.0.0.1/24"),
            null,
            "validLifetime",
            lifetime,
            "validLeft",
            left,
            "preferredLeft",
            left);
    List<Resource> resources = List.of(live("1500").resources().iterator().next(), address);
    LiveState live = new LiveState("hv-01", Capabilities.ALL, resources, Map.of());
    return SavedPlan.of(live, plan(), FILE, new TreeMap<>());
  }

  @Test
  void whatThePlanHasNothingToDoWithMayMove() {
    LiveState live = live("1500");
    Resource other = new Resource(ResourceId.deviceIn("", "eth1"), null, Map.of("mtu", "1500"));
    LiveState more =
        new LiveState(
            "hv-01",
            Capabilities.ALL,
            List.of(live.resources().iterator().next(), other),
            Map.of());
    SortedMap<String, String> none = new TreeMap<>();
    assertEquals(
        List.of(),
        SavedPlan.of(live, plan(), FILE, none).moved(SavedPlan.of(more, plan(), FILE, none)));
  }

  private static SavedPlan saved(String mtu, Plan plan, Map<String, String> digests) {
    return SavedPlan.of(live(mtu), plan, FILE, new TreeMap<>(digests));
  }

  private static LiveState live(String mtu) {
    return new LiveState(
        "hv-01", Capabilities.ALL, List.of(new Resource(ETH0, null, Map.of("mtu", mtu))), Map.of());
  }

  private static Plan plan() {
    Resource eth0 = new Resource(ETH0, null, Map.of("mtu", "1500"));
    return new Plan(
        List.of(
            new Change.Modify(
                "interfaces.eth0",
                eth0,
                eth0.with("mtu", "9000"),
                List.of(new FieldChange("mtu", "1500", "9000")),
                List.of(),
                Disruption.IN_PLACE)),
        List.of(),
        List.of(),
        List.of());
  }
}
