// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.SetField;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * A frame whose headers were changed is the frame that a builder makes with these headers, and with
 * all checksums worked out anew; and one whose sender left the checksum to others is right when
 * that is completed.
 */
class HeaderWriterProperties {
  private static final int ROOM = ActionExecutor.HEADROOM;

  /** What a frame is made of, and the builder. */
  private static final class Packet {
    final byte[] ethDst;
    final byte[] ethSrc;
    final int[] tags;
    final boolean ipv6;
    final int proto;
    final byte[] source;
    final byte[] destination;
    final byte[] data;
    final int optionWords;
    final boolean routed;
    final boolean withoutSum;
    final int id;
    int tos;
    int ttl;
    int label;
    int first;
    int second;

    Packet(Random random) {
      ethDst = bytes(random, 6);
      ethSrc = bytes(random, 6);
      tags = new int[random.nextInt(3)];
      Arrays.setAll(tags, i -> 0x81000000 | random.nextInt(0x1000));
      ipv6 = random.nextBoolean();
      proto = new int[] {6, 17, ipv6 ? 58 : 1}[random.nextInt(3)];
      source = bytes(random, ipv6 ? 16 : 4);
      destination = bytes(random, ipv6 ? 16 : 4);
      data = bytes(random, 40 + random.nextInt(50));
      optionWords = random.nextInt(3);
      routed = ipv6 && random.nextInt(3) == 0;
      withoutSum = proto == 17 && random.nextInt(3) == 0;
      id = random.nextInt(0x10000);
      tos = random.nextInt(0x100);
      ttl = random.nextInt(0x100);
      label = random.nextInt(0x100000);
      first = random.nextInt(limit());
      second = random.nextInt(limit());
    }

    final int limit() {
      return proto == 6 || proto == 17 ? 0x10000 : 0x100;
    }

    /** With a last destination that checksums cover, the address of the header is not covered. */
    byte[] frame() {
      byte[] message = message();
      byte[] covered = routed ? new byte[16] : destination;
      int at = proto == 6 ? 16 : proto == 17 ? 6 : 2;
      if (!withoutSum && proto != 1) {
        message = Frames.summed(source, covered, proto, at, message);
      }
      byte[] packet;
      if (ipv6) {
        byte[] payload = message;
        int next = proto;
        if (routed) {
          payload = Frames.routing(next, 2, payload);
          payload[3] = 1; // segments left: the last address, all 0, is yet to come
          next = 43;
        }
        if (optionWords > 0) {
          payload = Frames.options(next, optionWords, payload);
          next = 60;
        }
        packet = Frames.ipv6(source, destination, next, tos, ttl, label, payload);
      } else {
        packet =
            Frames.ipv4(source, destination, proto, tos, ttl, id, 0x4000, optionWords, message);
      }
      return Frames.ethernet(ethDst, ethSrc, tags, ipv6 ? 0x86dd : 0x0800, packet);
    }

    private byte[] message() {
      return switch (proto) {
        case 6 -> Frames.tcp(first, second, id, 0x10, 1, data);
        case 17 -> Frames.udp(first, second, data);
        default -> Frames.icmp(first, second, data);
      };
    }

    int transportBytes() {
      return message().length;
    }

