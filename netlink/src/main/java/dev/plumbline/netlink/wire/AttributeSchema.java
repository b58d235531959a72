// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.wire;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of one nest that are known. Reading with it keeps the unknown ones as bytes, so
 * that nothing is lost. Immutable.
 */
public final class AttributeSchema {
  private final String name;
  private final List<Attribute<?>> known;
  private final @Nullable Attribute<?>[] byType;

  private AttributeSchema(String name, List<Attribute<?>> known) {
    this.name = name;
    this.known = known;
    int highest = known.stream().mapToInt(Attribute::type).max().orElse(-1);
    this.byType = new Attribute<?>[highest + 1];
    for (Attribute<?> attribute : known) {
      Attribute<?> before = byType[attribute.type()];
      if (before != null) {
        throw new IllegalArgumentException(
            name + ": " + before + " and " + attribute + " have the same type " + before.type());
      }
      byType[attribute.type()] = attribute;
    }
  }

  /**
   * A schema of the given attributes.
   *
   * @param name the nest's name for messages and {@code toString} ({@code IFLA})
   * @throws IllegalArgumentException if two attributes have the same number
   */
  public static AttributeSchema of(String name, Attribute<?>... known) {
    return new AttributeSchema(name, List.of(known));
  }

  /** The nest's name. */
  public String name() {
    return name;
  }

  /** The attributes given to {@link #of}, in that order. */
  public List<Attribute<?>> known() {
    return known;
  }

  /** The known attribute of that number, or null. */
  public @Nullable Attribute<?> attribute(int type) {
    return type >= 0 && type < byType.length ? byType[type] : null;
  }

  /**
   * Reads all attributes from the buffer's position to its limit. The map refers to the buffer's
   * memory: it must not be written to afterwards.
   *
   * @throws WireException if the bytes are malformed, or a known attribute does not fit its codec
   */
  public AttributeMap read(ByteBuffer payload) {
    return read(AttributeReader.over(payload));
  }

  /** Reads all attributes that the reader has still to give; otherwise as {@link #read}. */
  public AttributeMap read(AttributeReader reader) {
    AttributeMap.Builder builder = new AttributeMap.Builder(reader.buffer());
    while (reader.next()) {
      Attribute<?> attribute = attribute(reader.type());
      Object value = null;
      if (attribute != null && !attribute.codec().readsAny(reader.length())) {
        value = decode(attribute, reader);
      }
      builder.addRead(attribute, reader, value);
    }
    return builder.build();
  }

  private static <T> T decode(Attribute<T> attribute, AttributeReader reader) {
    try {
      return decode(attribute, reader.payload());
    } catch (WireException e) {
      throw e.movedBy(reader.start());
    }
  }

  /** Decodes one value; whatever is wrong with it becomes a WireException that names it. */
  static <T> T decode(Attribute<T> attribute, ByteBuffer payload) {
    int length = payload.remaining();
    try {
      return attribute.codec().read(payload);
    } catch (WireException e) {
      throw e.in(attribute.name());
    } catch (IndexOutOfBoundsException | BufferUnderflowException | IllegalArgumentException e) {
      // A codec that took more bytes for granted, or got a value out of its range.
      throw new WireException("a value of " + length + " bytes does not fit", 0, e)
          .in(attribute.name());
    }
  }

  @Override
  public String toString() {
    return name + known;
  }
}
