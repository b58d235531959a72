// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.datapath.classifier.Wildcards;
import dev.plumbline.datapath.flow.CtAnswer;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.MatchField;
import org.jspecify.annotations.Nullable;

/**
 * The filters of ports: in front of all that a bridge decides for what comes in by a port, and
 * behind all of it for what is to go out.
 *
 * <p>{@code established} are answers, not whatever a connection has: its packets the other way are
 * let through by the rule that let the first one through, for as long as there is that rule. A
 * connection's mark says which port began it and which one let it in by a rule (0: none did yet,
 * {@link #SEVERAL}), so that an answer is one from the port that let it in, for the port that began
 * it, and of no other.
 *
 * <p>Each VLAN of a bridge has a zone for it: connections in two of them are apart, whatever their
 * addresses.
 */
final class Guard {
  /** With a VLAN in the lower bits; flows have those below. */
  static final int ZONES = Flow.LAST_ZONE + 1;

  /** In place of a port: more than one, which are those whose rules say so. */
  static final int SEVERAL = 0xffff;

  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;
  private static final int ICMPV6 = 58;
  private static final int LATER = 2;
  private static final FieldValues NOTHING = new FieldValues();

  private final Way way;
  private final FieldValues fields = new FieldValues();
  private final Wildcards lookup = new Wildcards();
  private final FieldValues turned = new FieldValues();
  private final Wildcards turnedLookup = new Wildcards();

  Guard(Way way) {
    this.way = way;
  }

  /** The VLAN of the bridge that a frame with these tags is in when it comes in by the port. */
  static int vlan(Port port, long tags) {
    boolean isIn = port.vlan().accepts(tags) && !port.vlan().overflows(tags);
    return TagStack.vlan(isIn ? port.vlan().enter(tags) : tags, 0);
  }

  /** Whether a packet may come in by the port. */
  boolean letsIn(Bridge bridge, Port port, long tags) {
    PortFilters filters = port.filters();
    return filters == null || lets(zone(bridge, vlan(port, tags)), port, port, filters, false);
  }

  /**
   * Whether a packet may go out by a port.
   *
   * @param from the port of the bridge that it came in by
   * @param vlan of the bridge
   */
  boolean letsOut(Bridge bridge, Port from, Port port, int vlan) {
    PortFilters filters = port.filters();
    return filters == null || lets(zone(bridge, vlan), from, port, filters, true);
  }

  private static int zone(Bridge bridge, int vlan) {
    return (bridge.number() << 16) | ZONES | vlan;
  }

  /** isIn: to the machine behind the port. */
  private boolean lets(int zone, Port from, Port port, PortFilters filters, boolean isIn) {
    FilterRules rules = filters.rules(isIn);
    FlowKey packet = way.packet();
    int type = packet.ethType();
    if (KeyFields.isArp(packet) || (rules.any() && !filters.tracks())) {
      return true;
    }
    if (type != IPV4 && type != IPV6) {
      return rules.any() || refuse(port, isIn, DropReason.FILTERED);
    }
    Rewrite rewrite = way.rewrite();
    if (rewrite != null && rewrite.nat() >= 0) {
      way.decision().reason(DropReason.CT_REWRITTEN); // nobody here knows to what
      return false;
    }
    FieldValues written = rewrite == null ? NOTHING : rewrite.bits();
    KeyFields.read(packet, fields);
    way.look(MatchField.IP_FRAG, 1, 1, written);
    if ((fields.get(MatchField.IP_FRAG) & LATER) != 0) {
      return isFragmentOfSome(filters, isIn, written) || refuse(port, isIn, DropReason.FILTERED);
    }
    way.look(MatchField.IP_PROTO, 0, MatchField.IP_PROTO.width(), written);
    lookup.clear();
    boolean isDiscovery =
        type == IPV6
            && fields.get(MatchField.IP_PROTO) == ICMPV6
            && FilterRules.isDiscovery(fields, isIn, lookup);
    String rule = isDiscovery ? null : rules.find(fields, lookup);
    way.look(lookup, written);
    if (isDiscovery) {
      return true;
    }
    if (filters.tracks()) {
      if (Pipeline.isTupleWritten(written)) {
        way.decision().reason(DropReason.CT_REWRITTEN);
        return false;
      }
      int answer = way.ask(zone);
      if (answer < 0) {
        return false;
      }
      way.decision().mask().useCt(answer, true);
      long said = way.key().ct(answer);
      if (rule == null && rules.established() && isAnswer(said, port, filters, isIn, written)) {
        rule = FilterRules.ESTABLISHED;
      } else if (rule != null && isForward(said)) {
        int accepted = isIn ? port.logical() : 0;
        way.decision().commitIfSent(answer, CtAnswer.mark(said), from.logical(), accepted);
      } else if (rule != null && isInvalid(said) && !FilterRules.letsUntracked(rule)) {
        return refuse(port, isIn, DropReason.UNTRACKED);
      }
    }
    if (rule == null) {
      return refuse(port, isIn, DropReason.FILTERED);
    }
    told(port, isIn, rule);
    return true;
  }

