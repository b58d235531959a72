// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.picture.Diagram.Edge;
import dev.plumbline.reconciler.picture.Diagram.End;
import dev.plumbline.reconciler.picture.Diagram.Kind;
import dev.plumbline.reconciler.picture.Diagram.Node;
import dev.plumbline.reconciler.picture.Diagram.Port;
import dev.plumbline.reconciler.picture.Diagram.Row;
import dev.plumbline.reconciler.picture.Diagram.Tone;
import dev.plumbline.reconciler.resource.VlanModes;
import dev.plumbline.spec.value.Prefix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts boxes together that differ in nothing but names, and in which address of a network they
 * have: forty guests at one bridge in one VLAN are one box, at one port. Alike are those of one
 * kind with lines to the same bridges, at ports that say the same, of which a plan does the same.
 * Those of whom there are too few in one VLAN are one box with those in others, if they are access
 * ports and there are enough of them together.
 */
final class Crowds {
  /** Fewer are drawn one by one. */
  static final int SMALLEST = 6;

  private static final Set<Kind> ALIKE = Set.of(Kind.STACK, Kind.GUEST, Kind.DEVICE, Kind.REMOTE);

  private static final Pattern DIGITS = Pattern.compile("[0-9]+");

  private static final String ACCESS = "access ";

  /** Most ranges of VLANs that are told. */
  private static final int RANGES = 4;

  private final Diagram diagram;
  private final Map<String, Node> nodes = new HashMap<>();
  private final Map<String, List<Edge>> edges = new HashMap<>();
  private final Map<End, Integer> lines = new HashMap<>();

  /**
   * The box that a node is in, and the port that a port is; only of those that are put together.
   */
  private final Map<String, String> boxes = new HashMap<>();

  private final Map<End, End> sockets = new HashMap<>();

  /** What is said of such a port at a bridge, by the port that is left. */
  private final Map<End, List<Row>> said = new HashMap<>();

  private Crowds(Diagram diagram) {
    this.diagram = diagram;
    diagram.nodes().forEach(node -> nodes.put(node.id(), node));
    for (Edge edge : diagram.edges()) {
      for (End end : List.of(edge.from(), edge.to())) {
        edges.computeIfAbsent(end.node(), key -> new ArrayList<>()).add(edge);
        lines.merge(end, 1, Integer::sum);
      }
    }
  }

  /**
   * The same diagram with crowds.
   *
   * @param apart those that are drawn on their own, whoever is like them
   */
  static Diagram gather(Diagram diagram, Predicate<Node> apart) {
    return new Crowds(diagram).gather(apart);
  }

  private Diagram gather(Predicate<Node> apart) {
    Map<String, Node> crowds = new HashMap<>();
    for (boolean inAnyVlan : new boolean[] {false, true}) {
      Map<List<Object>, List<Node>> alike = new LinkedHashMap<>();
      for (Node node : diagram.nodes()) {
        boolean isAlone = boxes.containsKey(node.id()) || apart.test(node);
        List<Object> look = isAlone ? null : look(node, inAnyVlan);
        if (look != null) {
          alike.computeIfAbsent(look, key -> new ArrayList<>()).add(node);
        }
      }
      for (List<Node> crowd : alike.values()) {
        if (crowd.size() >= SMALLEST) {
          crowd.sort(Comparator.comparing(node -> numbered(node.name())));
          crowds.put(crowd.get(0).id(), crowd(crowd));
        }
      }
    }
    if (crowds.isEmpty()) {
      return diagram;
    }
    List<Node> left = new ArrayList<>();
    for (Node node : diagram.nodes()) {
      if (node.id().equals(boxes.getOrDefault(node.id(), node.id()))) {
        left.add(withoutTaken(crowds.getOrDefault(node.id(), node)));
      }
    }
    Set<Edge> drawn = new HashSet<>();
    List<Edge> lines = new ArrayList<>();
    for (Edge edge : diagram.edges()) {
      Edge now = new Edge(edge.link(), socket(edge.from()), socket(edge.to()), edge.mark());
      if (drawn.add(now)) {
        lines.add(now);
      }
    }
    return new Diagram(diagram.title(), diagram.isPlan(), diagram.groups(), left, lines);
  }

