// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.render.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an agent's counters say of a bridge at one moment.
 *
 * @param nanos when
 * @param status of the whole switch
 */
record TopReading(String bridge, long nanos, Node status, Node ports, Node flows, Node addresses) {
  private static final double NANOS = 1e9;
  private static final Pattern SENDER = Pattern.compile("eth\\(src=([0-9a-f:]{17})");

  /**
   * Something that is more or less busy.
   *
   * @param packets a second
   * @param bits a second
   * @param what it is: a flow's text or a sender's address
   */
  private record Busy(long packets, long bits, String what) {
    static final Comparator<Busy> FIRST =
        Comparator.comparingLong(Busy::bits).thenComparingLong(Busy::packets).reversed();

    Map<String, Object> tree(String name) {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("packetsPerSecond", packets);
      tree.put("bitsPerSecond", bits);
      tree.put(name, what);
      return tree;
    }
  }

  /**
   * What has happened since an earlier one, a second: the busiest first, what did nothing left out.
   *
   * @param rows of each list at most; ports are all there
   */
  Map<String, Object> since(TopReading before, int rows) {
    double seconds = (nanos - before.nanos) / NANOS;
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("bridge", bridge);
    tree.put("seconds", Math.round(seconds * 1000) / 1000.0);
    for (String counter : new String[] {"upcalls", "decided", "upcallsLost"}) {
      long more = status.number(counter) - before.status.number(counter);
      tree.put(counter + "PerSecond", perSecond(more, seconds));
    }
    tree.put("megaflows", flows.nodes("cached").size());
    tree.put("addressesKnown", addresses.nodes("addresses").size());
    tree.put("ports", ports(before, seconds));
    tree.put("flows", trees(rates(before, "decided", seconds), "flow", rows));
    List<Busy> cached = rates(before, "cached", seconds);
    tree.put("cached", trees(cached, "flow", rows));
    List<Map<String, Object>> senders = trees(senders(cached), "mac", rows);
    for (Node known : addresses.nodes("addresses")) {
      for (Map<String, Object> sender : senders) {
        if (known.text("mac").equals(sender.get("mac"))) {
          sender.put("port", known.text("port"));
          sender.put("vlan", known.number("vlan"));
        }
      }
    }
    tree.put("senders", senders);
    return tree;
  }

  private static List<Map<String, Object>> trees(List<Busy> of, String name, int rows) {
    return of.stream()
        .filter(busy -> busy.packets > 0)
        .sorted(Busy.FIRST)
        .limit(rows)
        .map(busy -> busy.tree(name))
        .toList();
  }

  private static long perSecond(long more, double seconds) {
    return Math.round(Math.max(0, more) / seconds);
  }

  private List<Object> ports(TopReading before, double seconds) {
    Map<String, Node> earlier = new HashMap<>();
    before.forEachPart((name, part) -> earlier.put(name, part));
    List<Object> all = new ArrayList<>();
    forEachPart(
        (name, part) -> {
          Node then = earlier.getOrDefault(name, part);
          Map<String, Object> row = new LinkedHashMap<>();
          row.put("port", name);
          row.put("up", part.flag("up"));
          for (String way : new String[] {"rx", "tx"}) {
            long packets = part.number(way + "Packets") - then.number(way + "Packets");
            long bytes = part.number(way + "Bytes") - then.number(way + "Bytes");
            row.put(way + "PacketsPerSecond", perSecond(packets, seconds));
            row.put(way + "BitsPerSecond", perSecond(8 * bytes, seconds));
          }
          all.add(row);
        });
    return all;
  }

  /** Takes a port or a part of one. */
  private interface PartTaker {
    void take(String name, Node part);
  }

  private void forEachPart(PartTaker taker) {
    for (Node port : ports.nodes("ports")) {
      for (Node part : port.nodes("parts")) {
        String of = part.text("part");
        taker.take(port.text("port") + (of.isEmpty() ? "" : "/" + of), part);
      }
    }
  }

  /** Of flows or megaflows; one that was not there counts from its beginning. */
  private List<Busy> rates(TopReading before, String list, double seconds) {
    Map<String, Node> earlier = new HashMap<>();
    before.flows.nodes(list).forEach(flow -> earlier.put(text(flow), flow));
    List<Busy> rates = new ArrayList<>();
    for (Node flow : flows.nodes(list)) {
      Node then = earlier.getOrDefault(text(flow), Node.of(Map.of()));
      boolean isAnew = flow.number("packets") < then.number("packets");
      long packets = flow.number("packets") - (isAnew ? 0 : then.number("packets"));
      long bytes = flow.number("bytes") - (isAnew ? 0 : then.number("bytes"));
      rates.add(new Busy(perSecond(packets, seconds), perSecond(8 * bytes, seconds), text(flow)));
    }
    return rates;
  }

  /** What tells it from the others, and what it does. */
  private static String text(Node flow) {
    if (flow.map().containsKey("flow")) {
      return flow.text("flow");
    }
    String match = flow.text("match");
    return (match.isEmpty() ? "" : match + " ") + "actions=" + flow.text("actions");
  }

  private static List<Busy> senders(List<Busy> cached) {
    Map<String, Busy> senders = new TreeMap<>();
    for (Busy flow : cached) {
      Matcher sender = SENDER.matcher(flow.what);
      if (sender.find()) {
        senders.merge(
            sender.group(1),
            new Busy(flow.packets, flow.bits, sender.group(1)),
            (a, b) -> new Busy(a.packets + b.packets, a.bits + b.bits, a.what));
      }
    }
    return List.copyOf(senders.values());
  }
}
