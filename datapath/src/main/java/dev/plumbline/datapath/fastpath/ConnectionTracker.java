// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.ActionType;
import dev.plumbline.datapath.flow.ConnectionKey;
import dev.plumbline.datapath.flow.CtAnswer;
import dev.plumbline.datapath.flow.FlowHash;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.NatRange;
import dev.plumbline.datapath.flow.NatRanges;
import dev.plumbline.datapath.flow.SetField;
import dev.plumbline.datapath.packet.ConnectionTuple;
import dev.plumbline.datapath.packet.ConnectionTuple.Kind;
import dev.plumbline.datapath.packet.InnerPacket;
import java.nio.ByteBuffer;
import java.util.Arrays;
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
    int port;
  }

  /** {@code struct translation}. */
  record Translation(
      ConnectionKey other, boolean fromHigh, boolean otherFromHigh, boolean isOriginal) {}

  private static final int ADDRESS_BYTES = 16;

  private final Map<ConnectionKey, Connection> connections = new HashMap<>();
  private final Map<ConnectionKey, Translation> translations = new HashMap<>();
  private final Map<Integer, Integer> shares = new HashMap<>();
  private final NatRanges ranges;
  private final int room;
  private final byte[] addresses = new byte[2 * ADDRESS_BYTES];
  private final byte[] was = new byte[ADDRESS_BYTES];
  private final ConnectionKey candidate = new ConnectionKey();
  private final InnerPacket inner = new InnerPacket();

  // Of the packet whose connection was found.
  private boolean isReply;
  private boolean isAstray;
  private boolean isOnOtherSide;

  /**
   * An empty one.
   *
   * @param room for so many connections
   * @param ranges that actions name
   */
  ConnectionTracker(int room, NatRanges ranges) {
    this.room = room;
    this.ranges = ranges;
  }

  /** What there is, those that are over among them; for tests. */
  Map<ConnectionKey, Connection> connections() {
    return connections;
  }

  /** By port, the connections that it began; for tests. */
  Map<Integer, Integer> shares() {
    return shares;
  }

  /** By both sides' ends, what is on the other side of nat; for tests. */
  Map<ConnectionKey, Translation> translations() {
    return translations;
  }

  /** What translates the packet that an error is about, of the last {@link #commit}. */
  InnerPacket inner() {
    return inner;
  }

  /** The connection that a packet is of, over or not; null: none. */
  private @Nullable Connection find(ConnectionTuple tuple) {
    boolean isError = tuple.kind() == Kind.ERROR;
    Connection found = connections.get(tuple.key());
    isAstray = false;
    isOnOtherSide = false;
    if (found != null) {
      isReply = tuple.isFromHigh() != has(found, Layout.CONNECTION_FROM_HIGH);
      isAstray = has(found, Layout.CONNECTION_NAT) && isReply != isError;
      return found;
    }
    Translation translation = translations.get(tuple.key());
    if (translation == null || translation.isOriginal()) {
      return null;
    }
    isReply = tuple.isFromHigh() != translation.fromHigh();
    isAstray = isReply == isError;
    isOnOtherSide = true;
    found = connections.get(translation.other());
    return found != null && has(found, Layout.CONNECTION_NAT) ? found : null;
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
    Connection found = find(tuple);
    if (found == null || isOver(found, tuple, nowNanos)) {
      return CtAnswer.of(zone, kind == Kind.BEGINS ? CtAnswer.NEW : CtAnswer.INV, 0);
    }
    if (isAstray) {
      return CtAnswer.of(zone, CtAnswer.INV, 0);
    }
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
   * @param key of the packet: its answers say the zones, and where it came in
   * @param sets takes what translates the packet; of an ICMP error, its own header: the packet that
   *     it is about is translated by {@link #inner}
   * @return 0, or the {@code DROP_*} that says why one cannot be done
   */
  int commit(
      ActionList actions, FlowKey key, ConnectionTuple tuple, long nowNanos, ActionList sets) {
    int refused = 0;
    inner.clear();
    for (int i = 0; i < FlowKey.CT_ANSWERS && refused == 0; i++) {
      if (i < actions.size() && actions.type(i) == ActionType.COMMIT) {
        refused = commit(actions, i, key, tuple, nowNanos, sets);
      }
    }
    return refused;
  }

  private int commit(
      ActionList actions,
      int index,
      FlowKey key,
      ConnectionTuple tuple,
      long nowNanos,
      ActionList sets) {
    if (tuple.kind() == Kind.NONE) {
      return 0;
    }
    int flags = actions.flags(index);
    boolean setsMark = (flags & ActionList.COMMIT_MARK) != 0;
    long asked = key.ct(flags & 1);
    boolean isKnown = (CtAnswer.state(asked) & (CtAnswer.EST | CtAnswer.REL)) != 0;
    // What was decided to be translated must not leave as it came.
    int gone = isKnown && (flags & ActionList.COMMIT_NAT) != 0 ? Layout.DROP_NAT : 0;
    tuple.key().zone(CtAnswer.zone(asked));
    Connection found = find(tuple);
    if (found == null || isOver(found, tuple, nowNanos)) {
      if (gone != 0 || tuple.kind() != Kind.BEGINS || (flags & ActionList.COMMIT_NOTHING) != 0) {
        return gone;
      }
      int mark = setsMark ? actions.arg(index) : 0;
      Connection over = isOnOtherSide ? null : found; // what is over there has other ends
      int refused = begin(tuple, key.inPort(), actions.port(index), mark, over, nowNanos);
      if (refused != 0) {
        return refused;
      }
      isReply = false;
      found = connections.get(tuple.key());
    } else if (isAstray) {
      return gone;
    } else if (setsMark) {
      found.mark = actions.arg(index);
    }
    boolean translates =
        (flags & ActionList.COMMIT_NAT) != 0 && found != null && has(found, Layout.CONNECTION_NAT);
    return translates ? translate(tuple, sets) : 0;
  }

  /** Keeps a connection that a packet begins, in the place of one that is over. */
  private int begin(
      ConnectionTuple tuple,
      int port,
      int range,
      int mark,
      @Nullable Connection over,
      long nowNanos) {
    int ofPort = shares.getOrDefault(port, 0);
    if (over == null && (connections.size() >= room || ofPort >= room - connections.size())) {
      return Layout.DROP_CONNECTIONS;
    }
    forgetTranslation(tuple.key()); // of what is over, perhaps of the other side
    Connection begun = new Connection();
    boolean isTcp = tuple.key().protocol() == PROTO_TCP;
    boolean isSyn = (tuple.tcpFlags() & SYN) != 0;
    begun.mark = mark;
    begun.port = port;
    begun.flags = tuple.isFromHigh() ? Layout.CONNECTION_FROM_HIGH : 0;
    begun.state =
        !isTcp
            ? Layout.CONNECTION_OPEN
            : isSyn ? Layout.CONNECTION_SYN_SENT : Layout.CONNECTION_ESTABLISHED;
    begun.expiresNanos = nowNanos + timeoutSeconds(begun, tuple.key().protocol()) * SECOND;
    ConnectionKey own = tuple.key().copy();
    if (range != 0) {
      int refused = translateConnection(tuple, own, ranges.get(range), begun);
      if (refused != 0) {
        return refused;
      }
    }
    if (over != null) {
      shares.merge(over.port, -1, Integer::sum);
    }
    shares.merge(port, 1, Integer::sum);
    connections.put(own, begun);
    return 0;
  }

  /** Finds the connection that begins ends behind nat that nobody has, and keeps both ways. */
  private int translateConnection(
      ConnectionTuple tuple, ConnectionKey own, NatRange range, Connection begun) {
    boolean isSource = range.isSource();
    boolean fromHigh = tuple.isFromHigh();
    if (range.version() != own.version()) {
      return Layout.DROP_NAT;
    }
    own.address(fromHigh, addresses, 0);
    own.address(!fromHigh, addresses, ADDRESS_BYTES);
    int hash = FlowHash.address(addresses, 0);
    int index = Integer.remainderUnsigned(hash, range.addresses());
    byte[] address = range.address(index);
    int at = isSource ? 0 : ADDRESS_BYTES;
    boolean isOther = !Arrays.equals(address, 0, ADDRESS_BYTES, addresses, at, at + ADDRESS_BYTES);
    System.arraycopy(address, 0, addresses, at, ADDRESS_BYTES);
    int port = own.port(isSource == fromHigh);
    int[] ports = ports(range, own.protocol(), port);
    int size = ports[1] - ports[0] + 1;
    int start =
        port < ports[0] || port > ports[1]
            ? Integer.remainderUnsigned(hash + port, size)
            : port - ports[0];
    if (!isOther && ports[0] + start == port) {
      return 0; // it has these ends already
    }
    if (Arrays.equals(addresses, 0, ADDRESS_BYTES, addresses, ADDRESS_BYTES, 2 * ADDRESS_BYTES)) {
      return Layout.DROP_NAT; // their order would depend on the ports
    }
    System.arraycopy(own.bytes(), 0, candidate.bytes(), 0, ConnectionKey.BYTES);
    boolean otherFromHigh =
        candidate.ends(
            own.version(), own.protocol(), addresses, 0, own.port(fromHigh), own.port(!fromHigh));
    int stride = Math.max(1, size / Layout.NAT_TRIES);
    for (int i = 0; i < Layout.NAT_TRIES && i < size; i++) {
      candidate.port(otherFromHigh == isSource, ports[0] + (start + i * stride) % size);
      if (!connections.containsKey(candidate) && !translations.containsKey(candidate)) {
        ConnectionKey other = candidate.copy();
        translations.put(other, new Translation(own, otherFromHigh, fromHigh, false));
        translations.put(own, new Translation(other, fromHigh, otherFromHigh, true));
        begun.flags |= Layout.CONNECTION_NAT;
        return 0;
      }
    }
    return Layout.DROP_NAT;
  }

  /** The first and the last port that a connection may get behind nat, as in Linux. */
  private static int[] ports(NatRange range, int protocol, int own) {
    boolean isEcho = protocol == PROTO_ICMP || protocol == PROTO_ICMPV6;
    boolean hasPorts = protocol == PROTO_TCP || protocol == PROTO_UDP;
    if (isEcho && range.isSource()) {
      return new int[] {0, 0xffff};
    }
    if (hasPorts && range.firstPort() != 0) {
      return new int[] {range.firstPort(), range.lastPort()};
    }
    if (hasPorts && range.isSource()) {
      return own < 512
          ? new int[] {1, 511}
          : own < 1024 ? new int[] {600, 1023} : new int[] {1024, 0xffff};
    }
    return new int[] {own, own};
  }

  /**
   * Lets go of both sides' ends of a translated connection, by those of either. The other side's
   * may be another connection's by now.
   */
  private void forgetTranslation(ConnectionKey key) {
    Translation there = translations.remove(key);
    if (there == null) {
      return;
    }
    Translation other = translations.get(there.other());
    if (other != null && other.isOriginal() != there.isOriginal() && other.other().equals(key)) {
      translations.remove(there.other());
    }
  }

  /** Says what gives a packet the ends that its connection's have on the other side of nat. */
  private int translate(ConnectionTuple tuple, ActionList sets) {
    Translation translation = translations.get(tuple.key());
    if (translation == null) {
      return Layout.DROP_NAT;
    }
    ConnectionKey other = translation.other();
    boolean fromHigh = isReply != translation.otherFromHigh();
    other.address(fromHigh, addresses, 0);
    other.address(!fromHigh, addresses, ADDRESS_BYTES);
    if (tuple.kind() == Kind.ERROR) {
      translateError(tuple, other, fromHigh, sets);
      return 0;
    }
    ByteBuffer words = ByteBuffer.wrap(addresses);
    for (int word = 0; word < (other.version() == 4 ? 1 : 4); word++) {
      sets.setWord(SetField.IP_SRC, word, words.getInt(4 * word));
      sets.setWord(SetField.IP_DST, word, words.getInt(ADDRESS_BYTES + 4 * word));
    }
    int protocol = other.protocol();
    if (protocol == PROTO_ICMP || protocol == PROTO_ICMPV6) {
      sets.set(SetField.ICMP_ID, other.port(fromHigh == (tuple.kind() == Kind.BEGINS)));
    } else if (protocol == PROTO_TCP || protocol == PROTO_UDP) {
      sets.set(SetField.TP_SRC, other.port(fromHigh));
      sets.set(SetField.TP_DST, other.port(!fromHigh));
    }
    return 0;
  }

  /**
   * An error is for the one whose packet it is about, and comes from the other end if that is the
   * translated one, as in Linux: a router on this side nobody knows on that.
   */
  private void translateError(
      ConnectionTuple tuple, ConnectionKey other, boolean fromHigh, ActionList sets) {
    inner.ends(addresses, other.port(fromHigh), other.port(!fromHigh));
    tuple.key().address(!tuple.isFromHigh(), was, 0);
    boolean hides =
        !Arrays.equals(was, 0, ADDRESS_BYTES, addresses, ADDRESS_BYTES, 2 * ADDRESS_BYTES)
            || tuple.key().port(!tuple.isFromHigh()) != other.port(!fromHigh);
    ByteBuffer words = ByteBuffer.wrap(addresses);
    for (int word = 0; word < (other.version() == 4 ? 1 : 4); word++) {
      sets.setWord(SetField.IP_DST, word, words.getInt(4 * word));
      if (hides) {
        sets.setWord(SetField.IP_SRC, word, words.getInt(ADDRESS_BYTES + 4 * word));
      }
    }
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
        .entrySet()
        .removeIf(
            each -> {
              Connection one = each.getValue();
              boolean goes =
                  one.expiresNanos - nowNanos <= 0
                      || (isCrowded && !has(one, Layout.CONNECTION_REPLIED));
              if (goes) {
                shares.merge(one.port, -1, (a, b) -> a + b == 0 ? null : a + b);
                if (has(one, Layout.CONNECTION_NAT)) {
                  forgetTranslation(each.getKey());
                }
              }
              return goes;
            });
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
