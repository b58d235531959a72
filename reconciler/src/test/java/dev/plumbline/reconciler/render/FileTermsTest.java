// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Ownership;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.Planner;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.Loaded;
import dev.plumbline.spec.source.MapSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people read are the file's words, not the kernel's. */
class FileTermsTest {
  private static final String FILE =
      """
      version: 1
      interfaces: {eth5: {mtu: 9000}}
      dummies: {d0: {}, d1: {}, d2: {}, gone: {}}
      vrfs: {blue: {table: 7, members: [d2]}}
      bonds: {bond0: {members: [d0, eth4], mode: active-backup, miimon: 100ms}}
      bridges:
        br0:
          datapath: kernel
          vlan: {trunk: [10, 20-29]}
          ports:
            d1: {hairpin: true, isolated: true, vlan: {access: 5}}
            eth1: {hairpin: true, vlan: {native: 1, trunk: [10, 20-29]}}
            eth2: {vlan: {trunk: [10, 20]}}
            eth3: {}
            tap7: {}
      """;

  private static Resource live(String device, String... fields) {
    String[] all = new String[fields.length + 6];
    System.arraycopy(fields, 0, all, 6, fields.length);
    System.arraycopy(new String[] {"kind", "", "up", "true", "master", ""}, 0, all, 0, 6);
    return Plans.resource(ResourceId.deviceIn("", device), null, all);
  }

  private static Resource vlans(String device, String vlans) {
    return Plans.resource(ResourceId.vlans("", device), null, "vlans", vlans);
  }

  private static Plan plan() {
    Loaded loaded =
        HostFile.load(MapSource.ofTexts(Map.of("f", FILE)), "f", LoadOptions.defaults());
    assertNotNull(loaded.state(), () -> loaded.problems().toString());
    List<Resource> resources = new ArrayList<>();
    resources.add(live("eth1", "port.hairpin", "false", "master", "old0"));
    resources.add(live("eth2", "master", "br0"));
    resources.add(live("eth3", "master", "bond1"));
    resources.add(live("eth4"));
    resources.add(live("eth5", "mtu", "1500"));
    resources.add(live("bond1", "kind", "bond"));
    resources.add(live("old0", "kind", "bridge"));
    resources.add(live("br0", "kind", "bridge", "vlanFiltering", "true").withOwner("bridges.lan"));
    resources.add(live("gone", "kind", "bridge").withOwner("bridges.gone"));
    resources.add(vlans("br0", "1 pvid untagged"));
    resources.add(vlans("eth2", "1 pvid untagged,7 untagged"));
    LiveState live = new LiveState("hv-01", Capabilities.ALL, resources, Map.of());
    return Planner.plan(Goals.of(loaded.state()), live, Ownership.NONE);
  }

  @Test
  void aPlanWithBridgesBondsAndVlansSpeaksAsTheFileDoes() throws IOException {
    Plan plan = plan();
    Golden.matches("terms.txt", new PlanText(false, true).render(Plans.HEADER, plan));
    Golden.matches("terms.md", new PlanMarkdown(true).render(Plans.HEADER, plan));
    String json = PlanJson.render(Plans.HEADER, plan);
    Golden.matches("terms.json", json);
    Schemas.validates("plan.schema.json", json);
    for (String text :
        List.of(
            new PlanText(false, true).render(Plans.HEADER, plan),
            json.replaceAll("\"type\": \"\\w+\"", "").replace("\"", " "))) {
      for (String word : List.of(" master", "port.", " kind ", "pvid", "vlans ", "owner")) {
        String lines = text.replaceAll("(?m)^.*7 untagged.*$", ""); // no mode of the file has this
        assertFalse(lines.contains(word), word + " in\n" + lines);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5 pvid untagged             | access: 5",
        "10,20-29                    | trunk: [10, 20-29]",
        "1 pvid untagged,10,20-29    | native: 1, trunk: [10, 20-29]",
        "1 pvid,10                   | native: 1, trunk: [10], tagged: true",
        "1 pvid untagged,7 untagged  | 1 pvid untagged, 7 untagged"
      })
  void vlansAreShownAsTheModeThatGivesThem(String vlans, String mode) {
    assertEquals(mode, dev.plumbline.reconciler.resource.VlanModes.text(vlans));
  }
}