  /** A name by which {@code web2} comes before {@code web10}. */
  private static String numbered(String name) {
    return DIGITS
        .matcher(name)
        .replaceAll(found -> "0".repeat(Math.max(0, 15 - found.group().length())) + found.group());
  }

  private End socket(End end) {
    return sockets.getOrDefault(end, end);
  }

  // What makes two alike.

  /** What a node looks like but for its own names and numbers; null: it is like nobody. */
  private @Nullable List<Object> look(Node node, boolean inAnyVlan) {
    List<Edge> own = edges.getOrDefault(node.id(), List.of());
    if (!ALIKE.contains(node.kind())
        || own.isEmpty()
        || node.id().equals("stack ")
        || diagram.groups().stream().anyMatch(group -> group.id().equals(node.group()))) {
      return null;
    }
    List<Object> look = new ArrayList<>();
    look.add(node.kind());
    look.add(node.isDown());
    look.add(String.valueOf(node.mark()));
    look.add(rows(node.head(), false));
    for (Edge edge : own) {
      boolean isFrom = edge.from().node().equals(node.id());
      End mine = isFrom ? edge.from() : edge.to();
      End other = isFrom ? edge.to() : edge.from();
      Node there = nodes.get(other.node());
      if (there == null || there.kind() != Kind.BRIDGE || lines.getOrDefault(mine, 0) > 1) {
        return null;
      }
      look.add(edge.link());
      look.add(isFrom);
      look.add(String.valueOf(edge.mark()));
      look.add(other.node());
      look.add(isShared(other) ? other.port() : rows(port(other).rows(), inAnyVlan));
      look.add(String.valueOf(port(other).mark()));
    }
    for (Port port : node.ports()) {
      look.add(rows(port.rows(), false));
      look.add(String.valueOf(port.mark()));
    }
    return look;
  }

  private boolean isShared(End end) {
    return lines.getOrDefault(end, 0) > 1;
  }

  private Port port(End end) {
    Node node = nodes.get(end.node());
    for (Port port : node == null ? List.<Port>of() : node.ports()) {
      if (port.id().equals(end.port())) {
        return port;
      }
    }
    throw new IllegalStateException("no port " + end);
  }

  /** What rows say but for names, and but for which address of a network it is. */
  private static List<Object> rows(List<Row> rows, boolean inAnyVlan) {
    List<Object> said = new ArrayList<>();
    for (Row row : rows) {
      said.add(row.tone());
      said.add(String.valueOf(row.mark()));
      if (row.tone() != Tone.NAME) {
        Prefix address = row.tone() == Tone.VALUE ? address(row.text()) : null;
        String text = inAnyVlan && isAccess(row) ? ACCESS : row.text();
        said.add(address == null ? text : address.network());
      }
    }
    return said;
  }

  private static boolean isAccess(Row row) {
    return row.tone() == Tone.VALUE && row.text().matches(ACCESS + DIGITS.pattern());
  }

  /** An address with its length; null: it is none. */
  private static @Nullable Prefix address(String text) {
    try {
      return text.indexOf('/') < 0 ? null : Prefix.parse(text);
    } catch (IllegalArgumentException e) {
      return null; // a route, a VLAN, …
    }
  }

  // The box of those that are.

