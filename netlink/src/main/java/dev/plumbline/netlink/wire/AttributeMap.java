// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of one nest: an immutable map from {@link Attribute} keys to values of the key's
 * type, in order, that also keeps attributes nobody knows as bytes.
 *
 * <p>How it works: a map that was read is an index (type, length, offset) into the message's bytes,
 * and scalars are decoded when they are asked for; reading a link with sixty attributes to look at
 * three of them decodes three. Only values whose bytes could be malformed are decoded when the map
 * is read. Built maps hold the values themselves.
 *
 * <p>A type may occur more than once, as some kernel interfaces do instead of a list: {@link #get}
 * gives the last one as the kernel's own parser does, {@link #getAll} all.
 */
public final class AttributeMap implements Iterable<AttributeMap.Entry> {
  private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0).order(ByteOrder.nativeOrder());

  /** No attributes. */
  public static final AttributeMap EMPTY = new Builder(NO_BYTES).build();

  /** One attribute as it is iterated over; {@code attribute} is null if it is not known. */
  public record Entry(@Nullable Attribute<?> attribute, int type, Object value) {}

  private final ByteBuffer bytes;
  private final long[] slots; // see Slot
  private final @Nullable Attribute<?>[] keys;

  // Filled lazily by whichever thread asks first; racing threads store equal immutable values.
  private final @Nullable Object[] values;

  private AttributeMap(
      ByteBuffer bytes, long[] slots, @Nullable Attribute<?>[] keys, @Nullable Object[] values) {
    this.bytes = bytes;
    this.slots = slots;
    this.keys = keys;
    this.values = values;
  }

  /** Number of attributes, known or not. */
  public int size() {
    return slots.length;
  }

  public boolean isEmpty() {
    return slots.length == 0;
  }

  /**
   * The value of the attribute, or null if it is not there. If the map was read with a schema that
   * does not know the attribute, its bytes are decoded with the codec of this key.
   *
   * @throws WireException if the bytes do not fit that codec
   * @throws IllegalArgumentException if the map was built with a value of another attribute that
   *     has the same number
   */
  public <T> @Nullable T get(Attribute<T> attribute) {
    int index = lastIndex(attribute.type());
    return index < 0 ? null : valueAt(index, attribute);
  }

  /** The value of the attribute, or the given one if it is not there. */
  public <T> T get(Attribute<T> attribute, T otherwise) {
    T value = get(attribute);
    return value == null ? otherwise : value;
  }

  /**
   * The value of an attribute that the kernel always sends.
   *
   * @throws WireException if it is not there
   */
  public <T> T require(Attribute<T> attribute) {
    T value = get(attribute);
    if (value == null) {
      throw new WireException(attribute.name() + " is missing", -1);
    }
    return value;
  }

  /** The values of all attributes of that number, in order. */
  public <T> List<T> getAll(Attribute<T> attribute) {
    List<T> all = new ArrayList<>();
    for (int i = 0; i < slots.length; i++) {
      if (Slot.type(slots[i]) == attribute.type()) {
        all.add(valueAt(i, attribute));
      }
    }
    return Collections.unmodifiableList(all);
  }

  /** Whether an attribute of that number is there. */
  public boolean has(Attribute<?> attribute) {
    return lastIndex(attribute.type()) >= 0;
  }

  /** This map with the attribute set to the value, in the place of the one that was there. */
  public <T> AttributeMap with(Attribute<T> attribute, T value) {
    return toBuilder().set(attribute, value).build();
  }

  /** This map without any attribute of that number. */
  public AttributeMap without(Attribute<?> attribute) {
    return has(attribute) ? toBuilder().remove(attribute).build() : this;
  }

  /** The attributes that the schema did not know, as bytes; of equal numbers the last. */
  public Map<Integer, byte[]> unknown() {
    Map<Integer, byte[]> unknown = new LinkedHashMap<>();
    for (int i = 0; i < slots.length; i++) {
      if (keys[i] == null) {
        unknown.put(Slot.type(slots[i]), rawAt(i));
      }
    }
    return Collections.unmodifiableMap(unknown);
  }

  /** The attributes in order; an unknown one's value is its bytes. */
  @Override
  public Iterator<Entry> iterator() {
    return new Iterator<>() {
      private int index;

      @Override
      public boolean hasNext() {
        return index < slots.length;
      }

      @Override
      public Entry next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        Entry entry = new Entry(keys[index], Slot.type(slots[index]), objectAt(index));
        index++;
        return entry;
      }
    };
  }

  public static Builder builder() {
    return new Builder(NO_BYTES);
  }

  /** A builder that starts with the attributes of this map. */
  public Builder toBuilder() {
    Builder builder = new Builder(bytes);
    builder.slots = slots.clone();
    builder.keys = keys.clone();
    builder.values = values.clone();
    builder.size = slots.length;
    return builder;
  }

  void writeTo(MessageWriter writer) {
    for (int i = 0; i < slots.length; i++) {
      Attribute<?> key = keys[i];
      // Nests go through their codec even when their bytes are at hand: the kernel leaves
      // NLA_F_NESTED out of many of its own dumps, but its strict parsers want it in requests.
      if (key != null && (!Slot.hasBytes(slots[i]) || key.codec() instanceof NestCodec)) {
        writeValue(writer, key, objectAt(i));
      } else if (Slot.hasBytes(slots[i])) {
        if (key != null) {
          writer.mark(key);
        }
        writer.attribute(
            Slot.rawType(slots[i]), bytes, Slot.offset(slots[i]), Slot.length(slots[i]));
      } else {
        writer.attribute(Slot.rawType(slots[i]), (byte[]) objectAt(i));
      }
    }
  }

  @SuppressWarnings("unchecked") // a key is only ever stored with a value of its own type
  private static <T> void writeValue(MessageWriter writer, Attribute<T> key, Object value) {
    writer.attribute(key, (T) value);
  }

  private int lastIndex(int type) {
    for (int i = slots.length - 1; i >= 0; i--) {
      if (Slot.type(slots[i]) == type) {
        return i;
      }
    }
    return -1;
  }

  // A key is only ever stored with a value of its own type; the same key is the common case.
  @SuppressWarnings({"unchecked", "ReferenceEquality"})
  private <T> T valueAt(int index, Attribute<T> attribute) {
    Attribute<?> key = keys[index];
    if (key == attribute || attribute.equals(key)) {
      return (T) objectAt(index);
    }
    if (key == null || Slot.hasBytes(slots[index])) {
      return decode(index, attribute);
    }
    throw new IllegalArgumentException(
        "this map has " + key + " as attribute " + key.type() + ", not " + attribute);
  }

  private Object objectAt(int index) {
    Object value = values[index];
    if (value == null) {
      Attribute<?> key = keys[index];
      if (key == null) {
        return rawAt(index);
      }
      value = decode(index, key);
      // An array could be changed by whoever got it, and is not safe to publish by a race.
      if (!(value instanceof byte[])) {
        values[index] = value;
      }
    }
    return value instanceof byte[] array ? array.clone() : value;
  }

  private <T> T decode(int index, Attribute<T> attribute) {
    ByteBuffer payload =
        Slot.hasBytes(slots[index])
            ? bytes.slice(Slot.offset(slots[index]), Slot.length(slots[index]))
            : ByteBuffer.wrap(rawAt(index));
    return AttributeSchema.decode(attribute, payload.order(ByteOrder.nativeOrder()));
  }

  private byte[] rawAt(int index) {
    if (!Slot.hasBytes(slots[index])) {
      return ((byte[]) Objects.requireNonNull(values[index])).clone();
    }
    byte[] raw = new byte[Slot.length(slots[index])];
    bytes.get(Slot.offset(slots[index]), raw);
    return raw;
  }

  /**
   * Whether both have the same attributes with equal values; order matters only among attributes
   * with the same number.
   */
  @Override
  public boolean equals(@Nullable Object o) {
    if (this == o) {
      return true;
    }
    if (!(o instanceof AttributeMap other) || slots.length != other.slots.length) {
      return false;
    }
    boolean[] matched = new boolean[slots.length];
    for (int i = 0; i < slots.length; i++) {
      int j = other.firstUnmatched(Slot.type(slots[i]), matched);
      if (j < 0 || !sameValue(i, other, j)) {
        return false;
      }
      matched[j] = true;
    }
    return true;
  }

  private int firstUnmatched(int type, boolean[] matched) {
    for (int j = 0; j < slots.length; j++) {
      if (!matched[j] && Slot.type(slots[j]) == type) {
        return j;
      }
    }
    return -1;
  }

  private boolean sameValue(int index, AttributeMap other, int otherIndex) {
    Attribute<?> key = keys[index] != null ? keys[index] : other.keys[otherIndex];
    if (key == null) {
      return Arrays.equals(rawAt(index), other.rawAt(otherIndex));
    }
    try {
      return Objects.deepEquals(valueAt(index, key), other.valueAt(otherIndex, key));
    } catch (WireException | IllegalArgumentException e) {
      return false; // unknown bytes, or another attribute's value, that do not fit the key
    }
  }

  /** By the attributes' numbers only: the same value can have several encodings. */
  @Override
  public int hashCode() {
    int hash = slots.length;
    for (long slot : slots) {
      hash += 0x9e3779b9 * (Slot.type(slot) + 1);
    }
    return hash;
  }

  /** Names and values, unknown attributes as number and hexadecimal bytes. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    for (Entry entry : this) {
      text.append(text.length() == 1 ? "" : ", ");
      text.append(entry.attribute() == null ? entry.type() : entry.attribute().name()).append('=');
      Object value = entry.value();
      text.append(
          value instanceof byte[] array
              ? "0x" + HexFormat.of().formatHex(array)
              : value.toString());
    }
    return text.append('}').toString();
  }

  /** Collects attributes for a map. Not thread-safe; usable once. */
  public static final class Builder {
    private final ByteBuffer bytes;
    private long[] slots = new long[8];
    private @Nullable Attribute<?>[] keys = new Attribute<?>[8];
    private @Nullable Object[] values = new Object[8];
    private int size;

    Builder(ByteBuffer bytes) {
      this.bytes = bytes;
    }

    /** Sets the attribute; every one of the same number that was there goes. */
    public <T> Builder set(Attribute<T> attribute, T value) {
      for (int i = 0; i < size; i++) {
        if (Slot.type(slots[i]) == attribute.type()) {
          removeAfter(attribute.type(), i + 1);
          put(i, Slot.withoutBytes(attribute.type()), attribute, value);
          return this;
        }
      }
      return add(attribute, value);
    }

    /** Sets the attribute if the value is not null. */
    public <T> Builder setIfPresent(Attribute<T> attribute, @Nullable T value) {
      return value == null ? this : set(attribute, value);
    }

    /** Appends the attribute, next to others of the same number. */
    public <T> Builder add(Attribute<T> attribute, T value) {
      append(Slot.withoutBytes(attribute.type()), attribute, value);
      return this;
    }

    /** Appends an attribute that has no key. */
    public Builder addUnknown(int type, byte[] payload) {
      append(Slot.withoutBytes(type), null, payload.clone());
      return this;
    }

    /** Removes all attributes of that number. */
    public Builder remove(Attribute<?> attribute) {
      removeAfter(attribute.type(), 0);
      return this;
    }

    public AttributeMap build() {
      return new AttributeMap(
          bytes,
          Arrays.copyOf(slots, size),
          Arrays.copyOf(keys, size),
          Arrays.copyOf(values, size));
    }

    /** Appends the reader's current attribute; the value is given if it has been decoded. */
    void addRead(@Nullable Attribute<?> key, AttributeReader at, @Nullable Object value) {
      // Arrays are decoded anew for each caller, see objectAt.
      Object kept = value instanceof byte[] ? null : value;
      append(Slot.of(at.rawType(), at.length(), at.start()), key, kept);
    }

    private void append(long slot, @Nullable Attribute<?> key, @Nullable Object value) {
      if (size == slots.length) {
        int capacity = Math.max(8, size * 2);
        slots = Arrays.copyOf(slots, capacity);
        keys = Arrays.copyOf(keys, capacity);
        values = Arrays.copyOf(values, capacity);
      }
      put(size++, slot, key, value);
    }

    private void put(int index, long slot, @Nullable Attribute<?> key, @Nullable Object value) {
      slots[index] = slot;
      keys[index] = key;
      values[index] = value instanceof byte[] array ? array.clone() : value;
    }

    private void removeAfter(int type, int start) {
      int kept = start;
      for (int i = start; i < size; i++) {
        if (Slot.type(slots[i]) != type) {
          slots[kept] = slots[i];
          keys[kept] = keys[i];
          values[kept++] = values[i];
        }
      }
      size = kept;
    }
  }

  /** An attribute's place in the bytes: offset (32 bits, -1 for none), length (16), type (16). */
  private static final class Slot {
    static long of(int rawType, int length, int offset) {
      return (long) offset << 32 | (long) length << 16 | rawType;
    }

    static long withoutBytes(int rawType) {
      return of(rawType & 0xffff, 0, -1);
    }

    static boolean hasBytes(long slot) {
      return slot >= 0;
    }

    static int rawType(long slot) {
      return (int) slot & 0xffff;
    }

    static int type(long slot) {
      return (int) slot & NetlinkFormat.NLA_TYPE_MASK;
    }

    static int length(long slot) {
      return (int) (slot >>> 16) & 0xffff;
    }

    static int offset(long slot) {
      return (int) (slot >>> 32);
    }
  }
}
