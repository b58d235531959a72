// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import dev.plumbline.reconciler.path.Answer;
import dev.plumbline.reconciler.path.End;
import dev.plumbline.reconciler.path.Finding;
import dev.plumbline.reconciler.path.Hop;
import dev.plumbline.reconciler.path.PathFinder;
import dev.plumbline.reconciler.path.Way;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where traffic goes, as a tree for JSON: {@code schemas/path.schema.json}. */
public final class PathTree {
  private static final long VERSION = 1;

  private PathTree() {}

  public static Map<String, Object> of(Answer answer) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("version", VERSION);
    tree.put("from", answer.from());
    tree.put("to", answer.to());
    tree.put("there", direction(answer.there(), answer.arrives()));
    tree.put("back", direction(answer.back(), answer.returns()));
    List<Object> findings = new ArrayList<>();
    for (Finding finding : answer.findings()) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("kind", finding.kind().label());
      each.put("text", finding.text());
      findings.add(each);
    }
    tree.put("findings", findings);
    tree.put("notKnown", answer.notKnown());
    tree.put("notLookedAt", PathFinder.NOT_LOOKED_AT);
    return tree;
  }

  private static Map<String, Object> direction(List<Way> ways, End outcome) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("outcome", end(outcome));
    List<Object> list = new ArrayList<>();
    for (Way way : ways) {
      Map<String, Object> each = new LinkedHashMap<>();
      List<Object> hops = new ArrayList<>();
      way.hops().forEach(hop -> hops.add(hop(hop)));
      each.put("hops", hops);
      each.put("end", end(way.end()));
      each.put("copy", way.isCopy());
      list.add(each);
    }
    tree.put("ways", list);
    return tree;
  }

  private static Map<String, Object> hop(Hop hop) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("kind", hop.kind().label());
    tree.put("place", hop.place());
    tree.put("decision", hop.decision());
    tree.put("reason", hop.reason());
    return tree;
  }

  private static Map<String, Object> end(End end) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("kind", end.kind().label());
    tree.put("place", end.place());
    tree.put("reason", end.reason());
    return tree;
  }
}
