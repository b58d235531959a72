// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.packet.Frames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** Packets of few hosts that speak with each other: answers, errors and nonsense among them. */
final class RandomPackets {
  private static final byte[] MAC_A = {2, 0, 0, 0, 0, 1};
  private static final byte[] MAC_B = {2, 0, 0, 0, 0, 2};
  private static final int[] PORTS = {1000, 80};
  private static final int[] FLAGS = {2, 0x12, 0x10, 0x18, 0x11, 4, 0x14, 1, 0, 0x29, 0x10, 0x10};

  private final Random random;

  /** IP packets, from which answers and errors are made. */
  private final List<byte[]> sent = new ArrayList<>();

  /** Those that left the switch. */
  private final List<byte[]> seen = new ArrayList<>();

  RandomPackets(Random random) {
    this.random = random;
  }

  /** An IPv4 datagram between two hosts. */
  static byte[] udp(int source, int destination) {
    return udp(address(4, 1), source, address(4, 2), destination);
  }

  /** An IPv4 datagram. */
  static byte[] udp(byte[] from, int source, byte[] to, int destination) {
    byte[] udp = Frames.udp(source, destination, new byte[8]);
    return framed(Frames.ipv4(from, to, 17, 0, 64, 1, 0, 0, udp));
  }

  /** A frame left the switch: what comes next may be an answer, or an error about it. */
  void saw(Event left) {
    byte[] frame = HexFormat.of().parseHex(left.begin());
    byte[] packet = Arrays.copyOfRange(frame, 14, frame.length);
    int protocol = packet[packet[0] >> 4 == 4 ? 9 : 6];
    if (protocol == 6 || protocol == 17) {
      seen.add(packet);
      seen.add(packet);
    } else if (protocol == 1 || protocol == 58) {
      sent.add(packet);
      seen.add(packet);
    }
  }

  /** The packet with its ends exchanged, and other flags; or an echo's reply. */
  private byte[] answer(byte[] packet) {
    if (random.nextInt(3) == 0) {
      return error(packet);
    }
    boolean isFour = packet[0] >> 4 == 4;
    byte[] from = Arrays.copyOfRange(packet, isFour ? 12 : 8, isFour ? 16 : 24);
    byte[] to = Arrays.copyOfRange(packet, isFour ? 16 : 24, isFour ? 20 : 40);
    int at = isFour ? 20 : 40;
    int first = (packet[at] & 0xff) << 8 | (packet[at + 1] & 0xff);
    int second = (packet[at + 2] & 0xff) << 8 | (packet[at + 3] & 0xff);
    int protocol = packet[isFour ? 9 : 6];
    return switch (protocol) {
      case 6 -> {
        int flags = FLAGS[random.nextInt(FLAGS.length)];
        yield ip(to, from, 6, 0, Frames.tcp(second, first, 1, flags, 0, new byte[0]));
      }
      case 17 -> ip(to, from, 17, 0, Frames.udp(second, first, new byte[4]));
      default -> {
        byte[] echo = Arrays.copyOfRange(packet, at, packet.length);
        echo[0] = (byte) (isFour ? 0 : 129);
        yield ip(to, from, protocol, 0, echo);
      }
    };
  }

  byte[] next() {
    int version = random.nextInt(3) == 0 ? 6 : 4;
    byte[] from = address(version, 1 + random.nextInt(2));
    byte[] to = address(version, 1 + random.nextInt(2));
    byte[] packet;
    if (!seen.isEmpty() && random.nextInt(3) == 0) {
      return framed(answer(seen.get(random.nextInt(seen.size()))));
    }
    if (!sent.isEmpty() && random.nextInt(6) == 0) {
      packet = error(sent.get(random.nextInt(sent.size())));
    } else {
      packet = ip(version, from, to);
      sent.add(packet);
    }
    return framed(packet);
  }

  private static byte[] framed(byte[] packet) {
    int type = packet[0] >> 4 == 4 ? 0x0800 : 0x86dd;
    return Frames.ethernet(MAC_B, MAC_A, new int[0], type, packet);
  }

  private static byte[] address(int version, int host) {
    byte[] address = new byte[version == 4 ? 4 : 16];
    address[0] = (byte) (version == 4 ? 10 : 0xfd);
    address[address.length - 1] = (byte) host;
    return address;
  }

  private int port() {
    return PORTS[random.nextInt(PORTS.length)];
  }

  private byte[] ip(int version, byte[] from, byte[] to) {
    int icmp = version == 4 ? 1 : 58;
    return switch (random.nextInt(10)) {
      case 0 -> ip(from, to, 17, 0, Frames.udp(port(), port(), new byte[4]));
      case 1 -> ip(from, to, 47, 0, new byte[8]);
      case 2, 3 -> ip(from, to, icmp, 0, echo(version, random.nextBoolean()));
      case 4 -> ip(from, to, 6, random.nextInt(3), Frames.tcp(port(), 80, 1, 2, 0, new byte[0]));
      default -> {
        int flags = FLAGS[random.nextInt(FLAGS.length)];
        boolean isForward = random.nextBoolean();
        byte[] tcp = Frames.tcp(isForward ? 1000 : 80, isForward ? 80 : 1000, 1, flags, 0, from);
        byte[] first = address(version, 1);
        byte[] second = address(version, 2);
        yield ip(isForward ? first : second, isForward ? second : first, 6, 0, tcp);
      }
    };
  }

  private byte[] echo(int version, boolean isRequest) {
    byte[] echo = Frames.icmp(version == 4 ? (isRequest ? 8 : 0) : isRequest ? 128 : 129, 0, MAC_A);
    echo[5] = (byte) random.nextInt(2);
    return echo;
  }

  /** An ICMP error about a packet, now and then to somebody else, or cut off. */
  private byte[] error(byte[] about) {
    boolean isFour = about[0] >> 4 == 4;
    byte[] from = Arrays.copyOfRange(about, isFour ? 12 : 8, isFour ? 16 : 24);
    byte[] to = random.nextInt(5) == 0 ? address(isFour ? 4 : 6, 2) : from;
    int most = random.nextBoolean() ? about.length : Math.min(about.length, isFour ? 28 : 48);
    byte[] inner = Arrays.copyOf(about, random.nextInt(8) == 0 ? random.nextInt(most) : most);
    byte[] router = address(isFour ? 4 : 6, 9);
    int type = isFour ? (random.nextInt(8) == 0 ? 5 : 3) : 1;
    return ip(router, to, isFour ? 1 : 58, 0, Frames.icmp(type, 1, inner));
  }

  private static byte[] ip(byte[] from, byte[] to, int protocol, int fragment, byte[] payload) {
    int flags = fragment == 0 ? 0 : fragment == 1 ? 0x2000 : 0x0010;
    return from.length == 4
        ? Frames.ipv4(from, to, protocol, 0, 64, 1, flags, 0, payload)
        : Frames.ipv6(from, to, protocol, 0, 64, 0, payload);
  }
}
