// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.datapath.control.Switch;
import dev.plumbline.datapath.control.SwitchStatus;
import dev.plumbline.reconciler.api.Query;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a table of the bridges, filtered and sorted here: a table of 100,000 flows is some
 * megabytes as records, and some hundreds as trees and text.
 *
 * <p>{@code of} names the table, {@code bridge} its bridge if not all; {@code contains} is looked
 * for in all columns, whatever the case; {@code sort} names a column, with {@code descending} the
 * other way round; {@code offset} and {@code limit} say which rows of that.
 *
 * @param <R> a row
 */
final class Rows<R> {
  private static final int USUAL_LIMIT = 100;
  private static final int LONGEST_LIMIT = 1_000;

  private static final Rows<SwitchStatus.DecidedFlow> DECIDED =
      new Rows<SwitchStatus.DecidedFlow>(
              row -> row.bridge() + " table=" + row.flow().table() + " " + row.flow().text(),
              SwitchTrees::flow)
          .column("order", SwitchTrees.AS_DUMPED)
          .column("priority", Comparator.comparing(row -> row.flow().priority()))
          .column("match", Comparator.comparing(row -> row.flow().match()))
          .column("actions", Comparator.comparing(row -> row.flow().actions()))
          .column("packets", Comparator.comparing(SwitchStatus.DecidedFlow::packets))
          .column("bytes", Comparator.comparing(SwitchStatus.DecidedFlow::bytes))
          .column("idleMillis", Comparator.comparing(SwitchStatus.DecidedFlow::idleMillis));

  private static final Rows<SwitchStatus.CachedFlow> CACHED =
      new Rows<SwitchStatus.CachedFlow>(
              row -> row.bridge() + " " + row.match() + " " + row.actions(), SwitchTrees::cached)
          .column("match", Comparator.comparing(SwitchStatus.CachedFlow::match))
          .column("actions", Comparator.comparing(SwitchStatus.CachedFlow::actions))
          .column("packets", Comparator.comparing(SwitchStatus.CachedFlow::packets))
          .column("bytes", Comparator.comparing(SwitchStatus.CachedFlow::bytes))
          .column("usedMillis", Comparator.comparing(SwitchStatus.CachedFlow::usedMillis));

  private static final Rows<SwitchStatus.MacEntry> ADDRESSES =
      new Rows<>(Rows::text, SwitchTrees::address)
          .column("mac", Comparator.comparing(SwitchStatus.MacEntry::mac))
          .column("vlan", Comparator.comparing(SwitchStatus.MacEntry::vlan))
          .column("port", Comparator.comparing(SwitchStatus.MacEntry::port))
          .column("bridge", Comparator.comparing(SwitchStatus.MacEntry::bridge))
          .column("ageSeconds", Comparator.comparing(SwitchStatus.MacEntry::ageSeconds));

  private static final Rows<Node> PORTS =
      new Rows<>(Rows::text, Node::map)
          .column("port", Comparator.comparing(row -> row.text("bridge") + " " + row.text("port")))
          .column("type", Comparator.comparing(row -> row.text("type")))
          .column("vlan", Comparator.comparing(row -> row.text("vlan")))
          .column("up", Comparator.comparing(Rows::parts))
          .column("rxPackets", Comparator.comparing(row -> sum(row, "rxPackets")))
          .column("rxBytes", Comparator.comparing(row -> sum(row, "rxBytes")))
          .column("txPackets", Comparator.comparing(row -> sum(row, "txPackets")))
          .column("txBytes", Comparator.comparing(row -> sum(row, "txBytes")));

  /** By what it can be sorted; the first is how it is if nobody says. */
  private final Map<String, Comparator<R>> columns = new LinkedHashMap<>();

  private final Function<R, String> text;
  private final Function<R, Object> tree;

  /**
   * @param text all that can be looked for in a row
   * @param tree the row for JSON
   */
  private Rows(Function<R, String> text, Function<R, Object> tree) {
    this.text = text;
    this.tree = tree;
  }

  private Rows<R> column(String name, Comparator<R> order) {
    columns.put(name, order);
    return this;
  }

  /** The rows that a query asks for; without a switch there are none but ports of the kernel's. */
  static Object of(@Nullable Switch running, Query query) throws IOException {
    String bridge = query.text("bridge");
    String of = Objects.requireNonNullElse(query.text("of"), "");
    return switch (of) {
      case "ports" -> ports(running, bridge, query);
      case "decided" ->
          DECIDED.page(of, running == null ? List.of() : running.decided(bridge), query);
      case "cached" -> CACHED.page(of, running == null ? List.of() : running.flows(bridge), query);
      case "addresses" ->
          ADDRESSES.page(of, running == null ? List.of() : running.addresses(bridge), query);
      default ->
          throw new IllegalArgumentException(
              "of is one of ports, decided, cached and addresses, and not `" + of + "`");
    };
  }

  /** Those of all bridges, and which bridges these are. */
  private static Object ports(@Nullable Switch running, @Nullable String bridge, Query query)
      throws IOException {
    KernelPorts kernel = KernelPorts.read();
    List<Node> ports = new ArrayList<>(Node.of(SwitchTrees.ports(running, bridge)).nodes("ports"));
    kernel.trees(bridge).forEach(port -> ports.add(Node.of(port)));
    TreeSet<String> bridges = new TreeSet<>(kernel.bridges());
    if (running != null) {
      bridges.addAll(running.config().bridges().keySet());
    }
    Map<String, Object> page = PORTS.page("ports", ports, query);
    page.put("bridges", List.copyOf(bridges));
    return page;
  }

  private Map<String, Object> page(String of, List<R> all, Query query) {
    String sort =
        Objects.requireNonNullElse(query.text("sort"), columns.keySet().iterator().next());
    Comparator<R> order = columns.get(sort);
    if (order == null) {
      throw new IllegalArgumentException(
          "sort is one of " + String.join(", ", columns.keySet()) + ", and not `" + sort + "`");
    }
    int offset = query.number("offset", 0, Integer.MAX_VALUE);
    int limit = query.number("limit", USUAL_LIMIT, LONGEST_LIMIT);
    String wanted =
        Objects.requireNonNullElse(query.text("contains"), "").strip().toLowerCase(Locale.ROOT);
    List<R> found = new ArrayList<>();
    for (R row : all) {
      if (wanted.isEmpty() || text.apply(row).toLowerCase(Locale.ROOT).contains(wanted)) {
        found.add(row);
      }
    }
    found.sort(query.has("descending") ? order.reversed() : order);
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("of", of);
    page.put("total", all.size());
    page.put("matched", found.size());
    page.put("offset", offset);
    page.put("rows", found.stream().skip(offset).limit(limit).map(tree).toList());
    return page;
  }

  private static String text(SwitchStatus.MacEntry row) {
    String kind = row.isStatic() ? " static" : "";
    return row.bridge() + " " + row.port() + " " + row.vlan() + " " + row.mac() + kind;
  }

  private static String text(Node port) {
    StringBuilder text = new StringBuilder();
    port.map().forEach((name, value) -> text.append(name.equals("parts") ? "" : value + " "));
    for (Node part : port.nodes("parts")) {
      text.append(part.text("part")).append(part.flag("up") ? " up " : " down ");
      text.append(part.text("problem")).append(' ');
    }
    return text.toString();
  }

  /** How many of its parts are up. */
  private static long parts(Node port) {
    return port.nodes("parts").stream().filter(part -> part.flag("up")).count();
  }

  private static long sum(Node port, String counter) {
    return port.nodes("parts").stream().mapToLong(part -> part.number(counter)).sum();
  }
}