  private static boolean isInvalid(long said) {
    return (CtAnswer.state(said) & CtAnswer.INV) != 0;
  }

  /** Whether it goes the way of the packet that began its connection. */
  private static boolean isForward(long said) {
    int state = CtAnswer.state(said);
    return (state & (CtAnswer.NEW | CtAnswer.EST)) != 0 && (state & CtAnswer.RPL) == 0;
  }

  private boolean isAnswer(
      long said, Port port, PortFilters filters, boolean isIn, FieldValues written) {
    int state = CtAnswer.state(said);
    int accepted = CtAnswer.mark(said) & 0xffff;
    boolean hasBegun = CtAnswer.mark(said) >>> 16 == port.logical();
    boolean hasAccepted = accepted == port.logical();
    boolean isReply = (state & CtAnswer.RPL) != 0;
    if ((state & CtAnswer.REL) != 0) {
      return isIn ? (isReply ? hasBegun : hasAccepted) : hasBegun || hasAccepted;
    }
    if ((state & CtAnswer.EST) == 0 || !isReply) {
      return false;
    }
    return isIn
        ? hasBegun
        : !hasBegun && (hasAccepted || (accepted == SEVERAL && mayAnswer(filters.in(), written)));
  }

  /** Whether rules let through the packet that this one is an answer to. */
  private boolean mayAnswer(FilterRules rules, FieldValues written) {
    KeyFields.turn(fields, turned);
    lookup.clear();
    boolean may = rules.find(turned, lookup) != null;
    lookTurned(written);
    return may;
  }

  /**
   * Whether a packet to which a later fragment belongs may be let through; its ports are not known.
   */
  private boolean isFragmentOfSome(PortFilters filters, boolean isIn, FieldValues written) {
    FilterRules rules = filters.rules(isIn);
    lookup.clear();
    boolean may = rules.mayFind(fields, lookup);
    way.look(lookup, written);
    if (!may && rules.established()) {
      way.look(MatchField.IP_PROTO, 0, MatchField.IP_PROTO.width(), written);
      KeyFields.turn(fields, turned);
      lookup.clear();
      may = filters.rules(!isIn).mayFind(turned, lookup);
      lookTurned(written);
    }
    return may;
  }

  private void lookTurned(FieldValues written) {
    turnedLookup.clear();
    KeyFields.turn(fields, lookup, turnedLookup);
    way.look(turnedLookup, written);
  }

  private void told(Port port, boolean isIn, @Nullable String rule) {
    DecisionListener listener = way.listener();
    if (listener != null) {
      listener.filters(port.number(), isIn, rule);
    }
  }

  private boolean refuse(Port port, boolean isIn, DropReason reason) {
    told(port, isIn, null);
    way.decision().reason(reason);
    return false;
  }
}
