// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.ActionType;
import dev.plumbline.datapath.flow.ConnectionKey;
import dev.plumbline.datapath.flow.CtAnswer;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.packet.ConnectionTuple;
import dev.plumbline.datapath.packet.ConnectionTuple.Kind;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connection tracking in Java: what {@code src/main/bpf/connection.h} does where there is eBPF,
 * state for state and second for second. Belongs to one thread.
 */
final class ConnectionTracker {
  private static final int PROTO_ICMP = 1;
  private static final int PROTO_TCP = 6;
  private static final int PROTO_UDP = 17;
  private static final int PROTO_ICMPV6 = 58;

  private static final int FIN = 0x01;
  private static final int SYN = 0x02;
  private static final int RST = 0x04;
  private static final int ACK = 0x10;
  private static final int BOTH_FINS = Layout.CONNECTION_FIN | Layout.CONNECTION_FIN_REPLY;

  private static final long SECOND = 1_000_000_000L;

  /** From so many eighths on there is hardly any room. */
  private static final int CROWDED = 7;

  /** {@code struct connection}. */
  static final class Connection {
    long expiresNanos;
    int mark;
    int state;
    int flags;
  }

  private final Map<ConnectionKey, Connection> connections = new HashMap<>();
  private final int room;

  /**
   * An empty one.
   *
   * @param room for so many connections
   */
  ConnectionTracker(int room) {
    this.room = room;
  }

  /** What there is, those that are over among them; for tests. */
  Map<ConnectionKey, Connection> connections() {
    return connections;
  }

  /**
   * What a packet is to a zone, a {@link CtAnswer}; it counts as seen there.
   *
   * @param zone bridge × 2^16 + zone
   */
  long track(ConnectionTuple tuple, int zone, long nowNanos) {
    Kind kind = tuple.kind();
    if (kind == Kind.NONE) {
      return CtAnswer.of(zone, CtAnswer.INV, 0);
    }
    tuple.key().zone(zone);
    Connection found = connections.get(tuple.key());
    if (found == null || isOver(found, tuple, nowNanos)) {
      return CtAnswer.of(zone, kind == Kind.BEGINS ? CtAnswer.NEW : CtAnswer.INV, 0);
    }
    boolean isReply = tuple.isFromHigh() != has(found, Layout.CONNECTION_FROM_HIGH);
    if (kind == Kind.ERROR) { // it goes against the packet that it is about
      return CtAnswer.of(zone, isReply ? CtAnswer.REL : CtAnswer.REL | CtAnswer.RPL, found.mark);
    }
    int protocol = tuple.key().protocol();
    int before = found.state;
    found.flags |= isReply ? Layout.CONNECTION_REPLIED : 0;
    if (protocol == PROTO_TCP && !segment(found, tuple.tcpFlags(), isReply)) {
      return CtAnswer.of(zone, CtAnswer.INV, found.mark);
    }
    // What comes after a RST is no sign of life.
    long stays = nowNanos + timeoutSeconds(found, protocol) * SECOND;
    if (found.state != before
        || (found.state != Layout.CONNECTION_RESET && stays - found.expiresNanos > SECOND / 2)) {
      found.expiresNanos = stays;
    }
    if (isReply) {
      return CtAnswer.of(zone, CtAnswer.EST | CtAnswer.RPL, found.mark);
    }
    boolean isReplied = has(found, Layout.CONNECTION_REPLIED);
    return CtAnswer.of(zone, isReplied ? CtAnswer.EST : CtAnswer.NEW, found.mark);
  }

  /**
   * Does the commits that a list begins with.
   *
   * @param key of the packet: its answers say the zones
   * @return false if there is no room for one of them
   */
  boolean commit(ActionList actions, FlowKey key, ConnectionTuple tuple, long nowNanos) {
    boolean hasRoom = true;
    for (int i = 0; i < FlowKey.CT_ANSWERS && hasRoom; i++) {
      if (i < actions.size() && actions.type(i) == ActionType.COMMIT) {
        hasRoom = commit(actions, i, key, tuple, nowNanos);
      }
    }
    return hasRoom;
  }

