// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import java.util.HexFormat;
import java.util.Random;

/** A frame without mistakes, and the key that the parser should find: the builder knows. */
public final class RandomFrame {
  private final Random random;
  private final FlowKey expected = new FlowKey();
  private final byte[] bytes;

  public RandomFrame(long seed) {
    random = new Random(seed);
    bytes = frame();
  }

  public byte[] bytes() {
    return bytes;
  }

  public FlowKey expected() {
    return expected;
  }

  private byte[] frame() {
    byte[] destination = random(6);
    byte[] source = random(6);
    int[] tags = new int[random.nextInt(4)];
    for (int i = 0; i < tags.length; i++) {
      tags[i] = ((random.nextBoolean() ? 0x8100 : 0x88a8) << 16) | random.nextInt(0x10000);
    }
    System.arraycopy(destination, 0, expected.bytes(), FlowField.ETH_DST.offset(), 6);
    System.arraycopy(source, 0, expected.bytes(), FlowField.ETH_SRC.offset(), 6);
    if (tags.length > 0) {
      expected.set(FlowField.VLAN_TPID, tags[0] >>> 16);
      expected.set(FlowField.VLAN_TCI, tags[0] | 0x1000);
    }
    if (tags.length > 1) {
      expected.set(FlowField.INNER_TPID, tags[1] >>> 16);
      expected.set(FlowField.INNER_TCI, tags[1] | 0x1000);
    }
    FlowKey outer = new FlowKey();
    outer.set(expected);
    int kind = random.nextInt(10);
    int type;
    byte[] payload;
    if (kind < 4) {
      type = 0x0800;
      payload = ipv4();
    } else if (kind < 8) {
      type = 0x86dd;
      payload = ipv6();
    } else if (kind < 9) {
      type = random.nextInt(4) == 0 ? 0x8035 : 0x0806;
      payload = arp();
    } else {
      type = 0x88b5; // for experiments
      payload = random(46);
    }
    expected.set(FlowField.ETH_TYPE, type);
    if (tags.length > 2) {
      expected.set(outer);
      expected.set(FlowField.ETH_TYPE, tags[2] >>> 16);
    }
    if (payload.length < 46) {
      payload = Frames.join(payload, new byte[46 - payload.length]);
    }
    if (random.nextInt(8) == 0 && tags.length < 3 && payload.length < 1400) {
      payload = Frames.snap(type, payload);
      type = payload.length;
    }
    return Frames.ethernet(destination, source, tags, type, payload);
  }

  private byte[] arp() {
    byte[] sha = random(6);
    byte[] spa = random(4);
    byte[] tha = random(6);
    byte[] tpa = random(4);
    int operation = 1 + random.nextInt(4);
    expected.set(FlowField.IP_PROTO, operation);
    System.arraycopy(Frames.join(spa, sha), 0, expected.bytes(), FlowField.IP_SRC.offset(), 10);
    System.arraycopy(Frames.join(tpa, tha), 0, expected.bytes(), FlowField.IP_DST.offset(), 10);
    return Frames.arp(operation, sha, spa, tha, tpa);
  }

  private byte[] ipv4() {
    byte[] source = random(4);
    byte[] destination = random(4);
    int tos = random.nextInt(256);
    int ttl = random.nextInt(256);
    addresses(source, destination, tos, ttl);
    int frag = random.nextInt(4) == 0 ? random.nextInt(3) : 0;
    int flagsAndOffset =
        switch (frag) {
          case 0 -> random.nextBoolean() ? 0x4000 : 0;
          case 1 -> 0x2000;
          default -> (random.nextBoolean() ? 0x2000 : 0) | (1 + random.nextInt(0x1000));
        };
    expected.set(FlowField.IP_FRAG, frag == 2 ? 3 : frag);
    int proto = proto(false);
    expected.set(FlowField.IP_PROTO, proto);
    byte[] message = message(proto, frag != 2);
    return Frames.ipv4(
        source,
        destination,
        proto,
        tos,
        ttl,
        random.nextInt(0x10000),
        flagsAndOffset,
        random.nextInt(4) == 0 ? random.nextInt(11) : 0,
        message);
  }