  private Node crowd(List<Node> alike) {
    Node first = alike.get(0);
    List<Edge> mine = edges.getOrDefault(first.id(), List.of());
    Set<String> places = new TreeSet<>();
    for (Node each : alike) {
      boxes.put(each.id(), first.id());
      places.addAll(each.places());
      List<Edge> theirs = edges.getOrDefault(each.id(), List.of());
      for (int i = 0; i < mine.size(); i++) {
        sockets.put(theirs.get(i).from(), mine.get(i).from());
        sockets.put(theirs.get(i).to(), mine.get(i).to());
      }
    }
    String vlans = "";
    for (int i = 0; i < mine.size(); i++) {
      End other =
          mine.get(i).from().node().equals(first.id()) ? mine.get(i).to() : mine.get(i).from();
      if (!isShared(other)) {
        List<List<Row>> all = new ArrayList<>();
        for (Node each : alike) {
          Edge edge = edges.getOrDefault(each.id(), List.of()).get(i);
          boolean isFrom = edge.from().node().equals(each.id());
          all.add(port(isFrom ? edge.to() : edge.from()).rows());
        }
        said.put(other, gathered(all));
        vlans = vlans.isEmpty() ? inVlans(all) : vlans;
      }
    }
    List<Row> head = new ArrayList<>(gathered(alike.stream().map(Node::head).toList()));
    head.add(1, Row.note(alike.size() + " alike" + vlans));
    List<Port> ports = new ArrayList<>();
    for (int i = 0; i < first.ports().size(); i++) {
      int at = i;
      Port port = first.ports().get(i);
      List<List<Row>> all = alike.stream().map(each -> each.ports().get(at).rows()).toList();
      ports.add(new Port(port.id(), gathered(all), port.places(), port.mark()));
    }
    return new Node(
        first.id(), first.kind(), first.group(), head, ports, places, first.isDown(), first.mark());
  }

  /** Rows of alike places as one: what is the same once, what is not from the first to the last. */
  private static List<Row> gathered(List<List<Row>> all) {
    List<Row> first = all.get(0);
    List<Row> last = all.get(all.size() - 1);
    List<Row> gathered = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      Row row = first.get(i);
      String from = row.text();
      int at = i;
      boolean isSame = all.stream().allMatch(each -> each.get(at).text().equals(from));
      String to = last.get(i).text();
      String text = isSame ? from : from + (to.equals(from) ? " …" : " … " + to);
      if (!isSame && isAccess(row)) {
        text = ACCESS + ranges(vlans(all, at));
      }
      gathered.add(new Row(row.tone(), text, row.mark()));
    }
    return gathered;
  }

  /** The VLANs of access ports, each once. */
  private static List<Integer> vlans(List<List<Row>> all, int row) {
    return all.stream()
        .map(rows -> Integer.valueOf(rows.get(row).text().substring(ACCESS.length())))
        .sorted()
        .distinct()
        .toList();
  }

  private static String ranges(List<Integer> vlans) {
    List<String> ranges = VlanModes.ranges(vlans).stream().map(String::valueOf).toList();
    String told = String.join(", ", ranges.subList(0, Math.min(RANGES, ranges.size())));
    return ranges.size() <= RANGES ? told : told + ", …";
  }

  /** As {@code , in 40 VLANs}; nothing if it is not by VLANs that ports differ. */
  private static String inVlans(List<List<Row>> all) {
    for (int row = 0; row < all.get(0).size(); row++) {
      if (isAccess(all.get(0).get(row))) {
        int count = vlans(all, row).size();
        return count > 1 ? ", in " + count + " VLANs" : "";
      }
    }
    return "";
  }

  /** A node without the ports that became others, and with what those that are left say now. */
  private Node withoutTaken(Node node) {
    List<Port> ports = new ArrayList<>();
    for (Port port : node.ports()) {
      End end = new End(node.id(), port.id());
      if (socket(end).equals(end)) {
        List<Row> rows = said.getOrDefault(end, port.rows());
        ports.add(new Port(port.id(), rows, port.places(), port.mark()));
      }
    }
    return new Node(
        node.id(),
        node.kind(),
        node.group(),
        node.head(),
        ports,
        node.places(),
        node.isDown(),
        node.mark());
  }
}
