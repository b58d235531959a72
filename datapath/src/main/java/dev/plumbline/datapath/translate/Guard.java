// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.classifier.Wildcards;
import dev.plumbline.datapath.flow.CtAnswer;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.MatchField;

/**
 * The filters of ports: in front of all that a bridge decides for what comes in by a port, and
 * behind all of it for what is to go out.
 *
 * <p>{@code established} are answers, not whatever a connection has: its packets the other way are
 * let through by the rule that let the first one through, for as long as there is that rule. A
 * connection's mark says which port began it and which one let it in (0: none did yet, {@link
 * #SEVERAL}), so that an answer is one for the port that began it and for no other.
 */
final class Guard {
  /** Of each bridge: that of its ports' filters. Flows cannot name it. */
  static final int ZONE = 0xffff;

  /** In place of a port: more than one. */
  static final int SEVERAL = 0xffff;

  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;
  private static final int LATER = 2;
  private static final FieldValues NOTHING = new FieldValues();

  private final Way way;
  private final FieldValues fields = new FieldValues();
  private final Wildcards lookup = new Wildcards();

  Guard(Way way) {
    this.way = way;
  }

  /** Whether a packet may come in by the port. */
  boolean letsIn(Bridge bridge, Port port) {
    PortFilters filters = port.filters();
    return filters == null || lets(bridge, port, port, filters, filters.out(), false);
  }

  /**
   * Whether a packet may go out by a port.
   *
   * @param from the port of the bridge that it came in by
   */
  boolean letsOut(Bridge bridge, Port from, Port port) {
    PortFilters filters = port.filters();
    return filters == null || lets(bridge, from, port, filters, filters.in(), true);
  }

  /** isIn: to the machine behind the port. */
  private boolean lets(
      Bridge bridge, Port from, Port port, PortFilters filters, FilterRules rules, boolean isIn) {
    FlowKey packet = way.packet();
    int type = packet.ethType();
    if (KeyFields.isArp(packet) || (rules.any() && !filters.tracks())) {
      return true;
    }
    if (type != IPV4 && type != IPV6) {
      return rules.any() || refuse(port, isIn);
    }
    Rewrite rewrite = way.rewrite();
    FieldValues written = rewrite == null ? NOTHING : rewrite.bits();
    KeyFields.read(packet, fields);
    way.look(MatchField.IP_FRAG, 1, 1, written);
    if ((fields.get(MatchField.IP_FRAG) & LATER) != 0) {
      return true; // of no use without the first one
    }
    lookup.clear();
    boolean isDiscovery = FilterRules.isDiscovery(fields, isIn, lookup);
    String rule = isDiscovery ? null : rules.find(fields, lookup);
    way.look(lookup, written);
    if (isDiscovery) {
      return true;
    }
    boolean passes = rule != null;
    if (filters.tracks()) {
      if (Pipeline.isTupleWritten(written)) {
        way.decision().reason(DropReason.CT_REWRITTEN);
        return false;
      }
      int answer = way.ask((bridge.number() << 16) | ZONE);
      if (answer < 0) {
        return false;
      }
      way.decision().mask().useCt(answer, true);
      long said = way.key().ct(answer);
      int state = CtAnswer.state(said);
      boolean isAnswer = rules.established() && isAnswer(said, port.logical(), isIn);
      rule = rule == null && isAnswer ? "established" : rule;
      passes = (state & CtAnswer.INV) != 0 ? rules.any() : rule != null;
      if (passes && (state & CtAnswer.NEW) != 0) {
        way.decision().commitIfSent(answer, from.logical(), isIn ? port.logical() : 0);
      }
    }
    if (!passes || rule == null) {
      return refuse(port, isIn);
    }
    DecisionListener listener = way.listener();
    if (listener != null) {
      listener.filters(port.number(), isIn, rule);
    }
    return true;
  }

  private static boolean isAnswer(long said, int port, boolean isIn) {
    int state = CtAnswer.state(said);
    int began = CtAnswer.mark(said) >>> 16;
    int accepted = CtAnswer.mark(said) & 0xffff;
    boolean isAccepted = accepted == port || accepted == 0 || accepted == SEVERAL;
    boolean isReply = (state & CtAnswer.RPL) != 0;
    if ((state & CtAnswer.REL) != 0) {
      return isIn ? isReply ? began == port : isAccepted : began == port || isAccepted;
    }
    return (state & CtAnswer.EST) != 0
        && isReply
        && (isIn ? began == port : began != port && isAccepted);
  }

  private boolean refuse(Port port, boolean isIn) {
    DecisionListener listener = way.listener();
    if (listener != null) {
      listener.filters(port.number(), isIn, null);
    }
    way.decision().reason(DropReason.FILTERED);
    return false;
  }
}
