// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static dev.plumbline.datapath.control.TunnelHosts.tunnel;
import static dev.plumbline.datapath.testing.Eventually.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.packet.Frames;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.RequiresKind;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the outer packet gets of the inner one and of the configuration, and what the inner one gets
 * of the outer: frames as they are on the wire between two hosts. Host 2 is a wire and a voice. On
 * a throwaway host; in user-mode Linux too only what is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
@Timeout(300)
class TunnelFieldsTest {
  private static final int KEY = 42;
  private static final int DSCP = 0xb8; // expedited forwarding, as a TOS byte
  private static final int INNER_HOPS = 17;
  private static final int CE = 3;
  private static final int ECT1 = 1;
  private static final int[] NO_TAGS = {};
  private static final int[] TWO_TAGS = {0x81000005, 0x81000006};
  private static final byte[] GUEST = HexFormat.of().parseHex("02000000aa01");
  private static final byte[] ELSEWHERE = HexFormat.of().parseHex("02000000bb02");
  private static final String DROPPED = "met congestion in a tunnel, and cannot be told so";

  /** A kind of tunnel, by its outer IP version and whether it has checksums. */
  enum Kind {
    GRE(TunnelType.GRE, false, false),
    GRE_OVER_IPV6(TunnelType.GRE, true, false),
    GRE_WITH_CHECKSUMS(TunnelType.GRE, false, true),
    GRE_OVER_IPV6_WITH_CHECKSUMS(TunnelType.GRE, true, true),
    VXLAN(TunnelType.VXLAN, false, false),
    VXLAN_OVER_IPV6(TunnelType.VXLAN, true, false),
    GENEVE(TunnelType.GENEVE, false, false),
    GENEVE_OVER_IPV6(TunnelType.GENEVE, true, false);

    private final TunnelType type;
    private final boolean ipv6;
    private final boolean checksum;

    Kind(TunnelType type, boolean ipv6, boolean checksum) {
      this.type = type;
      this.ipv6 = ipv6;
      this.checksum = checksum;
    }

    /** What follows the outer IP header, and the number by which that knows it. */
    int proto() {
      return type == TunnelType.GRE ? 47 : 17;
    }

    TunnelPort port(int ttl, int tos, boolean dontFragment) {
      TunnelPort plain = tunnel(type, KEY, ipv6 ? "2001:db8::2" : "192.0.2.2");
      return new TunnelPort(
          type,
          null,
          plain.remotes(),
          KEY,
          plain.udpPort(),
          ttl,
          tos,
          dontFragment,
          checksum,
          plain.vlan());
    }

    /** A frame as host 2 would send it in the tunnel to host 1. */
    byte[] wrap(int tos, byte[] inner) {
      byte[] from = TunnelHosts.address(ipv6 ? "2001:db8::2" : "192.0.2.2").getAddress();
      byte[] to = TunnelHosts.address(ipv6 ? "2001:db8::1" : "192.0.2.1").getAddress();
      byte[] payload =
          switch (type) {
            case GRE -> gre(inner);
            case VXLAN -> udp(from, to, 4789, Frames.hex("08000000 00002a00"), inner);
            case GENEVE -> udp(from, to, 6081, Frames.hex("00006558 00002a00"), inner);
          };
      byte[] packet =
          ipv6
              ? Frames.ipv6(from, to, proto(), tos, 64, 0, payload)
              : Frames.ipv4(from, to, proto(), tos, 64, 1, 0, 0, payload);
      return Frames.ethernet(mac("h1"), mac("h2"), NO_TAGS, ipv6 ? 0x86dd : 0x0800, packet);
    }

    private byte[] gre(byte[] inner) {
      if (!checksum) {
        return Frames.join(Frames.hex("20006558 0000002a"), inner);
      }
      byte[] packet = Frames.join(Frames.hex("a0006558 00000000 0000002a"), inner);
      ByteBuffer.wrap(packet).putShort(4, (short) ~Frames.sum(packet));
      return packet;
    }

    private byte[] udp(byte[] from, byte[] to, int port, byte[] header, byte[] inner) {
      byte[] message = Frames.udp(50_000, port, Frames.join(header, inner));
      return ipv6 ? Frames.summed(from, to, 17, 6, message) : message;
    }

