// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.PlanHeader;
import dev.plumbline.reconciler.render.PlanJson;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What would be done for the newest revision.
 *
 * @param revision its label; null: there is none yet
 * @param isKept whether the host is kept at it: the plan is what is not as it says
 * @param problems what is wrong with it, or why nothing can be told
 * @param plan null where it cannot be planned for
 */
record Foreseen(
    @Nullable String revision, boolean isKept, List<String> problems, @Nullable Plan plan) {
  static final Foreseen NONE = new Foreseen(null, false, List.of(), null);

  static Foreseen failed(IOException why) {
    return new Foreseen(null, false, List.of("the host cannot be read: " + why.getMessage()), null);
  }

  /** The tree of {@code GET /v1/plan}. */
  Map<String, @Nullable Object> tree(String host) throws IOException {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("revision", revision);
    tree.put("applied", isKept);
    tree.put("problems", problems);
    tree.put(
        "plan",
        plan == null || revision == null
            ? null
            : JsonTree.read(PlanJson.render(new PlanHeader(host, revision, null), plan)));
    return tree;
  }
}