    private static byte[] bytes(Random random, int length) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      return bytes;
    }
  }

  @Property(tries = 4_000)
  void whatIsChangedIsWhatABuilderMakes(@ForAll long seed) {
    Random random = new Random(seed);
    Packet packet = new Packet(random);
    byte[] before = packet.frame();
    ActionList actions = new ActionList();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      change(packet, actions, random);
    }
    actions.output(1);
    byte[] after = execute(actions, before, new VnetHeader());
    assertEquals(hex(packet.frame()), hex(after), () -> actions + " on " + hex(before));
  }

  @Property(tries = 2_000)
  void aChecksumThatIsLeftToOthersIsRightInTheEnd(@ForAll long seed) {
    Random random = new Random(seed);
    Packet packet = new Packet(random);
    if (packet.withoutSum || packet.proto == 1 || packet.proto == 58) {
      return; // nobody leaves these to others
    }
    byte[] before = packet.frame();
    int start = before.length - packet.transportBytes();
    int at = packet.proto == 6 ? 16 : 6;
    byte[] covered = packet.routed ? new byte[16] : packet.destination;
    ByteBuffer pseudo = ByteBuffer.allocate(8).putInt(packet.transportBytes());
    pseudo.putInt(packet.proto);
    Frames.put16(
        before, start + at, Frames.sum(Frames.join(packet.source, covered, pseudo.array())));
    VnetHeader vnet = new VnetHeader();
    vnet.flags(VnetHeader.NEEDS_CSUM);
    vnet.checksumStart(start);
    vnet.checksumOffset(at);
    ActionList actions = new ActionList();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      change(packet, actions, random);
    }
    actions.output(1);
    assertEquals(hex(packet.frame()), hex(execute(actions, before, vnet)), actions::toString);
  }

  private static void change(Packet packet, ActionList actions, Random random) {
    switch (random.nextInt(9)) {
      case 0 -> {
        long mac = random.nextLong() & 0xffff_ffff_ffffL;
        Wire.mac(ByteBuffer.wrap(packet.ethDst), 0, mac);
        actions.setMac(SetField.ETH_DST, mac);
      }
      case 1 -> {
        long mac = random.nextLong() & 0xffff_ffff_ffffL;
        Wire.mac(ByteBuffer.wrap(packet.ethSrc), 0, mac);
        actions.setMac(SetField.ETH_SRC, mac);
      }
      case 2 -> {
        packet.tos = random.nextInt(0x100);
        actions.set(SetField.IP_TOS, packet.tos);
      }
      case 3 -> {
        packet.ttl = random.nextInt(0x100);
        actions.set(SetField.IP_TTL, packet.ttl);
      }
      case 4 -> {
        packet.label = random.nextInt(0x100000);
        actions.set(SetField.IPV6_LABEL, packet.label);
      }
      case 5 -> address(packet.source, SetField.IP_SRC, actions, random);
      case 6 -> address(packet.destination, SetField.IP_DST, actions, random);
      case 7 -> {
        packet.first = random.nextInt(packet.limit());
        actions.set(SetField.TP_SRC, packet.first);
      }
      default -> {
        packet.second = random.nextInt(packet.limit());
        actions.set(SetField.TP_DST, packet.second);
      }
    }
  }

  private static void address(byte[] address, SetField field, ActionList actions, Random random) {
    int word = random.nextInt(address.length / 4);
    int value = random.nextInt(4) == 0 ? 0 : random.nextInt();
    ByteBuffer.wrap(address).putInt(4 * word, value);
    actions.setWord(field, word, value);
  }

  private static byte[] execute(ActionList actions, byte[] frame, VnetHeader vnet) {
    ByteBuffer buffer = ByteBuffer.allocate(ROOM + frame.length).put(ROOM, frame);
    byte[][] sent = new byte[1][];
    ActionExecutor.Sink sink =
        new ActionExecutor.Sink() {
          @Override
          public void output(int port, ByteBuffer bytes, int offset, int length, VnetHeader left) {
            assertEquals(true, left.completeChecksum(bytes, offset, length));
            sent[0] = new byte[length];
            bytes.get(offset, sent[0]);
          }

          @Override
          public boolean meter(int bridge, long number, int frameBytes, int segments) {
            return true;
          }

          @Override
          public int bondPort(int bond, int hash) {
            throw new AssertionError();
          }

          @Override
          public void upcall(int reason, ByteBuffer b, int offset, int length, VnetHeader left) {
            throw new AssertionError();
          }

          @Override
          public void drop(int reason) {
            throw new AssertionError("dropped for " + reason);
          }
        };
    new ActionExecutor()
        .execute(actions, new FlowKey(), buffer, ROOM, frame.length, 0, 0, vnet, sink);
    return sent[0];
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
