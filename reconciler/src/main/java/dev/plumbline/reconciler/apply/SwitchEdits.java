// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.embedded.SwitchText;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Changes of the switch that are made at once: the switch compares whole configurations. */
final class SwitchEdits {
  private final SwitchAccess embedded;
  private final List<Change> changes = new ArrayList<>();

  SwitchEdits(SwitchAccess embedded) {
    this.embedded = embedded;
  }

  void add(Change change) {
    changes.add(change);
  }

  /** The first that was not made yet, or null. */
  @Nullable Change first() {
    return changes.isEmpty() ? null : changes.get(0);
  }

  /**
   * Makes them all.
   *
   * @param last those that nothing shall come after, for they interrupt something
   * @param announcer has what the switch lets in each time
   */
  void make(Predicate<Change> last, Announcer announcer) throws IOException {
    SwitchConfig now = embedded.config();
    Map<ResourceId, Resource> resources = new TreeMap<>();
    if (now != null) {
      SwitchText.resources(now).forEach(each -> resources.put(each.id(), each));
    }
    List<Change> first = new ArrayList<>();
    List<Change> then = new ArrayList<>();
    for (Change change : changes) {
      (last.test(change) ? then : first).add(change);
    }
    changes.clear();
    announcer.prepare();
    first.forEach(change -> edit(change, resources));
    if (!first.isEmpty()) {
      // Announced to nobody yet, but for the switch itself, which learns where the addresses are.
      embedded.configure(SwitchText.config(resources.values()), announcer.announcements());
    }
    then.forEach(change -> edit(change, resources));
    if (!then.isEmpty()) {
      embedded.configure(SwitchText.config(resources.values()), announcer.announcements());
    }
  }

  private static void edit(Change change, Map<ResourceId, Resource> resources) {
    Resource before = change.before();
    if (before != null) {
      resources.remove(before.id());
    }
    Resource after = change.after();
    if (after != null) {
      resources.put(after.id(), after);
    }
  }
}
