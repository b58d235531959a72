// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Disruption;
import dev.plumbline.reconciler.plan.FieldChange;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.RuleText;
import dev.plumbline.spec.value.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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

  private List<Danger.Touched> touched(@Nullable String ssh, String repository, Change change) {
    LiveState live = new LiveState("h", Capabilities.ALL, host, Map.of());
    return Danger.of(
        new Plan(List.of(change), List.of(), List.of(), List.of()),
        live,
        ssh,
        repository.isEmpty() ? List.of() : List.of(IpAddress.parse(repository)));
  }

  @Test
  void theRepositoryIsAPathOfItsOwn() {
    assertEquals(
        List.of(new Danger.Touched("the path to the agent's repository", List.of("x"))),
        touched(null, "203.0.113.80", changed("eth1")));
    assertEquals(List.of(), touched(null, "192.0.2.80", changed("eth1")));
  }

  @Test
  void aRuleThatSendsThePeerToAnotherTableIsPartOfThePathAndSoIsThatTable() {
    device("eth2", "");
    address("eth2", "10.7.0.5/24");
    host.add(
        new Resource(
            ResourceId.route("", "0.0.0.0/0 table 7 metric 0"),
            null,
            Map.of("via", "10.7.0.1", "dev", "eth2")));
    Resource rule =
        rule(Map.of("family", "ipv4", "priority", "10", "table", "7", "from", "10.7.0.0/24"));
    host.add(rule);
    String ssh = "203.0.113.9 50000 10.7.0.5 22";
    assertEquals(2, touched(ssh, "", changed("eth2")).size(), "its table's gateway, and the shell");
    assertEquals(List.of("x"), touched(ssh, "", gone(rule)).get(0).steps());
    assertEquals(List.of(), touched(ssh, "", changed("vlan5")), "the main table's is not used");
    String other = "203.0.113.9 50000 198.51.100.5 22";
    assertEquals(List.of(), touched(other, "", gone(rule)), "it is not from that network");
    Resource rival =
        rule(Map.of("family", "ipv4", "priority", "5", "table", "9", "to", "203.0.113.0/24"));
    assertEquals(
        "the path of this SSH session to 203.0.113.9",
        touched(ssh, "", new Change.Create("x", rival, List.of(), Disruption.IN_PLACE))
            .get(0)
            .path());
  }

  private static Resource rule(Map<String, String> fields) {
    Map<String, String> all = new HashMap<>(fields);
    all.put("action", "table");
    return new Resource(ResourceId.rule("", RuleText.key(all)), null, all);
  }

  @Test
  void aNearerRouteOrNetworkWouldTakeThePathOver() {
    String ssh = "203.0.113.9 50000 198.51.100.5 22";
    for (Resource rival :
        List.of(
            new Resource(
                ResourceId.route("", "203.0.113.0/28 table 254 metric 0"),
                null,
                Map.of("dev", "br0")),
            new Resource(ResourceId.addressOn("", "br0", "203.0.113.1/24"), null, Map.of()))) {
      assertEquals(
          List.of(new Danger.Touched("the path of this SSH session to 203.0.113.9", List.of("x"))),
          touched(ssh, "", new Change.Create("x", rival, List.of(), Disruption.IN_PLACE)));
    }
    Resource wider =
        new Resource(
            ResourceId.route("", "203.0.0.0/16 table 254 metric 0"), null, Map.of("dev", "br0"));
    assertEquals(
        List.of(), touched(ssh, "", new Change.Create("x", wider, List.of(), Disruption.NONE)));
  }

  @Test
  void inAVrfItsTableLeadsAndTheVrfItselfIsPartOfThePath() {
    host.add(
        new Resource(ResourceId.deviceIn("", "blue"), null, Map.of("kind", "vrf", "table", "10")));
    device("eth3", "", "master", "blue");
    address("eth3", "10.8.0.5/24");
    host.add(
        new Resource(
            ResourceId.route("", "203.0.113.0/24 table 10 metric 0"),
            null,
            Map.of("via", "10.8.0.1", "dev", "eth3")));
    String ssh = "203.0.113.9 50000 10.8.0.5 22";
    assertEquals(1, touched(ssh, "", changed("eth3")).size());
    assertEquals(1, touched(ssh, "", changed("blue")).size());
    assertEquals(List.of(), touched(ssh, "", changed("vlan5")), "the main table's is not used");
  }

  @Test
  void theWayToATunnelsOtherEndIsPartOfThePathThroughIt() {
    host.add(
        new Resource(
            ResourceId.deviceIn("", "gre1"),
            null,
            Map.of("kind", "gre", "remote", "203.0.113.50")));
    address("gre1", "10.9.0.5/24");
    assertEquals(1, touched("10.9.0.9 50000 10.9.0.5 22", "", changed("eth1")).size());
  }

  @Test
  void theHostOfARepositoryIsFoundInWhatAnAgentSays() {
    assertEquals("git.example.org", RepositoryHost.host("https://git.example.org/net.git (main)"));
    assertEquals("10.0.0.9", RepositoryHost.host("ssh://git@10.0.0.9:2222/net (main), a.yaml"));
    assertEquals("git.example.org", RepositoryHost.host("git@git.example.org:net.git (main)"));
    assertEquals("2001:db8::9", RepositoryHost.host("http://[2001:db8::9]:80/net (main)"));
    assertNull(RepositoryHost.host("/srv/net.git (main), hosts/a.yaml"));
    assertNull(RepositoryHost.host("file:///srv/net.git (main)"));
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

  private List<String> of(@Nullable String ssh, Change change) {
    LiveState live = new LiveState("h", Capabilities.ALL, host, Map.of());
    return Danger.of(
            new Plan(List.of(change), List.of(), List.of(), List.of()), live, ssh, List.of())
        .stream()
        .map(Danger.Touched::sentence)
        .toList();
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
