// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.flow;

/**
 * A field of {@link FlowKey}: where it lies in the 96 bytes of {@code struct flow_key} in {@code
 * src/main/bpf/flow.h}, which has the picture.
 */
public enum FlowField {
  IN_PORT(0, 2),
  VLAN_TCI(2, 2),
  ETH_DST(4, 6),
  ETH_SRC(10, 6),
  ETH_TYPE(16, 2),
  VLAN_TPID(18, 2),
  INNER_TCI(20, 2),
  INNER_TPID(22, 2),
  IP_PROTO(24, 1),
  IP_FRAG(25, 1),
  IP_TOS(26, 1),
  IP_TTL(27, 1),
  TP_SRC(28, 2),
  TP_DST(30, 2),
  IP_SRC(32, 16),
  IP_DST(48, 16),
  TUN_ID(64, 8),
  TCP_FLAGS(72, 2),
  IPV6_LABEL(76, 4),
  /** A {@link CtAnswer}. */
  CT(80, 8),
  /** One of another zone. */
  CT_2(88, 8);

  private final int offset;
  private final int length;

  FlowField(int offset, int length) {
    this.offset = offset;
    this.length = length;
  }

  public int offset() {
    return offset;
  }

  /** Bytes. */
  public int length() {
    return length;
  }

  /** Whether the layer 2 key, which is a map of its own in the fast path, has it. */
  public boolean isLayer2() {
    return offset + length <= FlowKey.LAYER2_BYTES;
  }
}
