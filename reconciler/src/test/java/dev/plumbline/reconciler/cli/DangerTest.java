// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Disruption;
import dev.plumbline.reconciler.plan.FieldChange;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DangerTest {
  private static final String GATEWAY = "this touches the path to the default gateway: ";

  private final List<Resource> host = new ArrayList<>();

  DangerTest() {
    device("eth0", "", "master", "br0");
    device("br0", "bridge");
    device("eth1", "");
    device("vlan5", "vlan", "parent", "eth1");
    address("br0", "192.0.2.5/24");
    address("vlan5", "198.51.100.5/24");
    route("0.0.0.0/0 table 254 metric 0", "via", "192.0.2.1", "dev", "br0");
    route("203.0.113.0/24 table 254 metric 0", "via", "198.51.100.1", "dev", "vlan5");
  }

  @Test
  void theDeviceOfTheDefaultRouteAndWhatItRestsOnAreThePathToTheGateway() {
    assertEquals(List.of(GATEWAY + "x"), of(null, changed("br0")));
    assertEquals(List.of(GATEWAY + "x"), of(null, changed("eth0")));
    assertEquals(List.of(), of(null, changed("eth1")));
  }

  @Test
  void theRouteItselfAndTheAddressItIsSpokenFromArePartOfThePath() {
    assertEquals(List.of(GATEWAY + "x"), of(null, gone(host.get(6))));
    assertEquals(List.of(GATEWAY + "x"), of(null, gone(host.get(4))));
    assertEquals(List.of(), of(null, gone(host.get(5))));
  }

  @Test
  void anotherDefaultRouteIsARival() {
    Resource rival =
        new Resource(ResourceId.route("", "0.0.0.0/0 table 254 metric 5"), null, Map.of());
    assertEquals(
        List.of(GATEWAY + "x"),
        of(null, new Change.Create("x", rival, List.of(), Disruption.IN_PLACE)));
    Resource other =
        new Resource(ResourceId.route("", "0.0.0.0/0 table 9 metric 5"), null, Map.of());
    assertEquals(
        List.of(), of(null, new Change.Create("x", other, List.of(), Disruption.IN_PLACE)));
  }

  @Test
  void thePeerOfTheShellIsFoundOnAConnectedNetworkAndByRoute() {
    String ssh = "this touches the path of this SSH session to ";
    assertEquals(
        List.of(ssh + "198.51.100.9: x"),
        of("198.51.100.9 50000 198.51.100.5 22", changed("eth1")));
    assertEquals(
        List.of(ssh + "203.0.113.9: x"), of("203.0.113.9 50000 198.51.100.5 22", changed("vlan5")));
    assertEquals(List.of(), of("198.51.100.9 50000 198.51.100.5 22", changed("eth7")));
  }

  @Test
  void anEnvironmentThatIsNoSshConnectionIsPassedOver() {
    assertEquals(List.of(), of("not an address at all", changed("eth1")));
    assertEquals(List.of(), of("", changed("eth1")));
  }

  @Test
  void aChangeThatTouchesNoTrafficIsNoDanger() {
    Resource eth0 = host.get(0);
    Change harmless =
        new Change.Modify(
            "x",
            eth0,
            eth0,
            List.of(new FieldChange("owner", "a", "b")),
            List.of(),
            Disruption.NONE);
    assertEquals(List.of(), of(null, harmless));
  }

  private List<String> of(@org.jspecify.annotations.Nullable String ssh, Change change) {
    LiveState live = new LiveState("h", Capabilities.ALL, host, Map.of());
    return Danger.of(new Plan(List.of(change), List.of(), List.of(), List.of()), live, ssh);
  }

  private static Change changed(String device) {
    Resource there = new Resource(ResourceId.deviceIn("", device), null, Map.of("up", "true"));
    return new Change.Modify(
        "x",
        there,
        there,
        List.of(new FieldChange("mtu", "1500", "1400")),
        List.of(),
        Disruption.IN_PLACE);
  }

  private static Change gone(Resource resource) {
    return new Change.Delete("x", resource, false, List.of(), Disruption.interrupts("it"));
  }

  private void device(String name, String kind, String... field) {
    Resource device = new Resource(ResourceId.deviceIn("", name), null, Map.of("kind", kind));
    host.add(field.length == 0 ? device : device.with(field[0], field[1]));
  }

  private void address(String device, String key) {
    host.add(new Resource(ResourceId.addressOn("", device, key), null, Map.of()));
  }

  private void route(String key, String... fields) {
    host.add(
        new Resource(
            ResourceId.route("", key), null, Map.of(fields[0], fields[1], fields[2], fields[3])));
  }
}
