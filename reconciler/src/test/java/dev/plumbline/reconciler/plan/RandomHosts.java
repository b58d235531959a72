// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.Loaded;
import dev.plumbline.spec.source.MapSource;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/**
 * Hosts that plumbline left behind, with things of other people's, and that somebody has tampered
 * with since.
 */
abstract class RandomHosts {
  /** How many sorts of tampering there are. */
  static final int TAMPERINGS = 10;

  static final String OTHERS =
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
  record Found(LiveState live, Ownership ownership) {}

  @Provide
  Arbitrary<List<Integer>> hosts() {
    return Arbitraries.integers().between(0, 59).list().ofSize(RandomHost.NUMBERS);
  }

  /** Pairs: what is done, and with which device. */
  @Provide
  Arbitrary<List<Integer>> tampering() {
    return Arbitraries.integers().between(0, 99).list().ofSize(6);
  }

  static Found found(List<Integer> numbers, List<Integer> tampering) {
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
  static LiveState tampered(LiveState live, int what, int which) {
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
          case 7 -> set(device, device.with("up", "false"), "up");
          case 8, 9 -> removed(live, which);
          case 6 ->
              new Change.Create(
                  "by hand",
                  new Resource(other, null, Map.of("kind", "dummy", "up", "true")),
                  List.of(),
                  Disruption.NONE);
          default -> null;
        };
    if (change == null || (live.has(other) && (what == 4 || what == 6))) {
      return live;
    }
    return new ModelKernel(live)
        .apply(new Plan(List.of(change), List.of(), List.of(), List.of()))
        .state();
  }

  /** An address, a route or a rule, or what else is no device. */
  private static @Nullable Change removed(LiveState live, int which) {
    List<Resource> others =
        live.resources().stream()
            .filter(
                each ->
                    each.id().type() == ResourceType.ADDRESS
                        || each.id().type() == ResourceType.ROUTE
                        || each.id().type() == ResourceType.RULE)
            .toList();
    return others.isEmpty()
        ? null
        : new Change.Delete(
            "by hand", others.get(which % others.size()), false, List.of(), Disruption.NONE);
  }

  private static Change set(Resource live, Resource wanted, String field) {
    FieldChange change = new FieldChange(field, live.get(field), wanted.get(field));
    return new Change.Modify("by hand", live, wanted, List.of(change), List.of(), Disruption.NONE);
  }

  static Goal goal(String yaml) {
    Loaded loaded =
        HostFile.load(
            MapSource.ofTexts(Map.of("host.yaml", yaml)), "host.yaml", LoadOptions.defaults());
    Assume.that(loaded.state() != null);
    return Goals.of(loaded.orThrow());
  }
}
