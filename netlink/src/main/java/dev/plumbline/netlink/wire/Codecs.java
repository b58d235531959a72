// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.wire;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The codecs of the kernel's attribute types (include/net/netlink.h). Unsigned 32-bit numbers are
 * {@code Long}, smaller ones {@code Integer}; a value out of its type's range is refused when it is
 * written, not truncated.
 */
public final class Codecs {
  public static final AttributeCodec<Integer> U8 =
      integer(1, 0, 0xff, b -> b.get(0) & 0xff, (b, v) -> b.put((byte) (int) v));
  public static final AttributeCodec<Integer> S8 =
      integer(
          1, Byte.MIN_VALUE, Byte.MAX_VALUE, b -> (int) b.get(0), (b, v) -> b.put((byte) (int) v));
  public static final AttributeCodec<Integer> U16 =
      integer(2, 0, 0xffff, b -> b.getShort(0) & 0xffff, (b, v) -> b.putShort((short) (int) v));
  public static final AttributeCodec<Integer> BE16 =
      integer(
          2,
          0,
          0xffff,
          b -> b.order(ByteOrder.BIG_ENDIAN).getShort(0) & 0xffff,
          (b, v) -> b.order(ByteOrder.BIG_ENDIAN).putShort((short) (int) v));
  public static final AttributeCodec<Integer> S32 =
      number(4, b -> b.getInt(0), (b, v) -> b.putInt(v));
  public static final AttributeCodec<Long> U32 =
      unsigned32(b -> b.getInt(0), (b, v) -> b.putInt(v));
  public static final AttributeCodec<Long> BE32 =
      unsigned32(
          b -> b.order(ByteOrder.BIG_ENDIAN).getInt(0),
          (b, v) -> b.order(ByteOrder.BIG_ENDIAN).putInt(v));

  /** The 64 bits as they are; values above 2^63-1 come out negative. */
  public static final AttributeCodec<Long> U64 =
      number(8, b -> b.getLong(0), (b, v) -> b.putLong(v));

  /** UTF-8; written with a NUL after it, read up to the first NUL or the end. */
  public static final AttributeCodec<String> STRING = new StringCodec();

  /** Present means true; false is not written at all. Zero length. */
  public static final AttributeCodec<Boolean> FLAG = new FlagCodec();

  /** One byte: 0 is false, everything else true. */
  public static final AttributeCodec<Boolean> BOOL8 =
      number(1, b -> b.get(0) != 0, (b, v) -> b.put((byte) (v ? 1 : 0)));

  /** The bytes as they are. */
  public static final AttributeCodec<byte[]> BYTES = new BytesCodec();

  /** 4 bytes in network order. */
  public static final AttributeCodec<InetAddress> IPV4 = new AddressCodec(true, false);

  /**
   * 16 bytes. IPv4-mapped addresses stay {@link Inet6Address}es, which {@link
   * InetAddress#getByAddress(byte[])} would silently turn into IPv4 ones.
   */
  public static final AttributeCodec<InetAddress> IPV6 = new AddressCodec(false, true);

  /** 4 or 16 bytes, as the address has. */
  public static final AttributeCodec<InetAddress> IP = new AddressCodec(true, true);

  /** Up to 32 bytes; the length is the link type's. */
  public static final AttributeCodec<LinkLayerAddress> LINK_LAYER = new LinkLayerCodec();

  private Codecs() {}

  /** A nest. Written with NLA_F_NESTED, read with or without. */
  public static AttributeCodec<AttributeMap> nested(AttributeSchema schema) {
    return new SchemaCodec(schema);
  }

  /**
   * A nest that is a list: attributes of one number, in order (IFLA_PROP_LIST of IFLA_ALT_IFNAME).
   * An element of another number is malformed.
   */
  public static <T> AttributeCodec<List<T>> list(int elementType, AttributeCodec<T> codec) {
    return new ListCodec<>(elementType, codec);
  }

  /** A nest that is an array: the attributes' numbers are 1, 2, 3, … and ignored when read. */
  public static <T> AttributeCodec<List<T>> array(AttributeCodec<T> codec) {
    return new ListCodec<>(-1, codec);
  }

  /**
   * A C structure of a fixed size.
   *
   * @param bytes the size; any other length is malformed
   * @param reader gets exactly that many bytes from position 0, host byte order
   * @param writer fills a zeroed buffer of that size
   */
  public static <T> AttributeCodec<T> struct(
      int bytes, Function<ByteBuffer, T> reader, BiConsumer<ByteBuffer, T> writer) {
    return new StructCodec<>(bytes, false, reader, writer);
  }

  /** A structure whose reader takes any bytes of the size. */
  private static <T> AttributeCodec<T> number(
      int bytes, Function<ByteBuffer, T> reader, BiConsumer<ByteBuffer, T> writer) {
    return new StructCodec<>(bytes, true, reader, writer);
  }

  private static AttributeCodec<Integer> integer(
      int bytes,
      int lowest,
      int highest,
      Function<ByteBuffer, Integer> reader,
      BiConsumer<ByteBuffer, Integer> writer) {
    return number(
        bytes,
        reader,
        (buffer, value) -> {
          if (value < lowest || value > highest) {
            throw new IllegalArgumentException(value + " is outside " + lowest + ".." + highest);
          }
          writer.accept(buffer, value);
        });
  }

