// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.wire.AttributeCodec;
import dev.plumbline.netlink.wire.Codecs;
import dev.plumbline.netlink.wire.LinkLayerAddress;

/**
 * The id of a bridge in STP (struct ifla_bridge_id): what is smaller wins.
 *
 * @param priority 0 to 65535
 * @param address 6 bytes
 */
public record BridgeId(int priority, LinkLayerAddress address) {
  static final AttributeCodec<BridgeId> CODEC =
      Codecs.struct(
          8,
          b -> {
            int priority = (b.get(0) & 0xff) << 8 | (b.get(1) & 0xff);
            byte[] address = new byte[6];
            b.get(2, address);
            return new BridgeId(priority, new LinkLayerAddress(address));
          },
          (b, id) ->
              b.put((byte) (id.priority >> 8)).put((byte) id.priority).put(id.address.bytes()));

  /** Priority in hexadecimal, then the address: {@code 8000.02:00:00:00:00:01}. */
  @Override
  public String toString() {
    return String.format("%04x.%s", priority, address);
  }
}