  private boolean commit(
      ActionList actions, int index, FlowKey key, ConnectionTuple tuple, long nowNanos) {
    if (tuple.kind() == Kind.NONE) {
      return true;
    }
    boolean setsMark = (actions.flags(index) & ActionList.COMMIT_MARK) != 0;
    tuple.key().zone(CtAnswer.zone(key.ct(actions.flags(index) & 1)));
    Connection there = connections.get(tuple.key());
    if (there != null && !isOver(there, tuple, nowNanos)) {
      there.mark = setsMark ? actions.arg(index) : there.mark;
      return true;
    }
    if (tuple.kind() != Kind.BEGINS) {
      return true;
    }
    if (there == null && connections.size() >= room) {
      return false;
    }
    Connection begun = there == null ? new Connection() : there;
    boolean isTcp = tuple.key().protocol() == PROTO_TCP;
    boolean isSyn = (tuple.tcpFlags() & SYN) != 0;
    begun.mark = setsMark ? actions.arg(index) : 0;
    begun.flags = tuple.isFromHigh() ? Layout.CONNECTION_FROM_HIGH : 0;
    begun.state =
        !isTcp
            ? Layout.CONNECTION_OPEN
            : isSyn ? Layout.CONNECTION_SYN_SENT : Layout.CONNECTION_ESTABLISHED;
    begun.expiresNanos = nowNanos + timeoutSeconds(begun, tuple.key().protocol()) * SECOND;
    if (there == null) {
      connections.put(tuple.key().copy(), begun);
    }
    return true;
  }

  /**
   * Takes out those whose time is over; when there is hardly any room left, also those of which
   * nothing has come back.
   *
   * @return how many are left
   */
  int expire(long nowNanos) {
    boolean isCrowded = connections.size() > room / 8 * CROWDED;
    connections
        .values()
        .removeIf(
            one ->
                one.expiresNanos - nowNanos <= 0
                    || (isCrowded && !has(one, Layout.CONNECTION_REPLIED)));
    return connections.size();
  }

  private static boolean has(Connection connection, int flag) {
    return (connection.flags & flag) != 0;
  }

  /** How long it stays from its last packet on. */
  private static long timeoutSeconds(Connection connection, int protocol) {
    boolean isReplied = has(connection, Layout.CONNECTION_REPLIED);
    return switch (connection.state) {
      case Layout.CONNECTION_SYN_SENT -> 120;
      case Layout.CONNECTION_SYN_RECEIVED -> 60;
      case Layout.CONNECTION_ESTABLISHED -> isReplied ? 432_000 : 300;
      case Layout.CONNECTION_CLOSING, Layout.CONNECTION_CLOSED -> 120;
      case Layout.CONNECTION_RESET -> 10;
      default ->
          switch (protocol) {
            case PROTO_UDP -> isReplied ? 120 : 30;
            case PROTO_ICMP, PROTO_ICMPV6 -> 30;
            default -> 600;
          };
    };
  }

  /** Whether a packet finds a connection that is over: it may begin the next one. */
  private static boolean isOver(@Nullable Connection found, ConnectionTuple tuple, long nowNanos) {
    return found == null
        || found.expiresNanos - nowNanos <= 0
        || (found.state >= Layout.CONNECTION_CLOSED && (tuple.tcpFlags() & (SYN | ACK)) == SYN);
  }

  /** What a TCP segment makes of its connection; false: it cannot be one of it. */
  private static boolean segment(Connection connection, int flags, boolean isReply) {
    if ((flags & RST) != 0) {
      connection.state = Layout.CONNECTION_RESET;
      connection.flags &= ~Layout.CONNECTION_RESET_REPLY;
      connection.flags |= isReply ? Layout.CONNECTION_RESET_REPLY : 0;
      return true;
    }
    if ((flags & SYN) != 0) {
      if (connection.state == Layout.CONNECTION_SYN_SENT) {
        // The answer; or both ends began at once (RFC 9293, 3.5).
        if (isReply) {
          connection.state = Layout.CONNECTION_SYN_RECEIVED;
        } else if ((flags & ACK) != 0) {
          return false;
        }
      }
      return true; // otherwise one that is late: the other end answers it (RFC 5961, 4)
    }
    if (connection.state == Layout.CONNECTION_SYN_RECEIVED) {
      if (!isReply && (flags & ACK) != 0) {
        connection.state = Layout.CONNECTION_ESTABLISHED;
      }
    } else if (connection.state == Layout.CONNECTION_RESET
        && isReply == has(connection, Layout.CONNECTION_RESET_REPLY)) {
      // The end in whose name the RST was sent goes on: it was not its own (RFC 5961, 3).
      connection.state = Layout.CONNECTION_ESTABLISHED;
    }
    if ((flags & FIN) != 0
        && connection.state >= Layout.CONNECTION_SYN_RECEIVED
        && connection.state < Layout.CONNECTION_RESET) {
      connection.flags |= isReply ? Layout.CONNECTION_FIN_REPLY : Layout.CONNECTION_FIN;
      connection.state =
          (connection.flags & BOTH_FINS) == BOTH_FINS
              ? Layout.CONNECTION_CLOSED
              : Layout.CONNECTION_CLOSING;
    }
    return true;
  }
}
