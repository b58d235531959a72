// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.packet.Frames;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Linux' own NAT as the judge: the same packets through a router with nftables and through the
 * switch come out the same, byte for byte, there and back.
 */
@ExtendWith(ThrowawayHost.class)
class NatOracleTest {
  private static final int PACKETS = 40;
  private static final byte[] A = {10, 0, 0, 1};
  private static final byte[] B = {(byte) 203, 0, 113, 2};
  private static final byte[] NINE = {(byte) 203, 0, 113, 9};

  @TempDir Path directory;

  @Test
  void whatLeavesIsWhatLeavesLinux() throws Exception {
    compare(SwitchOptions.in(directory));
  }

  @Test
  void soItIsWithoutEbpf() throws Exception {
    compare(SwitchOptions.in(directory).withoutEbpf());
  }

  private static byte[] six(int network, int host) {
    byte[] address = new byte[16];
    address[0] = (byte) 0xfd;
    address[1] = (byte) network;
    address[15] = (byte) host;
    return address;
  }

  /** A guest that sends and receives what the test says, and nothing of its own. */
  private static void quiet(String name) {
    Sh.run("ip netns add " + name);
    Sh.run(
        "ip netns exec " + name + " sh -c 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6'");
  }

  private static String mac(String namespace, String device) {
    String file = "/sys/class/net/" + device + "/address";
    return Sh.run("ip netns exec " + namespace + " cat " + file).strip();
  }

  /** Between x and y. */
  private static void router() {
    quiet("x");
    quiet("y");
    Sh.run("ip netns add r");
    Sh.run("ip -n r link set lo up");
    Sh.run("ip link add in netns r type veth peer name eth0 netns x");
    Sh.run("ip link add out netns r type veth peer name eth0 netns y");
    Sh.run("ip -n x link set eth0 up; ip -n y link set eth0 up");
    Sh.run("ip -n r link set in up; ip -n r link set out up");
    Sh.run("ip -n r addr add 10.0.0.254/24 dev in; ip -n r addr add 203.0.113.254/24 dev out");
    Sh.run("ip -n r addr add fd01::fe/64 dev in nodad; ip -n r addr add fd02::fe/64 dev out nodad");
    Sh.run("ip netns exec r sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'");
    Sh.run("ip netns exec r sh -c 'echo 1 > /proc/sys/net/ipv6/conf/all/forwarding'");
    for (String inside : List.of("10.0.0.1", "fd01::1")) {
      Sh.run("ip -n r neigh add " + inside + " lladdr " + mac("x", "eth0") + " dev in");
    }
    for (String outside : List.of("203.0.113.2", "fd02::2")) {
      Sh.run("ip -n r neigh add " + outside + " lladdr " + mac("y", "eth0") + " dev out");
    }
    String chain = " { chain post { type nat hook postrouting priority 100; oifname out snat to ";
    Sh.run("ip netns exec r nft 'table ip nat" + chain + "203.0.113.9; }; }'");
    Sh.run("ip netns exec r nft 'table ip6 nat" + chain + "fd02::9; }; }'");
  }

  private static void compare(SwitchOptions options) throws Exception {
    String nft = Sh.run("command -v nft > /dev/null && echo yes || echo no").strip();
    if (!nft.equals("yes")) {
      System.err.println("NatOracleTest: skipped: no nft (Debian's nftables)");
    }
    assumeTrue(nft.equals("yes"), "no nft");
    router();
    Guests.add("a", "192.0.2.1/32");
    Guests.add("b", "192.0.2.2/32");
    Sh.run("ip -n a addr flush dev eth0; ip -n b addr flush dev eth0");
    try (Switch running = Switch.open(options);
        Wire x = Wire.of("x", "eth0");
        Wire y = Wire.of("y", "eth0");
        Wire a = Wire.of("a", "eth0");
        Wire b = Wire.of("b", "eth0")) {
      running.configure(
          Guests.withFlows(
              Guests.bridgeOf("a", PortVlan.access(5), "b", PortVlan.access(5)),
              List.of(
                  "in_port=va,ip actions=ct(commit,nat(src=203.0.113.9)),dec_ttl,output:vb",
                  "in_port=va,ipv6 actions=ct(commit,nat(src=fd02::9)),dec_ttl,output:vb",
                  "in_port=vb,ip actions=ct(nat,table=1)",
                  "in_port=vb,ipv6 actions=ct(nat,table=1)",
                  "table=1,ct_state=+est+rpl+trk actions=dec_ttl,output:va",
                  "table=1,ct_state=+rel+trk actions=dec_ttl,output:va")));
      Random random = new Random(1);
      for (int i = 0; i < PACKETS; i++) {
        boolean isFour = i % 2 == 0;
        byte[] marker = new byte[24];
        random.nextBytes(marker);
        byte[] there = packet(isFour ? A : six(1, 1), isFour ? B : six(2, 2), i, false, marker);
        byte[] back = packet(isFour ? B : six(2, 2), isFour ? NINE : six(2, 9), i, true, marker);
        byte[] judge = through(x, y, mac("r", "in"), there, marker);
        assertArrayEquals(judge, through(a, b, mac("b", "eth0"), there, marker), "packet " + i);
        byte[] error = error(judge, isFour ? router(B) : router(six(2, 2)), i);
        judge = through(y, x, mac("r", "out"), error, error);
        assertArrayEquals(judge, through(b, a, mac("a", "eth0"), error, error), "error " + i);
        judge = through(y, x, mac("r", "out"), back, marker);
        assertArrayEquals(judge, through(b, a, mac("a", "eth0"), back, marker), "answer " + i);
        error = error(judge, isFour ? router(A) : router(six(1, 1)), i);
        judge = through(x, y, mac("r", "in"), error, error);
        assertArrayEquals(judge, through(a, b, mac("b", "eth0"), error, error), "its error " + i);
      }
      running.remove();
    }
  }

