// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.openflow.FlowScanner.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads and prints flows in the syntax of ovs-ofctl(8), "Flow Syntax". What {@code dump-flows} adds
 * (duration, counters) is passed over, so that its output can be read.
 */
public final class FlowText {
  private static final Set<String> PASSED_OVER =
      Set.of("duration", "n_packet", "n_packets", "n_bytes", "idle_age", "hard_age");
  private static final int U16 = 0xffff;

  private final MatchParser match;
  private final List<String> said = new ArrayList<>(2);
  private int table;
  private int priority = Flow.DEFAULT_PRIORITY;
  private long cookie;
  private int idleTimeout;
  private int hardTimeout;

  private FlowText(PortNames ports) {
    match = new MatchParser(ports);
  }

  /**
   * Reads a flow.
   *
   * @throws FlowSyntaxException it is none, or needs what the switch does not have
   */
  public static Flow parse(String text, PortNames ports) throws FlowSyntaxException {
    return new FlowText(ports).parse(new Token(text, 1), ports);
  }

  /**
   * Reads a flow that is in its normal form.
   *
   * @throws FlowSyntaxException it is none, or needs what the switch does not have
   */
  public static Flow parse(FlowConfig flow, PortNames ports) throws FlowSyntaxException {
    MatchParser match = new MatchParser(ports);
    FlowScanner scanner = new FlowScanner(new Token(flow.match(), 1));
    for (Entry entry = scanner.next(); entry != null; entry = scanner.next()) {
      if (!match.take(entry)) {
        throw entry.key().mistake("a field is expected, not " + entry.key().text());
      }
    }
    Match matched = match.finish();
    FlowScanner actions = new FlowScanner(new Token(flow.actions(), 1));
    return new Flow(
        flow.table(),
        flow.priority(),
        flow.cookie(),
        flow.idleTimeoutSeconds(),
        flow.hardTimeoutSeconds(),
        matched,
        new ActionParser(ports, flow.table(), matched).parse(actions));
  }

  private Flow parse(Token text, PortNames ports) throws FlowSyntaxException {
    FlowScanner scanner = new FlowScanner(text);
    for (Entry entry = scanner.next(); entry != null; entry = scanner.next()) {
      String name = entry.key().text();
      if (name.equals("actions") || name.equals("action")) {
        if (entry.delimiter() != '=') {
          throw entry.key().mistake("actions are written as actions=…");
        }
        scanner.back(entry);
        Match matched = match.finish();
        List<Action> actions =
            new ActionParser(ports, table, matched).parse(new FlowScanner(scanner.rest()));
        return new Flow(table, priority, cookie, idleTimeout, hardTimeout, matched, actions);
      }
      take(entry);
    }
    throw text.from(text.text().length()).mistake("a flow needs actions=…, if only actions=drop");
  }

  private void take(Entry entry) throws FlowSyntaxException {
    String name = entry.key().text();
    if (PASSED_OVER.contains(name) || match.take(entry)) {
      return;
    }
    if (Unsupported.setting(name)) {
      throw entry.key().mistake("the switch has no " + name);
    }
    switch (name) {
      case "table" -> table = number(entry, Flow.LAST_TABLE);
      case "priority" -> priority = number(entry, U16);
      case "idle_timeout" -> idleTimeout = number(entry, U16);
      case "hard_timeout" -> hardTimeout = number(entry, U16);
      case "cookie" -> {
        refuseSecond(entry);
        if (entry.value().text().indexOf('/') >= 0) {
          throw entry.value().mistake("the cookie of a flow has no mask");
        }
        cookie = ValueText.number(entry.value(), -1L, "cookie");
      }
      default ->
          throw entry
              .key()
              .mistake("a field, table, priority, cookie or timeout is expected, not " + name);
    }
  }

  private int number(Entry entry, int most) throws FlowSyntaxException {
    refuseSecond(entry);
    return (int) ValueText.number(entry.value(), most, entry.key().text());
  }

  private void refuseSecond(Entry entry) throws FlowSyntaxException {
    if (said.contains(entry.key().text())) {
      throw entry.key().mistake(entry.key().text() + " has been said before");
    }
    said.add(entry.key().text());
  }

  /** What is not the usual is printed; {@link #parse} makes an equal flow of it. */
  public static String print(Flow flow, PortNames ports) {
    StringBuilder text = new StringBuilder();
    add(text, flow.table() != 0, "table=" + flow.table());
    add(text, flow.cookie() != 0, "cookie=0x" + Long.toHexString(flow.cookie()));
    add(text, flow.idleTimeoutSeconds() != 0, "idle_timeout=" + flow.idleTimeoutSeconds());
    add(text, flow.hardTimeoutSeconds() != 0, "hard_timeout=" + flow.hardTimeoutSeconds());
    add(text, flow.priority() != Flow.DEFAULT_PRIORITY, "priority=" + flow.priority());
    String match = printMatch(flow, ports);
    add(text, !match.isEmpty(), match);
    text.append(text.length() == 0 ? "" : " ").append("actions=");
    return text.append(printActions(flow, ports)).toString();
  }

  /** The match alone; empty: every packet. */
  public static String printMatch(Flow flow, PortNames ports) {
    return MatchPrinter.print(flow.match(), ports);
  }

  /** The actions alone; {@code drop} if there are none. */
  public static String printActions(Flow flow, PortNames ports) {
    return ActionPrinter.print(flow.actions(), ports);
  }

  /** Priority, cookie and match: what tells a flow from others of its table. */
  public static String printRule(Flow flow, PortNames ports) {
    StringBuilder text = new StringBuilder("priority=" + flow.priority());
    add(text, flow.cookie() != 0, "cookie=0x" + Long.toHexString(flow.cookie()));
    String match = printMatch(flow, ports);
    add(text, !match.isEmpty(), match);
    return text.toString();
  }

  /** One action. */
  public static String printAction(Action action, PortNames ports) {
    return ActionPrinter.print(action, ports);
  }

  private static void add(StringBuilder text, boolean isSaid, String part) {
    if (isSaid) {
      text.append(text.length() == 0 ? "" : ",").append(part);
    }
  }
}