    private static byte[] mac(String host) {
      String text = Sh.run("ip -n " + host + " -br link show u0 | awk '{print $3}'").strip();
      return HexFormat.ofDelimiter(":").parseHex(text);
    }
  }

  @TempDir Path directory;
  private int count;

  /** A frame that can be found again by its last bytes, in all that it is wrapped in. */
  private static final class Marked {
    private final byte[] mark;
    private final byte[] frame;

    Marked(byte[] mark, byte[] frame) {
      this.mark = mark;
      this.frame = frame;
    }

    boolean isIn(byte[] seen) {
      return Wire.find(seen, mark) > 0;
    }
  }

  private Marked marked(boolean ipv6, int tos, int[] tags) {
    byte[] mark = mark();
    byte[] from = TunnelHosts.address(ipv6 ? "fd00::aa" : "10.0.0.170").getAddress();
    byte[] to = TunnelHosts.address(ipv6 ? "fd00::bb" : "10.0.0.187").getAddress();
    byte[] udp = Frames.summed(from, to, 17, 6, Frames.udp(7, 9, mark));
    byte[] packet =
        ipv6
            ? Frames.ipv6(from, to, 17, tos, INNER_HOPS, 0x12345, udp)
            : Frames.ipv4(from, to, 17, tos, INNER_HOPS, 1, 0, 0, udp);
    return new Marked(
        mark, Frames.ethernet(ELSEWHERE, GUEST, tags, ipv6 ? 0x86dd : 0x0800, packet));
  }

  private Marked noIp() {
    byte[] mark = mark();
    byte[] payload = Frames.join(new byte[46], mark);
    return new Marked(mark, Frames.ethernet(ELSEWHERE, GUEST, NO_TAGS, 0x88b5, payload));
  }

  private byte[] mark() {
    return ByteBuffer.allocate(16).putLong(0x706c756d626c696eL).putLong(count++).array();
  }

  /** Of an outer IP header: TOS, TTL, DF as a word. */
  private static String fields(byte[] frame) {
    boolean ipv6 = frame[12] == (byte) 0x86;
    int tos = ipv6 ? (frame[14] << 4 | (frame[15] & 0xf0) >> 4) & 0xff : frame[15] & 0xff;
    int hops = (ipv6 ? frame[21] : frame[22]) & 0xff;
    String df = ipv6 ? "" : (frame[20] & 0x40) != 0 ? " DF" : " -";
    return String.format("%02x %d%s", tos, hops, df);
  }

  private String sent(Wire guest, Wire underlay, Kind kind, Marked one) throws Exception {
    guest.send(one.frame);
    byte[] outer = underlay.await(kind + " frame " + count, frame -> one.isIn(frame));
    assertEquals(kind.proto(), outer[kind.ipv6 ? 20 : 23]);
    if (!kind.ipv6) {
      assertEquals(0xffff, Frames.sum(Arrays.copyOfRange(outer, 14, 34)), "IPv4 checksum");
    }
    return fields(outer);
  }

  private void outerFields(Kind kind) throws Exception {
    String cut = kind.ipv6 ? "" : " -";
    String whole = kind.ipv6 ? "" : " DF";
    // Linux sends what has met congestion already as ECT(0) (RFC 3168, 9.1.1): the other end has
    // it in the inner header, and makes the same of both.
    int[] ecn = kind.type == TunnelType.GRE ? new int[] {0, 1, 2, 3} : new int[] {0, 1, 2, 2};
    try (TunnelHosts hosts = new TunnelHosts(directory, 2);
        Wire guest = Wire.of("g1", "eth0");
        Wire underlay = Wire.of("uh1")) {
      hosts.open(1, Map.of("t", kind.port(33, 0x28, false)));
      for (int inner = 0; inner < 4; inner++) {
        String expected = String.format("%02x 33%s", 0x28 | ecn[inner], cut);
        for (boolean ipv6 : new boolean[] {false, true}) {
          Marked one = marked(ipv6, DSCP | inner, NO_TAGS);
          assertEquals(expected, sent(guest, underlay, kind, one), inner + " " + ipv6);
        }
      }
      assertEquals("28 33" + cut, sent(guest, underlay, kind, noIp()));
      hosts.at(1).configure(TunnelHosts.config(1, Map.of("t", kind.port(0, -1, true))));
      for (int inner = 0; inner < 4; inner++) {
        String expected = String.format("%02x %d%s", DSCP | ecn[inner], INNER_HOPS, whole);
        for (boolean ipv6 : new boolean[] {false, true}) {
          Marked one = marked(ipv6, DSCP | inner, NO_TAGS);
          assertEquals(expected, sent(guest, underlay, kind, one), inner + " " + ipv6);
        }
      }
      assertEquals("00 64" + whole, sent(guest, underlay, kind, noIp()));
    }
  }