  /** TCP, UDP with and without a checksum, and echoes; with ports, or an identifier, of its own. */
  private static byte[] packet(byte[] from, byte[] to, int i, boolean isBack, byte[] marker) {
    boolean isFour = from.length == 4;
    int own = 2000 + i;
    int source = isBack ? 80 : own;
    int destination = isBack ? own : 80;
    int kind = (i / 2) % 4;
    int protocol = kind == 0 ? 6 : kind < 3 ? 17 : isFour ? 1 : 58;
    byte[] payload;
    if (kind == 0) {
      byte[] tcp = Frames.tcp(source, destination, 7, isBack ? 0x12 : 2, 0, marker);
      // What it acknowledges Linux looks at: the SYN's number, the SYN itself and its bytes.
      ByteBuffer.wrap(tcp).putInt(8, isBack ? 7 + 1 + marker.length : 0);
      payload = Frames.summed(from, to, 6, 16, tcp);
    } else if (kind < 3) {
      byte[] udp = Frames.udp(source, destination, marker);
      payload = kind == 1 || !isFour ? Frames.summed(from, to, 17, 6, udp) : udp;
    } else {
      byte[] echo = Frames.icmp(isFour ? (isBack ? 0 : 8) : isBack ? 129 : 128, 0, marker);
      payload = isFour ? echo : Frames.summed(from, to, 58, 2, echo);
    }
    return isFour
        ? Frames.ipv4(from, to, protocol, 0, 64, i, 0, 0, payload)
        : Frames.ipv6(from, to, protocol, 0, 64, 0, payload);
  }

  /** Who sends errors about what a host has sent: another one of its network. */
  private static byte[] router(byte[] host) {
    byte[] address = host.clone();
    address[address.length - 1] = 77;
    return address;
  }

  /**
   * An ICMP error about a packet as it came out, to whom it is from: unreachable, too big or too
   * late, with all of the packet or eight bytes behind its IP header.
   */
  private static byte[] error(byte[] about, byte[] from, int i) {
    boolean isFour = about[0] >> 4 == 4;
    byte[] to = Arrays.copyOfRange(about, isFour ? 12 : 8, isFour ? 16 : 24);
    byte[] quoted = i % 3 == 0 ? Arrays.copyOf(about, (isFour ? 20 : 40) + 8) : about;
    int[] types = isFour ? new int[] {3, 3, 11} : new int[] {1, 2, 3};
    int code = isFour && i % 5 % 3 == 1 ? 4 : 0;
    byte[] rest = Frames.join(new byte[] {0, 0, 5, 0}, quoted); // an MTU, where one is told
    byte[] message = Frames.join(new byte[] {(byte) types[i % 5 % 3], (byte) code, 0, 0}, rest);
    if (!isFour) {
      return Frames.ipv6(from, to, 58, 0, 64, 0, Frames.summed(from, to, 58, 2, message));
    }
    int sum = ~Frames.sum(message);
    message[2] = (byte) (sum >> 8);
    message[3] = (byte) sum;
    return Frames.ipv4(from, to, 1, 0, 64, 7, 0, 0, message);
  }

  /**
   * The IP packet that comes out at the other wire.
   *
   * @param marker bytes of it; the packet itself: it is an error, the next one that comes
   */
  private static byte[] through(Wire from, Wire to, String mac, byte[] packet, byte[] marker)
      throws Exception {
    int type = packet[0] >> 4 == 4 ? 0x0800 : 0x86dd;
    byte[] source = {2, 0, 0, 0, 0, 7};
    from.send(Frames.ethernet(Frames.hex(mac), source, new int[0], type, packet));
    int icmp = 14 + (type == 0x0800 ? 20 : 40);
    int error = packet[icmp - 14];
    byte[] frame =
        to.await(
            "the packet",
            each ->
                marker == packet
                    ? each[icmp - (type == 0x0800 ? 11 : 34)] == (type == 0x0800 ? 1 : 58)
                        && each[icmp] == error
                    : Wire.find(each, marker) > 0);
    return Arrays.copyOfRange(frame, 14, frame.length);
  }
}
