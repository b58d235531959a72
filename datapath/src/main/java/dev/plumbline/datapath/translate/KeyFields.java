// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.classifier.Wildcards;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.MatchField;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The fields of a {@link FlowKey} where flows look for them, and back. Only the addresses of ARP
 * lie elsewhere: there the hardware address follows the protocol address at once.
 */
final class KeyFields {
  private static final VarHandle NETWORK_64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int ARP = 0x0806;
  private static final int RARP = 0x8035;

  // RFC 792; RFC 4443.
  private static final int ECHO_REPLY = 0;
  private static final int ECHO = 8;
  private static final int ECHO_REPLY_6 = 129;
  private static final int ECHO_6 = 128;

  // Words of FieldValues.
  private static final int ETHERNET_SOURCE = 11;
  private static final int ETHERNET_DESTINATION = 12;

  private static final int SOURCE = 14;
  private static final int DESTINATION = 16;
  private static final int NETWORK = 18;
  private static final int TRANSPORT = 19;
  private static final long PORTS = 0xffff_ffffL << 32;
  private static final long FLAGS = 0xffffL << 16;
  private static final long LABEL = 0xf_ffffL;
  private static final long HARDWARE = 0xffff_ffff_ffffL;

  private KeyFields() {}

  /**
   * Fills what the key says. The tag, the port and the tunnel's key, which follows from the port,
   * are the caller's, registers and metadata 0.
   */
  static void read(FlowKey key, FieldValues fields) {
    read(key, isArp(key), fields);
  }

  /**
   * The same.
   *
   * @param isArp whether its addresses are ARP's, which a mask does not say of itself
   */
  static void read(FlowKey key, boolean isArp, FieldValues fields) {
    byte[] bytes = key.bytes();
    fields.clear();
    fields.set(MatchField.ETH_SRC, key.ethSrc());
    fields.set(MatchField.ETH_DST, key.ethDst());
    fields.set(MatchField.ETH_TYPE, key.ethType());
    readAddress(bytes, FlowField.IP_SRC.offset(), isArp, fields, SOURCE);
    readAddress(bytes, FlowField.IP_DST.offset(), isArp, fields, DESTINATION);
    long header = word(bytes, FlowField.IP_PROTO.offset());
    fields.word(NETWORK, (header & PORTS) | (key.get(FlowField.IPV6_LABEL) & LABEL));
    fields.word(TRANSPORT, (header << 32) | ((long) key.get(FlowField.TCP_FLAGS) << 16));
  }

  private static void readAddress(
      byte[] bytes, int offset, boolean isArp, FieldValues fields, int word) {
    long first = word(bytes, offset);
    long second = word(bytes, offset + Long.BYTES);
    if (isArp) {
      fields.word(word, first & PORTS);
      fields.word(word + 1, ((first << 16) | (second >>> 48)) & HARDWARE);
    } else {
      fields.word(word, first);
      fields.word(word + 1, second);
    }
  }

  /** The other way: the packet with the headers that the fields say. */
  static void write(FlowKey arrived, FieldValues fields, FlowKey key) {
    byte[] bytes = key.bytes();
    key.set(arrived);
    key.ethSrc(fields.get(MatchField.ETH_SRC));
    key.ethDst(fields.get(MatchField.ETH_DST));
    clear(bytes, FlowField.IP_SRC.offset());
    clear(bytes, FlowField.IP_DST.offset());
    addAddress(bytes, FlowField.IP_SRC.offset(), isArp(key), fields, SOURCE);
    addAddress(bytes, FlowField.IP_DST.offset(), isArp(key), fields, DESTINATION);
    long network = fields.word(NETWORK);
    NETWORK_64.set(
        bytes, FlowField.IP_PROTO.offset(), (network & PORTS) | (fields.word(TRANSPORT) >>> 32));
    key.set(FlowField.IPV6_LABEL, (int) (network & LABEL));
  }

  private static void clear(byte[] bytes, int offset) {
    NETWORK_64.set(bytes, offset, 0L);
    NETWORK_64.set(bytes, offset + Long.BYTES, 0L);
  }