  /** RFC 6040, figure 4; -1: dropped. */
  private static int atTheOtherEnd(int outer, int inner) {
    if (inner == 0) {
      return outer == CE ? -1 : 0;
    }
    return outer == CE || inner == CE ? CE : outer == ECT1 ? ECT1 : inner;
  }

  private void congestion(Kind kind, int[] tags) throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2);
        Wire guest = Wire.of("g1", "eth0");
        Wire underlay = Wire.of("uh1")) {
      hosts.open(1, Map.of("t", kind.port(64, 0, false)));
      for (boolean ipv6 : new boolean[] {false, true}) {
        awaitPassing(kind, guest, underlay, ipv6, tags); // its flow is known soon
        Map<String, Integer> expected = new TreeMap<>();
        Map<String, Marked> frames = new TreeMap<>();
        for (int outer = 0; outer < 4; outer++) {
          for (int inner = 0; inner < 4; inner++) {
            String name = "outer " + outer + " inner " + inner;
            Marked one = marked(ipv6, DSCP | inner, tags);
            underlay.send(kind.wrap(outer, one.frame));
            frames.put(name, one);
            int then = atTheOtherEnd(outer, inner);
            if (then >= 0) {
              expected.put(name, DSCP | then);
            }
          }
        }
        Marked last = marked(ipv6, 0, tags);
        underlay.send(kind.wrap(0, last.frame));
        Map<String, Integer> arrived = new TreeMap<>();
        // One of the first may still go by Java, and be overtaken by those that need not.
        boolean[] wasLast = {false};
        guest.await(
            "every frame",
            frame -> {
              frames.forEach(
                  (name, one) -> {
                    if (one.isIn(frame)) {
                      arrived.put(name, innerTos(frame, one.mark, ipv6));
                    }
                  });
              wasLast[0] |= last.isIn(frame);
              return wasLast[0] && arrived.keySet().containsAll(expected.keySet());
            });
        assertEquals(expected, arrived, kind + (ipv6 ? " inner IPv6" : " inner IPv4"));
      }
      if (kind.type == TunnelType.GRE) {
        eventually(
            "each drop is counted", () -> hosts.at(1).status().drops().equals(Map.of(DROPPED, 2L)));
      }
    }
  }

  private void awaitPassing(Kind kind, Wire guest, Wire underlay, boolean ipv6, int[] tags)
      throws Exception {
    Marked first = marked(ipv6, 0, tags);
    underlay.send(kind.wrap(0, first.frame));
    guest.await("first frame", frame -> first.isIn(frame));
    Thread.sleep(300);
  }

  private static int innerTos(byte[] frame, byte[] mark, boolean ipv6) {
    int ip = Wire.find(frame, mark) - 8 - (ipv6 ? 40 : 20);
    if (ipv6) {
      return (frame[ip] << 4 | (frame[ip + 1] & 0xf0) >> 4) & 0xff;
    }
    assertEquals(0xffff, Frames.sum(Arrays.copyOfRange(frame, ip, ip + 20)), "IPv4 checksum");
    return frame[ip + 1] & 0xff;
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = "GENEVE.*")
  void outerFieldsAreTheInnerPacketsOrTheConfigurations(Kind kind) throws Exception {
    outerFields(kind);
  }

  @KernelTest
  @RequiresKind("geneve")
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "GENEVE.*")
  void outerFieldsOfGeneveToo(Kind kind) throws Exception {
    outerFields(kind);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = "GENEVE.*")
  void congestionOnTheWayIsHandedToTheInnerPacketOrEndsIt(Kind kind) throws Exception {
    congestion(kind, NO_TAGS);
  }

  @KernelTest
  @RequiresKind("geneve")
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "GENEVE.*")
  void congestionInGeneveToo(Kind kind) throws Exception {
    congestion(kind, NO_TAGS);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "GRE.*")
  void congestionIsHandedOnBehindTwoTags(Kind kind) throws Exception {
    congestion(kind, TWO_TAGS);
  }
}
