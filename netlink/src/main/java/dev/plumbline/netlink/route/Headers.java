// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Splits a payload into its fixed header and its attributes. */
final class Headers {
  private Headers() {}

  /** The fixed header from index 0, in the host's byte order. */
  static ByteBuffer of(ByteBuffer payload, int bytes, String name) {
    if (payload.remaining() < bytes) {
      throw new WireException(
          payload.remaining() + " bytes, too few for " + name, payload.position());
    }
    return payload.slice(payload.position(), bytes).order(ByteOrder.nativeOrder());
  }

  /** What follows the header. */
  static ByteBuffer after(ByteBuffer payload, int bytes) {
    ByteBuffer rest = payload.duplicate().order(ByteOrder.nativeOrder());
    rest.position(payload.position() + bytes);
    return rest;
  }
}
