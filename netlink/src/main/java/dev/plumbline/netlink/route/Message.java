// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.MessageWriter;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the messages of rtnetlink have in common: a fixed header and attributes. Immutable; equality
 * is by all that the message says.
 */
abstract sealed class Message<H extends Message.Header>
    permits Address, FdbEntry, Link, Neighbour, Route, Rule {

  /** The fields of a fixed header. */
  interface Header {
    void write(MessageWriter w);
  }

  /**
   * How the payload of one type of message is laid out.
   *
   * @param name the kernel's name of the header, for errors
   * @param bytes of the header
   * @param header reads it from index 0
   * @param attributes that follow it
   */
  record Layout<H extends Header>(
      String name, int bytes, Function<ByteBuffer, H> header, AttributeSchema attributes) {

    /**
     * Reads a payload.
     *
     * @throws dev.plumbline.netlink.wire.WireException if it is malformed
     */
    <M extends Message<H>> M read(ByteBuffer payload, BiFunction<H, AttributeMap, M> message) {
      H fields = header.apply(Headers.of(payload, bytes, name));
      return message.apply(fields, attributes.read(Headers.after(payload, bytes)));
    }
  }

  final H header;
  final AttributeMap attributes;

  Message(H header, AttributeMap attributes) {
    this.header = header;
    this.attributes = attributes;
  }

  /** All attributes of the message. */
  public final AttributeMap attributes() {
    return attributes;
  }

  /** Writes the payload. */
  final void writeBody(MessageWriter w) {
    header.write(w);
    w.attributes(attributes);
  }

  @Override
  public final boolean equals(@Nullable Object o) {
    return o instanceof Message<?> other
        && getClass() == other.getClass()
        && header.equals(other.header)
        && attributes.equals(other.attributes);
  }

  @Override
  public final int hashCode() {
    return Objects.hash(header, attributes);
  }

  @Override
  public String toString() {
    return getClass().getSimpleName() + "[" + header + " " + attributes + "]";
  }
}
