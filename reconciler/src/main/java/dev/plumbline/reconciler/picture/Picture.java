// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.path.PathException;
import dev.plumbline.reconciler.path.PathFinder;
import dev.plumbline.reconciler.path.Question;
import dev.plumbline.reconciler.path.Topology;
import dev.plumbline.reconciler.plan.Action;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A picture of a host: of a file's goal, or of a host's live state.
 *
 * <pre>{@code
 * String svg = Picture.of("hv-01", live.resources(), true).svg(Theme.AUTO);
 * }</pre>
 */
public final class Picture {
  private final Topology topology;
  private final Diagram diagram;
  private final @Nullable Trace trace;
  private final boolean isGathered;

  private Picture(Topology topology, Diagram diagram, @Nullable Trace trace, boolean isGathered) {
    this.topology = topology;
    this.diagram = diagram;
    this.trace = trace;
    this.isGathered = isGathered;
  }

  /**
   * Of resources as they are.
   *
   * @param title what it is of, for people: a host's name, or a file's
   * @param isLive whether they are a host's; else those that a file asks for
   */
  public static Picture of(String title, Collection<Resource> resources, boolean isLive) {
    return of(title, resources, Topology.of(resources, isLive), Map.of(), false);
  }

  /** Of what a file asks for, with what a plan does to get there, and what it removes. */
  public static Picture of(String title, Goal goal, Plan plan) {
    List<Resource> wanted = goal.wanted().stream().map(Wanted::resource).toList();
    Map<ResourceId, Resource> all = new TreeMap<>();
    wanted.forEach(each -> all.put(each.id(), each));
    Map<ResourceId, Action> marks = new HashMap<>();
    for (Change change : plan.changes()) {
      Resource after = change.after();
      Resource shown = after == null ? change.before() : after;
      if (shown != null) {
        all.putIfAbsent(shown.id(), shown);
        marks.put(shown.id(), change.action());
      }
    }
    return of(title, all.values(), Topology.of(wanted, false), marks, true);
  }

  private static Picture of(
      String title,
      Collection<Resource> resources,
      Topology topology,
      Map<ResourceId, Action> marks,
      boolean isPlan) {
    Diagram diagram =
        Drafter.draft(
            title,
            new Inventory(resources),
            marks,
            (namespace, remote) -> PathFinder.sentBy(topology, namespace, remote));
    return new Picture(topology, isPlan ? diagram.planned() : diagram, null, true);
  }

  /**
   * The same with the way of traffic.
   *
   * @throws PathException the question names what there is not, or cannot be asked
   */
  public Picture traced(Question question) throws PathException {
    Trace found = Trace.of(diagram, PathFinder.find(topology, question));
    return new Picture(topology, diagram, found, isGathered);
  }

  /** The same with each box on its own, however many are alike. */
  public Picture apart() {
    return new Picture(topology, diagram, trace, false);
  }

  /** As it is drawn: whoever is on the way of traffic is so on its own. */
  Diagram diagram() {
    Trace way = trace;
    return isGathered
        ? Crowds.gather(diagram, node -> way != null && (way.isThere(node) || way.isBack(node)))
        : diagram;
  }

  @Nullable Trace trace() {
    return trace;
  }

  Layout layout() {
    return ElkLayout.of(diagram());
  }

  /** As SVG: one element, with all that it needs in it. */
  public String svg(Theme theme) {
    return SvgWriter.write(layout(), trace, theme);
  }

  /** In the language of Graphviz. */
  public String dot() {
    return DotWriter.write(diagram(), trace);
  }

  /** As a flowchart of Mermaid. */
  public String mermaid() {
    return MermaidWriter.write(diagram(), trace);
  }
}
