// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

class WireProperties {
  static final Attribute<Integer> A_U8 = new Attribute<>(1, "A_U8", Codecs.U8);
  static final Attribute<Integer> A_U16 = new Attribute<>(2, "A_U16", Codecs.U16);
  static final Attribute<Long> A_U32 = new Attribute<>(3, "A_U32", Codecs.U32);
  static final Attribute<Long> A_U64 = new Attribute<>(4, "A_U64", Codecs.U64);
  static final Attribute<Integer> A_S8 = new Attribute<>(5, "A_S8", Codecs.S8);
  static final Attribute<Integer> A_S32 = new Attribute<>(6, "A_S32", Codecs.S32);
  static final Attribute<Integer> A_BE16 = new Attribute<>(7, "A_BE16", Codecs.BE16);
  static final Attribute<Long> A_BE32 = new Attribute<>(8, "A_BE32", Codecs.BE32);
  static final Attribute<String> A_STRING = new Attribute<>(9, "A_STRING", Codecs.STRING);
  static final Attribute<Boolean> A_FLAG = new Attribute<>(10, "A_FLAG", Codecs.FLAG);
  static final Attribute<Boolean> A_BOOL8 = new Attribute<>(11, "A_BOOL8", Codecs.BOOL8);
  static final Attribute<byte[]> A_BYTES = new Attribute<>(12, "A_BYTES", Codecs.BYTES);
  static final Attribute<InetAddress> A_IP = new Attribute<>(13, "A_IP", Codecs.IP);
  static final Attribute<LinkLayerAddress> A_LINK =
      new Attribute<>(14, "A_LINK", Codecs.LINK_LAYER);
  static final AttributeSchema INNER = AttributeSchema.of("INNER", A_U32, A_STRING, A_IP);
  static final Attribute<AttributeMap> A_NEST = new Attribute<>(15, "A_NEST", Codecs.nested(INNER));
  static final Attribute<List<String>> A_LIST =
      new Attribute<>(16, "A_LIST", Codecs.list(53, Codecs.STRING));
  static final Attribute<List<Long>> A_ARRAY =
      new Attribute<>(17, "A_ARRAY", Codecs.array(Codecs.U32));
  static final AttributeSchema SCHEMA =
      AttributeSchema.of(
          "A", A_U8, A_U16, A_U32, A_U64, A_S8, A_S32, A_BE16, A_BE32, A_STRING, A_FLAG, A_BOOL8,
          A_BYTES, A_IP, A_LINK, A_NEST, A_LIST, A_ARRAY);

  @Property(tries = 5_000)
  void anyBytesAreAMapOrAWireException(@ForAll @Size(max = 200) byte[] bytes) {
    readAll(bytes);
  }

  @Property(tries = 5_000)
  void anyBytesInWellFormedHeadersAreAMapOrAWireException(
      @ForAll("almostAttributes") byte[] bytes) {
    readAll(bytes);
  }

  @Property(tries = 2_000)
  void aDamagedMapIsAMapOrAWireException(
      @ForAll("maps") AttributeMap map, @ForAll int at, @ForAll byte damage) {
    byte[] bytes = written(map);
    if (bytes.length > 0) {
      bytes[Math.floorMod(at, bytes.length)] = damage;
      readAll(bytes);
      readAll(Arrays.copyOf(bytes, Math.floorMod(at, bytes.length)));
    }
  }

  @Property(tries = 2_000)
  void whatIsWrittenIsRead(@ForAll("maps") AttributeMap map) {
    AttributeMap read = SCHEMA.read(buffer(written(map)));
    assertEquals(map, read);
    assertEquals(read, map);
    assertEquals(map.hashCode(), read.hashCode());
    assertEquals(map.toString(), read.toString());
    assertEquals(read, SCHEMA.read(buffer(written(read))));
    assertEquals(ByteBuffer.wrap(written(map)), ByteBuffer.wrap(written(read)));
  }

