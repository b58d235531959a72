// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.wire;

import java.nio.ByteBuffer;

/**
 * Turns an attribute's bytes into a value and back. Immutable, usable from any thread.
 *
 * @param <T> an immutable type with equality by content (byte arrays are compared by content too)
 */
public interface AttributeCodec<T> {
  /**
   * Reads a value.
   *
   * @param payload the attribute's value from position 0 to the limit, in the host's byte order
   * @throws WireException if the bytes are no such value
   */
  T read(ByteBuffer payload);

  /** Appends an attribute of that type with the value. */
  void write(MessageWriter writer, int type, T value);

  /**
   * Whether every payload of this length is readable. Such attributes are decoded when they are
   * asked for; the others at once, so that malformed ones are found when the message is read.
   */
  default boolean readsAny(int length) {
    return false;
  }
}