  private byte[] ipv6() {
    byte[] source = random(16);
    byte[] destination = random(16);
    source[0] = 0x20;
    destination[0] = 0x20;
    int trafficClass = random.nextInt(256);
    int hopLimit = random.nextInt(256);
    int label = random.nextInt(0x100000);
    addresses(source, destination, trafficClass, hopLimit);
    expected.set(FlowField.IPV6_LABEL, label);
    int headers = random.nextInt(2) == 0 ? random.nextInt(6) : 0;
    boolean fragmented = random.nextInt(4) == 0;
    boolean later = fragmented && random.nextBoolean();
    int next = proto(true);
    byte[] payload = message(next, !later);
    expected.set(FlowField.IP_PROTO, later ? 44 : next);
    expected.set(FlowField.IP_FRAG, fragmented ? (later ? 3 : 1) : 0);
    int split = fragmented ? random.nextInt(headers + 1) : -1;
    for (int i = 0; i <= headers; i++) {
      if (i == split) {
        int offset = later ? 1 + random.nextInt(0x1fff) : 0;
        boolean more = !later || random.nextBoolean();
        payload = Frames.fragment(next, offset, more, random.nextInt(), payload);
        next = 44;
      }
      if (i == headers) {
        break;
      }
      switch (random.nextInt(3)) {
        case 0 -> {
          payload = Frames.options(next, random.nextInt(4), payload);
          next = 60;
        }
        case 1 -> {
          payload = Frames.routing(next, random.nextInt(4), payload);
          next = 43;
        }
        default -> {
          payload = Frames.authentication(next, 1 + 2 * random.nextInt(3), payload);
          next = 51;
        }
      }
    }
    if (random.nextInt(8) == 0) {
      payload = Frames.options(next, random.nextInt(8), payload);
      next = 0;
    }
    return Frames.ipv6(source, destination, next, trafficClass, hopLimit, label, payload);
  }

  private void addresses(byte[] source, byte[] destination, int tos, int ttl) {
    byte[] key = expected.bytes();
    System.arraycopy(source, 0, key, FlowField.IP_SRC.offset(), source.length);
    System.arraycopy(destination, 0, key, FlowField.IP_DST.offset(), destination.length);
    expected.set(FlowField.IP_TOS, tos);
    expected.set(FlowField.IP_TTL, ttl);
  }

  private int proto(boolean ipv6) {
    int[] protos = {6, 6, 17, 17, 132, ipv6 ? 58 : 1, ipv6 ? 58 : 2, 253};
    return protos[random.nextInt(protos.length)];
  }

  private byte[] message(int proto, boolean visible) {
    int a = random.nextInt(0x10000);
    int b = random.nextInt(0x10000);
    byte[] data = random(random.nextInt(64));
    byte[] message;
    switch (proto) {
      case 6 -> {
        int flags = random.nextInt(0x1000);
        message = Frames.tcp(a, b, random.nextInt(), flags, random.nextInt(11), data);
        if (visible) {
          expected.set(FlowField.TCP_FLAGS, flags);
        }
      }
      case 17 -> message = Frames.udp(a, b, data);
      case 132 ->
          message = Frames.join(new byte[] {(byte) (a >> 8), (byte) a}, b16(b), random(8), data);
      case 1, 2, 58 -> {
        a &= 0xff;
        b &= 0xff;
        message = Frames.icmp(a, b, data);
      }
      default -> {
        return data;
      }
    }
    if (visible) {
      expected.set(FlowField.TP_SRC, a);
      expected.set(FlowField.TP_DST, b);
    }
    return message;
  }

  private static byte[] b16(int value) {
    return new byte[] {(byte) (value >> 8), (byte) value};
  }

  private byte[] random(int length) {
    byte[] data = new byte[length];
    random.nextBytes(data);
    return data;
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
