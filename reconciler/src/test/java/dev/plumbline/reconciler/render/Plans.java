// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import static dev.plumbline.reconciler.resource.ResourceId.addressOn;
import static dev.plumbline.reconciler.resource.ResourceId.deviceIn;
import static dev.plumbline.reconciler.resource.ResourceId.namespaceNamed;
import static dev.plumbline.reconciler.resource.ResourceId.route;
import static dev.plumbline.reconciler.resource.ResourceId.rule;
import static dev.plumbline.reconciler.resource.ResourceId.vlans;

import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Disruption;
import dev.plumbline.reconciler.plan.FieldChange;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.Waiting;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Plans to print. */
final class Plans {
  static final PlanHeader HEADER =
      new PlanHeader("hv-01", "hosts/hv-01.yaml", "3f2c1ab9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f");

  private Plans() {}

  /** One of everything. */
  static Plan everything() {
    List<Change> changes = new ArrayList<>();
    changes.add(create("namespaces.web", namespaceNamed("web")));
    changes.add(
        create(
            "bridges.br0",
            deviceIn("", "br0"),
            "kind",
            "bridge",
            "up",
            "true",
            "vlanFiltering",
            "true",
            "macTable.aging",
            "300s"));
    changes.add(
        create(
            "veths.vm1",
            deviceIn("", "vm1"),
            "kind",
            "veth",
            "up",
            "true",
            "peer",
            "web/eth0",
            "master",
            "br0"));
    changes.add(
        create(
            "veths.vm1.peer",
            deviceIn("web", "eth0"),
            "kind",
            "veth",
            "up",
            "true",
            "peer",
            "vm1"));
    changes.add(
        create("bridges.br0.ports.vm1.vlan", vlans("", "vm1"), "vlans", "10 pvid untagged,20-29"));
    changes.add(
        create("veths.vm1.peer.addresses[10.0.0.2/24]", addressOn("web", "eth0", "10.0.0.2/24")));
    Resource eth2 = resource(deviceIn("", "eth2"), null, "kind", "", "mtu", "1500", "up", "true");
    changes.add(
        new Change.Modify(
            "interfaces.eth2",
            eth2,
            eth2.with("mtu", "9000"),
            List.of(new FieldChange("mtu", "1500", "9000"), new FieldChange("master", "", "br0")),
            List.of("bridges.br0"),
            Disruption.interrupts("traffic through eth2")));
    Resource vx0 =
        resource(deviceIn("", "vx0"), "tunnels.vx0", "kind", "vxlan", "key", "42", "up", "true");
    changes.add(
        new Change.Recreate(
            "tunnels.vx0",
            vx0,
            vx0.with("key", "43"),
            List.of(new FieldChange("key", "42", "43")),
            List.of(),
            Disruption.interrupts("all on vx0: key can not be changed from 42")));
    changes.add(
        create(
            "routes[0.0.0.0/0 table 254 metric 0]",
            route("", "0.0.0.0/0 table 254 metric 0"),
            "type",
            "unicast",
            "dev",
            "eth2",
            "via",
            "192.168.50.1"));
    changes.add(
        create(
            "rules[ipv4 1000: from 10.1.0.0/16 table 100]",
            rule("", "ipv4 1000: from 10.1.0.0/16 table 100"),
            "family",
            "ipv4",
            "priority",
            "1000"));
    changes.add(
        new Change.Delete(
            "dummies.old0",
            resource(deviceIn("", "old0"), "dummies.old0", "kind", "dummy", "up", "true"),
            false,
            List.of(),
            Disruption.interrupts("all on old0")));
    ResourceId gone = route("", "10.9.0.0/16 table 254 metric 0");
    changes.add(
        new Change.Delete(
            gone.toString(),
            resource(gone, Resource.OURS, "via", "10.0.0.1"),
            false,
            List.of("routes[0.0.0.0/0 table 254 metric 0]"),
            Disruption.interrupts("traffic by " + gone)));
    return new Plan(
        changes,
        List.of(new Waiting("bridges.br0.ports.tap7", "device tap7")),
        List.of(),
        List.of("address web/eth0 fd00::5/64 is lost for a moment and comes back by itself"),
        Map.of(deviceIn("", "br0"), "bridge"));
  }

  /** Thousands of changes, most of them alike. */
  static Plan thousands() {
    List<Change> changes = new ArrayList<>(everything().changes());
    Map<ResourceId, String> masters = new HashMap<>(everything().masters());
    for (int i = 0; i < 1000; i++) {
      masters.put(deviceIn("", "b" + i), "bridge");
      changes.add(create("bridges.b" + i, deviceIn("", "b" + i), "kind", "bridge", "up", "true"));
      changes.add(
          create(
              "tunnels.x" + i,
              deviceIn("", "x" + i),
              "kind",
              "vxlan",
              "key",
              String.valueOf(i),
              "master",
              "b" + i,
              "port",
              "4789",
              "up",
              "true"));
      String to = "10." + i / 256 + "." + i % 256 + ".0/24 table 254 metric 0";
      changes.add(
          create("routes[" + to + "]", route("", to), "type", "unicast", "via", "10.0.0.1"));
    }
    for (int i = 0; i < 900; i++) {
      Resource device = resource(deviceIn("", "y" + i), "tunnels.y" + i, "kind", "vxlan");
      changes.add(
          new Change.Modify(
              "tunnels.y" + i,
              device,
              device,
              List.of(new FieldChange("remote", "10.0.0." + i % 250, "10.1.1." + i % 250)),
              List.of(),
              Disruption.IN_PLACE));
    }
    return new Plan(changes, List.of(), List.of(), List.of(), masters);
  }

  /** What must not be applied, with texts that try to be more than text. */
  static Plan hostile() {
    Resource device = resource(deviceIn("", "eth0"), null, "kind", "", "up", "true");
    return new Plan(
        List.of(
            new Change.Modify(
                "interfaces.eth0",
                device,
                device,
                List.of(new FieldChange("owner", "\u001b[2J```\n# x", "a|b")),
                List.of(),
                Disruption.NONE)),
        List.of(new Waiting("bridges.a|b", "device `c`")),
        List.of("interfaces.eth0: <script>*bold* @everyone"),
        List.of());
  }

  static Plan empty() {
    return new Plan(List.of(), List.of(), List.of(), List.of());
  }

  static Change create(String address, ResourceId id, String... fields) {
    return new Change.Create(address, resource(id, address, fields), List.of(), Disruption.NONE);
  }

  static Resource resource(
      ResourceId id, @org.jspecify.annotations.Nullable String owner, String... fields) {
    Map<String, String> map = new TreeMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      map.put(fields[i], fields[i + 1]);
    }
    return new Resource(id, owner, map);
  }
}
