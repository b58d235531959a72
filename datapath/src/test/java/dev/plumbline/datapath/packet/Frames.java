// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Builds frames from the inside out, each call one header in front of what it is given. Lengths and
 * checksums are right. It shares no code with what is tested.
 */
public final class Frames {
  public static final byte[] NOTHING = {};

  private Frames() {}

  public static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("[\\s:|]", ""));
  }

  public static byte[] join(byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }

  /** Tags from the outermost: TPID × 2^16 + TCI. */
  public static byte[] ethernet(
      byte[] destination, byte[] source, int[] tags, int type, byte[] payload) {
    ByteBuffer header = ByteBuffer.allocate(14 + 4 * tags.length);
    header.put(destination).put(source);
    for (int tag : tags) {
      header.putInt(tag);
    }
    header.putShort((short) type);
    return join(header.array(), payload);
  }

  static byte[] snap(int type, byte[] payload) {
    ByteBuffer header = ByteBuffer.allocate(8);
    header.putInt(0xaaaa0300).putShort((short) 0).putShort((short) type);
    return join(header.array(), payload);
  }

  /** Options are {@code optionWords} × 4 bytes of "no operation". */
  public static byte[] ipv4(
      byte[] source,
      byte[] destination,
      int proto,
      int tos,
      int ttl,
      int id,
      int flagsAndOffset,
      int optionWords,
      byte[] payload) {
    byte[] header = new byte[20 + 4 * optionWords];
    Arrays.fill(header, 20, header.length, (byte) 1);
    ByteBuffer.wrap(header)
        .put((byte) (0x40 | (5 + optionWords)))
        .put((byte) tos)
        .putShort((short) (header.length + payload.length))
        .putShort((short) id)
        .putShort((short) flagsAndOffset)
        .put((byte) ttl)
        .put((byte) proto)
        .putShort((short) 0)
        .put(source)
        .put(destination);
    put16(header, 10, ~sum(header));
    return join(header, payload);
  }

  public static byte[] ipv6(
      byte[] source,
      byte[] destination,
      int next,
      int trafficClass,
      int hopLimit,
      int label,
      byte[] payload) {
    ByteBuffer header = ByteBuffer.allocate(40);
    header
        .putInt((6 << 28) | (trafficClass << 20) | label)
        .putShort((short) payload.length)
        .put((byte) next)
        .put((byte) hopLimit)
        .put(source)
        .put(destination);
    return join(header.array(), payload);
  }

  /** Hop-by-hop or destination options of (1 + {@code words}) × 8 bytes, all padding. */
  static byte[] options(int next, int words, byte[] payload) {
    byte[] header = new byte[8 * (1 + words)];
    header[0] = (byte) next;
    header[1] = (byte) words;
    int at = 2;
    while (at < header.length) { // PadN of at most 255 bytes of data
      int data = Math.min(header.length - at - 2, 255);
      if (header.length - at - 2 - data == 1) {
        data--;
      }
      header[at] = 1;
      header[at + 1] = (byte) data;
      at += 2 + data;
    }
    return join(header, payload);
  }

  /** A routing header, type 253 (for experiments), no segments left. */
  static byte[] routing(int next, int words, byte[] payload) {
    byte[] header = new byte[8 * (1 + words)];
    header[0] = (byte) next;
    header[1] = (byte) words;
    header[2] = (byte) 253;
    return join(header, payload);
  }

  /** An authentication header with an integrity check value of {@code words} × 4 bytes. */
  static byte[] authentication(int next, int words, byte[] payload) {
    byte[] header = new byte[12 + 4 * words];
    header[0] = (byte) next;
    header[1] = (byte) (words + 1);
    header[7] = 1;
    header[11] = 1;
    return join(header, payload);
  }

  static byte[] fragment(int next, int offset8, boolean more, int id, byte[] payload) {
    ByteBuffer header = ByteBuffer.allocate(8);
    header
        .put((byte) next)
        .put((byte) 0)
        .putShort((short) ((offset8 << 3) | (more ? 1 : 0)))
        .putInt(id);
    return join(header.array(), payload);
  }

  /** Flags: the 12 bits behind the data offset. Options are "no operation". */
  public static byte[] tcp(
      int source, int destination, int sequence, int flags, int optionWords, byte[] payload) {
    byte[] header = new byte[20 + 4 * optionWords];
    Arrays.fill(header, 20, header.length, (byte) 1);
    ByteBuffer.wrap(header)
        .putShort((short) source)
        .putShort((short) destination)
        .putInt(sequence)
        .putInt(0x01020304)
        .putShort((short) (((5 + optionWords) << 12) | flags))
        .putShort((short) 8192);
    return join(header, payload);
  }

  public static byte[] udp(int source, int destination, byte[] payload) {
    ByteBuffer header = ByteBuffer.allocate(8);
    header.putShort((short) source).putShort((short) destination);
    header.putShort((short) (8 + payload.length)).putShort((short) 0);
    return join(header.array(), payload);
  }

  public static byte[] icmp(int type, int code, byte[] payload) {
    byte[] message = join(new byte[] {(byte) type, (byte) code, 0, 0, 0, 1, 0, 1}, payload);
    put16(message, 2, ~sum(message));
    return message;
  }

  static byte[] arp(int operation, byte[] sha, byte[] spa, byte[] tha, byte[] tpa) {
    byte[] header = {0, 1, 8, 0, 6, 4, (byte) (operation >> 8), (byte) operation};
    return join(header, sha, spa, tha, tpa);
  }

  /** Puts the right checksum at {@code at} of a TCP, UDP or ICMPv6 message. */
  public static byte[] summed(
      byte[] source, byte[] destination, int proto, int at, byte[] message) {
    byte[] copy = message.clone();
    put16(copy, at, 0);
    int check = ~transportSum(source, destination, proto, copy) & 0xffff;
    put16(copy, at, (check == 0) && (proto == 17) ? 0xffff : check);
    return copy;
  }

  /** The sum of pseudo-header and message: 0xffff if the checksum in it is right. */
  static int transportSum(byte[] source, byte[] destination, int proto, byte[] message) {
    ByteBuffer pseudo = ByteBuffer.allocate(8);
    pseudo.putInt(message.length).putInt(proto);
    return sum(join(source, destination, pseudo.array(), message));
  }

  /** RFC 1071, as plainly as can be. */
  public static int sum(byte[] bytes) {
    long sum = 0;
    for (int i = 0; i < bytes.length; i += 2) {
      int low = i + 1 < bytes.length ? bytes[i + 1] & 0xff : 0;
      sum += ((bytes[i] & 0xff) << 8) | low;
    }
    while (sum > 0xffff) {
      sum = (sum & 0xffff) + (sum >> 16);
    }
    return (int) sum;
  }

  static void put16(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >> 8);
    bytes[at + 1] = (byte) value;
  }
}