  private static AttributeCodec<Long> unsigned32(
      Function<ByteBuffer, Integer> reader, BiConsumer<ByteBuffer, Integer> writer) {
    return number(
        4,
        buffer -> reader.apply(buffer) & 0xffff_ffffL,
        (buffer, value) -> {
          if (value < 0 || value > 0xffff_ffffL) {
            throw new IllegalArgumentException(value + " is outside 0..4294967295");
          }
          writer.accept(buffer, (int) (long) value);
        });
  }

  private static byte[] allOf(ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(payload.position(), bytes);
    return bytes;
  }

  private record StructCodec<T>(
      int bytes, boolean total, Function<ByteBuffer, T> reader, BiConsumer<ByteBuffer, T> writer)
      implements AttributeCodec<T> {
    @Override
    public boolean readsAny(int length) {
      return total && length == bytes;
    }

    @Override
    public T read(ByteBuffer payload) {
      if (payload.remaining() != bytes) {
        throw new WireException(
            "length is " + payload.remaining() + ", expected " + bytes, payload.position());
      }
      return reader.apply(payload);
    }

    @Override
    public void write(MessageWriter messageWriter, int type, T value) {
      ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
      writer.accept(buffer, value);
      messageWriter.attribute(type, buffer.array());
    }
  }

  private static final class StringCodec implements AttributeCodec<String> {
    @Override
    public String read(ByteBuffer payload) {
      byte[] bytes = allOf(payload);
      int length = 0;
      while (length < bytes.length && bytes[length] != 0) {
        length++;
      }
      return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public void write(MessageWriter writer, int type, String value) {
      if (value.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("a string attribute cannot hold a NUL");
      }
      int mark = writer.beginAttribute(type);
      writer.bytes(value.getBytes(StandardCharsets.UTF_8)).u8(0).endNested(mark);
    }

    @Override
    public boolean readsAny(int length) {
      return true;
    }
  }

  private static final class FlagCodec implements AttributeCodec<Boolean> {
    @Override
    public Boolean read(ByteBuffer payload) {
      return true; // the kernel, too, asks only whether it is there
    }

    @Override
    public void write(MessageWriter writer, int type, Boolean value) {
      if (value) {
        writer.endNested(writer.beginAttribute(type));
      }
    }

    @Override
    public boolean readsAny(int length) {
      return true;
    }
  }

  private static final class BytesCodec implements AttributeCodec<byte[]> {
    @Override
    public byte[] read(ByteBuffer payload) {
      return allOf(payload);
    }

    @Override
    public void write(MessageWriter writer, int type, byte[] value) {
      writer.attribute(type, value);
    }

    @Override
    public boolean readsAny(int length) {
      return true;
    }
  }

  private record AddressCodec(boolean v4, boolean v6) implements AttributeCodec<InetAddress> {
    @Override
    public InetAddress read(ByteBuffer payload) {
      if (!readsAny(payload.remaining())) {
        throw new WireException("an address cannot have " + payload.remaining() + " bytes", 0);
      }
      try {
        byte[] bytes = allOf(payload);
        return bytes.length == 4
            ? InetAddress.getByAddress(bytes)
            : Inet6Address.getByAddress(null, bytes, -1);
      } catch (UnknownHostException e) {
        throw new WireException("no address", 0, e);
      }
    }

    @Override
    public void write(MessageWriter writer, int type, InetAddress value) {
      byte[] bytes = value.getAddress();
      if (!readsAny(bytes.length)) {
        throw new IllegalArgumentException(
            value.getHostAddress() + " is no " + (v4 ? "IPv4" : "IPv6") + " address");
      }
      writer.attribute(type, bytes);
    }

    @Override
    public boolean readsAny(int length) {
      return length == 4 ? v4 : v6 && length == 16;
    }
  }

  private static final class LinkLayerCodec implements AttributeCodec<LinkLayerAddress> {
    @Override
    public LinkLayerAddress read(ByteBuffer payload) {
      if (!readsAny(payload.remaining())) {
        throw new WireException("a link address cannot have " + payload.remaining() + " bytes", 0);
      }
      return new LinkLayerAddress(allOf(payload));
    }

    @Override
    public void write(MessageWriter writer, int type, LinkLayerAddress value) {
      writer.attribute(type, value.bytes());
    }

    @Override
    public boolean readsAny(int length) {
      return length <= 32;
    }
  }

  private record SchemaCodec(AttributeSchema schema) implements NestCodec<AttributeMap> {
    @Override
    public AttributeMap read(ByteBuffer payload) {
      return schema.read(payload);
    }

    @Override
    public void write(MessageWriter writer, int type, AttributeMap value) {
      int mark = writer.beginNested(type);
      writer.attributes(value).endNested(mark);
    }
  }

  private record ListCodec<T>(int elementType, AttributeCodec<T> codec)
      implements NestCodec<List<T>> {
    @Override
    public List<T> read(ByteBuffer payload) {
      List<T> elements = new ArrayList<>();
      AttributeReader reader = AttributeReader.over(payload);
      while (reader.next()) {
        if (elementType >= 0 && reader.type() != elementType) {
          throw new WireException(
              "a list of attributes " + elementType + " has one of " + reader.type(),
              reader.start());
        }
        elements.add(codec.read(reader.payload()));
      }
      return List.copyOf(elements);
    }

    @Override
    public void write(MessageWriter writer, int type, List<T> value) {
      int mark = writer.beginNested(type);
      int index = 0;
      for (T element : value) {
        index++;
        codec.write(writer, elementType >= 0 ? elementType : index, element);
      }
      writer.endNested(mark);
    }
  }
}
