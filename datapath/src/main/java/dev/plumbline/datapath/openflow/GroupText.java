// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import dev.plumbline.datapath.openflow.Action.GotoTable;
import dev.plumbline.datapath.openflow.Action.Meter;
import dev.plumbline.datapath.openflow.Action.OutputField;
import dev.plumbline.datapath.openflow.Action.PushVlan;
import dev.plumbline.datapath.openflow.Action.Simple;
import dev.plumbline.datapath.openflow.Action.WriteMetadata;
import dev.plumbline.datapath.openflow.FlowGroup.Bucket;
import dev.plumbline.datapath.openflow.FlowScanner.Entry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Reads and prints groups in the syntax of ovs-ofctl(8), "Group Syntax": {@code
 * group_id=1,type=select,bucket=weight:2,actions=output:1,bucket=output:2}.
 *
 * <p>Open vSwitch does the last of several outputs of a bucket and forgets the others; here that is
 * a mistake.
 */
public final class GroupText {
  private static final String BUCKET = "bucket=";
  private static final int U16 = 0xffff;

  /** Where the packet goes; behind all that changes it. */
  private static final int SENDS = 4;

  private GroupText() {}

  /**
   * Reads a group.
   *
   * @throws FlowSyntaxException it is none, or needs what the switch does not have
   */
  public static FlowGroup parse(String text, PortNames ports) throws FlowSyntaxException {
    Token whole = new Token(text, 1);
    int first = bucket(text, 0);
    Token head = first < 0 ? whole : whole.part(0, first);
    long id = -1;
    FlowGroup.Type type = null;
    FlowScanner scanner = new FlowScanner(head);
    for (Entry entry = scanner.next(); entry != null; entry = scanner.next()) {
      String name = entry.key().text();
      switch (name) {
        case "group_id" -> id = ValueText.number(entry.value(), FlowGroup.LAST, name);
        case "type" -> type = type(entry.value());
        case "selection_method", "selection_method_param", "fields", "command_bucket_id" ->
            throw entry.key().mistake("the switch has no " + name);
        default -> throw entry.key().mistake("group_id, type or bucket is expected, not " + name);
      }
    }
    if (id < 0) {
      throw head.mistake("a group needs group_id=…");
    }
    if (type == null) {
      throw head.mistake("a group needs type=…");
    }
    List<Bucket> buckets = new ArrayList<>();
    for (int at = first; at >= 0; ) {
      int next = bucket(text, at + BUCKET.length());
      int end = next < 0 ? text.length() : next;
      buckets.add(bucket(whole.part(at + BUCKET.length(), end), type, ports));
      at = next;
    }
    if (type == FlowGroup.Type.INDIRECT && buckets.size() != 1) {
      throw head.mistake("an indirect group has one bucket, not " + buckets.size());
    }
    return new FlowGroup(id, type, buckets);
  }

  /** Where the next bucket begins; -1: there are no more. */
  private static int bucket(String text, int from) {
    int at = text.indexOf(BUCKET, from);
    while (at > 0 && ", \t".indexOf(text.charAt(at - 1)) < 0) {
      at = text.indexOf(BUCKET, at + 1);
    }
    return at;
  }

  private static FlowGroup.Type type(Token value) throws FlowSyntaxException {
    for (FlowGroup.Type type : FlowGroup.Type.values()) {
      if (type.toString().equals(value.text().toLowerCase(Locale.ROOT))) {
        return type;
      }
    }
    throw value.mistake("groups are all, select or indirect here, not " + value.text());
  }

  private static Bucket bucket(Token text, FlowGroup.Type type, PortNames ports)
      throws FlowSyntaxException {
    FlowScanner scanner = new FlowScanner(text);
    ActionParser parser = ActionParser.forBucket(ports);
    int weight = type == FlowGroup.Type.SELECT ? 1 : 0;
    for (Entry entry = scanner.next(); entry != null; entry = scanner.next()) {
      String name = entry.key().text().toLowerCase(Locale.ROOT);
      switch (name) {
        case "weight" -> {
          if (type != FlowGroup.Type.SELECT) {
            throw entry.key().mistake("only buckets of a select group have a weight");
          }
          weight = (int) ValueText.number(entry.value(), U16, name);
        }
        case "bucket_id" -> {
          long unused = ValueText.number(entry.value(), FlowGroup.LAST, name); // of dump-groups
        }
        case "watch_port", "watch_group" -> throw entry.key().mistake("the switch has no " + name);
        case "actions", "action" -> scanner.back(entry);
        default -> {
          parser.take(entry);
          refuse(parser.actions(), entry.key());
        }
      }
    }
    List<Action> actions = new ArrayList<>(parser.actions());
    actions.sort(Comparator.comparingInt(GroupText::rank));
    return new Bucket(weight, actions);
  }

  /** Refuses the last action where Open vSwitch would pass over it or over an earlier one. */
  private static void refuse(List<Action> actions, Token key) throws FlowSyntaxException {
    if (actions.isEmpty()) {
      return; // drop
    }
    Action last = actions.get(actions.size() - 1);
    if (last instanceof GotoTable
        || last instanceof Meter
        || last instanceof WriteMetadata
        || last instanceof OutputField) {
      throw key.mistake(key.text() + " cannot be in a bucket");
    }
    for (Action action : actions.subList(0, actions.size() - 1)) {
      if (rank(action) == rank(last) && rank(last) != SENDS - 1) {
        throw key.mistake(
            rank(last) == SENDS
                ? "a bucket sends to one place: only the last of two would count"
                : key.text() + " is in the bucket twice");
      }
    }
  }

  /** OpenFlow 1.3's order of an action set, 5.10. */
  private static int rank(Action action) {
    if (action == Simple.STRIP_VLAN) {
      return 0;
    }
    if (action instanceof PushVlan) {
      return 1;
    }
    if (action == Simple.DEC_TTL) {
      return 2;
    }
    return action instanceof Simple
            || action instanceof Action.Output
            || action instanceof Action.Resubmit
            || action instanceof Action.Group
        ? SENDS
        : SENDS - 1;
  }

  /** As Open vSwitch's {@code dump-groups} has it. {@link #parse} makes an equal group of it. */
  public static String print(FlowGroup group, PortNames ports) {
    String buckets = printBuckets(group, ports);
    return "group_id="
        + group.id()
        + ",type="
        + group.type()
        + (buckets.isEmpty() ? "" : "," + buckets);
  }

  /** The buckets alone; empty: there are none. */
  public static String printBuckets(FlowGroup group, PortNames ports) {
    StringBuilder text = new StringBuilder();
    int usual = group.type() == FlowGroup.Type.SELECT ? 1 : 0;
    for (Bucket bucket : group.buckets()) {
      text.append(text.length() == 0 ? "" : ",").append(BUCKET);
      text.append(bucket.weight() == usual ? "" : "weight:" + bucket.weight() + ",");
      text.append("actions=").append(ActionPrinter.print(bucket.actions(), ports));
    }
    return text.toString();
  }
}
