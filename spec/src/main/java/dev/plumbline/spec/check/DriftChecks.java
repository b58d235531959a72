// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.problem.NearMiss;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Rules for the drift of objects that the file does not have. */
final class DriftChecks {
  private DriftChecks() {}

  static void run(Scope scope) {
    Set<String> objects = objects(scope.state);
    for (String key : scope.state.drift().objects().keySet()) {
      String at = "drift.objects." + key;
      // A pattern may be about what comes later; a route's address holds what may be said
      // otherwise.
      boolean plain = key.indexOf('*') < 0 && key.indexOf('?') < 0 && key.indexOf('[') < 0;
      boolean known =
          objects.stream().anyMatch(each -> key.equals(each) || key.startsWith(each + "."));
      if (plain && !known) {
        String near = NearMiss.find(key, objects);
        scope.error(
            at,
            at,
            "the file has no `" + key + "`",
            near == null ? "the address of an object, such as veths.vm1, or `routes`" : near);
      }
    }
  }

  private static Set<String> objects(DesiredState state) {
    Set<String> all = new TreeSet<>(Set.of("routes", "rules"));
    add(all, "namespaces", state.namespaces());
    add(all, "interfaces", state.interfaces());
    add(all, "veths", state.veths());
    add(all, "vlans", state.vlans());
    add(all, "dummies", state.dummies());
    add(all, "bridges", state.bridges());
    add(all, "bonds", state.bonds());
    add(all, "internalPorts", state.internalPorts());
    add(all, "patches", state.patches());
    add(all, "tunnels", state.tunnels());
    add(all, "vrfs", state.vrfs());
    return all;
  }

  private static void add(Set<String> all, String kind, Map<String, ?> objects) {
    if (!objects.isEmpty()) {
      // A name may have a dot: a kind alone would take `veths.vm1x` for a part of it.
      objects.keySet().forEach(key -> all.add(kind + "." + key));
    }
  }
}
