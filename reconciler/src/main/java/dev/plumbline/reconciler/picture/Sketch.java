// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.picture.Diagram.Kind;
import dev.plumbline.reconciler.picture.Diagram.Node;
import dev.plumbline.reconciler.picture.Diagram.Port;
import dev.plumbline.reconciler.picture.Diagram.Row;
import dev.plumbline.reconciler.picture.Diagram.Tone;
import dev.plumbline.reconciler.plan.Action;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A node while it is being made. */
final class Sketch {
  /** The group of those that are not of the host. */
  static final String OUTSIDE = "/outside";

  final String id;
  final Kind kind;
  String group;
  boolean isDown;
  @Nullable Action mark;
  private final List<Row> head = new ArrayList<>();
  private final Set<String> places = new TreeSet<>();
  private final Map<String, PortSketch> ports = new LinkedHashMap<>();

  private static final class PortSketch {
    final List<Row> rows = new ArrayList<>();
    final Set<String> places = new TreeSet<>();
    @Nullable Action mark;
  }

  Sketch(String id, Kind kind, String group) {
    this.id = id;
    this.kind = kind;
    this.group = group;
  }

  boolean isNew() {
    return head.isEmpty();
  }

  Sketch name(String name) {
    return row(Tone.NAME, name, null);
  }

  Sketch note(String text) {
    return row(Tone.NOTE, text, null);
  }

  Sketch row(Tone tone, String text, @Nullable Action rowMark) {
    head.add(new Row(tone, text, rowMark));
    return this;
  }

  void place(String place) {
    places.add(place);
  }

  boolean hasPorts() {
    return !ports.isEmpty();
  }

  boolean hasPort(String port) {
    return ports.containsKey(port);
  }

  private PortSketch of(String port) {
    return ports.computeIfAbsent(port, key -> new PortSketch());
  }

  /** A port, made if it is not there. */
  String port(String port) {
    of(port);
    return port;
  }

  /** A line of a port's text, if it is not there. */
  void row(String port, Tone tone, String text, @Nullable Action rowMark) {
    Row row = new Row(tone, text, rowMark);
    if (!of(port).rows.contains(row)) {
      of(port).rows.add(row);
    }
  }

  /** The same before what is there. */
  void first(String port, Tone tone, String text, @Nullable Action rowMark) {
    of(port).rows.add(0, new Row(tone, text, rowMark));
  }

  void portPlace(String port, String place) {
    of(port).places.add(place);
  }

  void portMark(String port, @Nullable Action portMark) {
    of(port).mark = portMark;
  }

  Node node() {
    List<Port> made = new ArrayList<>();
    ports.forEach((name, port) -> made.add(new Port(name, port.rows, port.places, port.mark)));
    return new Node(id, kind, group, head, made, places, isDown, mark);
  }
}