  /** Adds bits of MAC addresses and of layer 3 and up. */
  static void add(FlowKey key, FieldValues looked, FlowMask mask) {
    byte[] bytes = mask.bytes();
    or48(bytes, FlowField.ETH_SRC.offset(), looked.word(ETHERNET_SOURCE) >>> 16);
    or48(bytes, FlowField.ETH_DST.offset(), looked.word(ETHERNET_DESTINATION) >>> 16);
    addAddress(bytes, FlowField.IP_SRC.offset(), isArp(key), looked, SOURCE);
    addAddress(bytes, FlowField.IP_DST.offset(), isArp(key), looked, DESTINATION);
    long network = looked.word(NETWORK);
    long transport = looked.word(TRANSPORT);
    or(bytes, FlowField.IP_PROTO.offset(), (network & PORTS) | (transport >>> 32));
    // flags, two reserved bytes, label
    or(bytes, FlowField.TCP_FLAGS.offset(), ((transport & FLAGS) << 32) | (network & LABEL));
  }

  private static void addAddress(
      byte[] bytes, int offset, boolean isArp, FieldValues looked, int word) {
    long first = looked.word(word);
    long second = looked.word(word + 1);
    if (isArp) {
      or(bytes, offset, (first & PORTS) | ((second & HARDWARE) >>> 16));
      or(bytes, offset + Long.BYTES, second << 48);
    } else {
      or(bytes, offset, first);
      or(bytes, offset + Long.BYTES, second);
    }
  }

  /** The packet that one is an answer to, as far as filters look at it. */
  static void turn(FieldValues packet, FieldValues turned) {
    turned.set(packet);
    for (int i = 0; i < 2; i++) {
      turned.word(SOURCE + i, packet.word(DESTINATION + i));
      turned.word(DESTINATION + i, packet.word(SOURCE + i));
    }
    if (!isIcmp(packet)) {
      turned.word(TRANSPORT, turnPorts(packet.word(TRANSPORT)));
    } else if (packet.get(MatchField.ICMP_TYPE) == ECHO_REPLY) {
      turned.set(MatchField.ICMP_TYPE, ECHO);
    } else if (packet.get(MatchField.ICMP_TYPE) == ECHO_REPLY_6) {
      turned.set(MatchField.ICMP_TYPE, ECHO_6);
    }
  }

  /** What of a packet was looked at, if this was of the one that it is an answer to. */
  static void turn(FieldValues packet, Wildcards looked, Wildcards turned) {
    for (int i = 0; i < FieldValues.WORDS; i++) {
      switch (i) {
        case SOURCE, SOURCE + 1 -> turned.look(i, looked.looked(i - SOURCE + DESTINATION));
        case DESTINATION, DESTINATION + 1 ->
            turned.look(i, looked.looked(i - DESTINATION + SOURCE));
        case TRANSPORT -> {
          long ports = looked.looked(i);
          turned.look(i, isIcmp(packet) ? ports : turnPorts(ports));
        }
        default -> turned.look(i, looked.looked(i));
      }
    }
  }

  /** Either has its own type of Ethernet in front; the numbers of echoes are not the other's. */
  private static boolean isIcmp(FieldValues packet) {
    long protocol = packet.get(MatchField.IP_PROTO);
    return protocol == 1 || protocol == 58;
  }

  private static long turnPorts(long transport) {
    long source = transport >>> 48;
    long destination = (transport >>> 32) & 0xffff;
    return (destination << 48) | (source << 32) | (transport & 0xffff_ffffL);
  }

  static boolean isArp(FlowKey key) {
    return key.ethType() == ARP || key.ethType() == RARP;
  }

  private static long word(byte[] bytes, int offset) {
    return (long) NETWORK_64.get(bytes, offset);
  }

  private static void or48(byte[] bytes, int offset, long bits) {
    for (int i = 0; i < 6; i++) {
      bytes[offset + i] |= (byte) (bits >>> (40 - 8 * i));
    }
  }

  private static void or(byte[] bytes, int offset, long bits) {
    NETWORK_64.set(bytes, offset, word(bytes, offset) | bits);
  }
}
