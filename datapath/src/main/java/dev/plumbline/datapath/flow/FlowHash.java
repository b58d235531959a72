// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.flow;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The hash of a flow, for bonds and for the UDP source port of tunnels. {@code src/main/bpf/hash.h}
 * specifies it, byte by byte, and is the same in C.
 *
 * <p>MurmurHash3_x86_32, because its short loop over words is cheap in eBPF, too, and any one bit
 * of the input turns over half of the output's: buckets fill evenly even with MAC addresses that
 * are numbered in a row. It is no defence against somebody who wants all flows in one bucket; he
 * gains no more by it than one member's bandwidth.
 */
public final class FlowHash {
  /** RFC 6335 6: the dynamic ports, of which RFC 7348 4.1 wants a VXLAN packet's source port. */
  private static final int DYNAMIC_PORTS = 49152;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private FlowHash() {}

  /**
   * Of source MAC address and VLAN: balance-slb.
   *
   * @param mac in the low 48 bits
   * @param vlan of the outermost tag that the frame has when it is sent; 0: none. Only its low 12
   *     bits count
   */
  public static int layer2(long mac, int vlan) {
    int hash = word(0, Integer.reverseBytes((int) (mac >> 16)));
    hash = word(hash, Integer.reverseBytes(((int) mac << 16) | (vlan & 0xfff)));
    return finish(hash, 8);
  }

  /** Of MAC addresses, VLAN, IP addresses and ports: balance-tcp. The VLAN as with layer2. */
  public static int layer4(FlowKey key, int vlan) {
    byte[] bytes = key.bytes();
    int hash = 0;
    for (int i = 0; i < 3; i++) {
      hash = word(hash, (int) WORD.get(bytes, FlowField.ETH_DST.offset() + 4 * i));
    }
    for (int i = 0; i < 8; i++) {
      hash = word(hash, (int) WORD.get(bytes, FlowField.IP_SRC.offset() + 4 * i));
    }
    boolean isFragment = bytes[FlowField.IP_FRAG.offset()] != 0;
    hash = word(hash, isFragment ? 0 : (int) WORD.get(bytes, FlowField.TP_SRC.offset()));
    hash = word(hash, Integer.reverseBytes((vlan & 0xfff) << 16));
    return finish(hash, 52);
  }

  /** Of an address in 16 bytes: which one of a range it is translated to. */
  public static int address(byte[] bytes, int at) {
    int hash = 0;
    for (int i = 0; i < 4; i++) {
      hash = word(hash, (int) WORD.get(bytes, at + 4 * i));
    }
    return finish(hash, 16);
  }

  /**
   * The source port of a VXLAN or Geneve packet (RFC 7348 4.1, RFC 8926 3.3), 49,152 to 65,535, so
   * that the underlay spreads flows and keeps each on one way. From bits other than those of a
   * bond's bucket.
   */
  public static int udpSourcePort(int hash) {
    return DYNAMIC_PORTS + (hash >>> 18);
  }

  private static int word(int hash, int word) {
    int mixed = Integer.rotateLeft(word * 0xcc9e2d51, 15) * 0x1b873593;
    return Integer.rotateLeft(hash ^ mixed, 13) * 5 + 0xe6546b64;
  }

  private static int finish(int hash, int bytes) {
    int mixed = hash ^ bytes;
    mixed = (mixed ^ (mixed >>> 16)) * 0x85ebca6b;
    mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
    return mixed ^ (mixed >>> 16);
  }
}