  @Property(tries = 1_000)
  void withAndWithoutAreInverse(@ForAll("maps") AttributeMap map, @ForAll int value) {
    AttributeMap with = SCHEMA.read(buffer(written(map))).with(A_S32, value);
    assertEquals(value, with.get(A_S32));
    assertEquals(map.without(A_S32), with.without(A_S32));
    assertEquals(with, SCHEMA.read(buffer(written(with))));
  }

  /** Decodes everything that was accepted: it must not fail any more. */
  private static void readAll(byte[] bytes) {
    AttributeMap map;
    try {
      map = SCHEMA.read(buffer(bytes));
    } catch (WireException e) {
      return;
    }
    for (AttributeMap.Entry entry : map) {
      entry.value();
    }
    assertEquals(map, SCHEMA.read(buffer(bytes)));
    assertFalse(map.toString().isEmpty());
    map.unknown();
    written(map);
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  private static byte[] written(AttributeMap map) {
    return new MessageWriter().attributes(map).toByteArray();
  }

  @Provide
  Arbitrary<byte[]> almostAttributes() {
    Arbitrary<Integer> types = Arbitraries.integers().between(0, 20);
    Arbitrary<byte[]> values = Arbitraries.bytes().array(byte[].class).ofMaxSize(24);
    return Combinators.combine(types, values, Arbitraries.of(0, 0, 0, 0x8000, 0x4000))
        .as((type, value, flag) -> new MessageWriter().attribute(type | flag, value).toByteArray())
        .list()
        .ofMaxSize(8)
        .map(
            attributes -> {
              MessageWriter writer = new MessageWriter();
              attributes.forEach(writer::bytes);
              return writer.toByteArray();
            });
  }

  @Provide
  Arbitrary<AttributeMap> maps() {
    Arbitrary<Long> u32 = Arbitraries.longs().between(0, 0xffff_ffffL);
    Arbitrary<Integer> u16 = Arbitraries.integers().between(0, 0xffff);
    Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
    Arbitrary<String> strings = Arbitraries.strings().alpha().ofMaxLength(20);
    Arbitrary<InetAddress> addresses =
        Arbitraries.of(4, 16)
            .flatMap(n -> Arbitraries.bytes().array(byte[].class).ofSize(n))
            .map(WireProperties::address);
    Arbitrary<AttributeMap> nests =
        Combinators.combine(u32, strings, addresses)
            .as((n, s, a) -> AttributeMap.EMPTY.with(A_U32, n).with(A_STRING, s).with(A_IP, a));
    Arbitrary<Part> parts =
        Arbitraries.oneOf(
            part(A_U8, Arbitraries.integers().between(0, 255)),
            part(A_U16, u16),
            part(A_U32, u32),
            part(A_U64, Arbitraries.longs()),
            part(A_S8, Arbitraries.integers().between(-128, 127)),
            part(A_S32, Arbitraries.integers()),
            part(A_BE16, u16),
            part(A_BE32, u32),
            part(A_STRING, strings),
            part(A_FLAG, Arbitraries.just(true)),
            part(A_BOOL8, Arbitraries.of(true, false)),
            part(A_BYTES, bytes),
            part(A_IP, addresses),
            part(A_LINK, bytes.filter(b -> b.length <= 32).map(LinkLayerAddress::new)),
            part(A_NEST, nests),
            part(A_LIST, strings.list().ofMaxSize(4)),
            part(A_ARRAY, u32.list().ofMaxSize(4)),
            bytes.map(b -> builder -> builder.addUnknown(100, b)));
    return parts
        .list()
        .ofMaxSize(10)
        .map(
            list -> {
              AttributeMap.Builder builder = AttributeMap.builder();
              list.forEach(part -> part.addTo(builder));
              return builder.build();
            });
  }

  private interface Part {
    void addTo(AttributeMap.Builder builder);
  }

  private static <T> Arbitrary<Part> part(Attribute<T> attribute, Arbitrary<T> values) {
    return values.map(value -> builder -> builder.set(attribute, value));
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return bytes.length == 4
          ? InetAddress.getByAddress(bytes)
          : java.net.Inet6Address.getByAddress(null, bytes, -1);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
