// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Edit;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.model.RefusedException;
import dev.plumbline.reconciler.sim.RandomEdits;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.Loaded;
import dev.plumbline.spec.source.MapSource;
import dev.plumbline.testkit.RandomHost;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Provide;

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
    Goal goal = goal(RandomHost.file(numbers));
    Plan plan = Planner.plan(goal, bare.live(), Ownership.NONE);
    Assume.that(plan.problems().isEmpty());
    LiveState live = after(bare.live(), plan);
    Ownership remembered = Planner.before(plan, bare.live(), Ownership.NONE);
    Ownership ownership = Planner.after(goal, live, remembered);
    for (int i = 0; i + 1 < tampering.size(); i += 2) {
      live = tampered(live, tampering.get(i) % 7, tampering.get(i + 1));
    }
    return new Found(live, ownership);
  }

  /** Somebody does something by hand; what the kernel refuses makes no difference. */
  static LiveState tampered(LiveState live, int what, int which) {
    ModelKernel kernel = new ModelKernel(live);
    Edit edit = RandomEdits.edit(live, what, which);
    try {
      if (edit != null) {
        kernel.edit(edit);
      }
    } catch (RefusedException e) {
      return live;
    }
    return kernel.state();
  }

  /** As {@link Modelled#after}, but for a device of others that is down: nothing comes up on it. */
  static LiveState after(LiveState live, Plan plan) {
    try {
      return Modelled.after(live, plan);
    } catch (AssertionError e) {
      Assume.that(!String.valueOf(e.getMessage()).contains("ENETDOWN"));
      throw e;
    }
  }

  static Goal goal(String yaml) {
    return goal(Map.of("host.yaml", yaml));
  }

  /**
   * @param files by their names; {@code host.yaml} includes the others
   */
  static Goal goal(Map<String, String> files) {
    Loaded loaded = HostFile.load(MapSource.ofTexts(files), "host.yaml", LoadOptions.defaults());
    Assume.that(loaded.state() != null);
    return Goals.of(loaded.orThrow());
  }
}
