// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Where a port's frames come from and go to, as the kernel has it at this moment. */
public sealed interface PortLink {
  /**
   * A device of the switch's namespace.
   *
   * @param peerElsewhere whether it is a veth whose other half is in another namespace: frames can
   *     be handed to that half directly
   * @param mtu larger frames are dropped; bytes behind the Ethernet header and one tag
   */
  record Device(int ifindex, boolean peerElsewhere, int mtu) implements PortLink {}

  /**
   * An internal port of the switch's namespace: a veth pair.
   *
   * @param ifindex the host's half
   * @param leg the switch's half
   */
  record Host(int ifindex, int leg, int mtu) implements PortLink {}

  /**
   * A remote of a tunnel.
   *
   * @param tunnel {@code struct tunnel} of flow.h
   * @param id {@code struct tunnel_id}: what frames from the remote look like; null: none are taken
   *     now
   * @param mtu as it is in the first, for status
   */
  record Tunnel(ByteBuffer tunnel, @Nullable ByteBuffer id, int mtu) implements PortLink {}
}
