// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.MessageWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Function;

/**
 * Decodes every value of a message, encodes all of them anew, and wants the same message when it is
 * decoded again.
 */
final class RoundTrip {
  private RoundTrip() {}

  /** Does so for everything that the namespace has. */
  static void all(RouteSocket socket) throws IOException {
    socket.links().forEach(RoundTrip::check);
    socket.addresses().forEach(RoundTrip::check);
    socket.routes().forEach(RoundTrip::check);
    socket.rules().forEach(RoundTrip::check);
    socket.neighbours().forEach(RoundTrip::check);
    socket.fdb().forEach(RoundTrip::check);
  }

  static void check(Link link) {
    check(link, bytes(link::writeBody), 16, link.attributes(), Link::readBody);
  }

  static void check(Address address) {
    check(address, bytes(address::writeBody), 8, address.attributes(), Address::readBody);
  }

  static void check(Route route) {
    check(route, bytes(route::writeBody), 12, route.attributes(), Route::readBody);
  }

  static void check(Rule rule) {
    check(rule, bytes(rule::writeBody), 12, rule.attributes(), Rule::readBody);
  }

  static void check(Neighbour neighbour) {
    check(neighbour, bytes(neighbour::writeBody), 12, neighbour.attributes(), Neighbour::readBody);
  }

  static void check(FdbEntry entry) {
    check(entry, bytes(entry::writeBody), 12, entry.attributes(), FdbEntry::readBody);
  }

  /** Whichever it is. */
  static void check(Message<?> message) {
    if (message instanceof Link link) {
      check(link);
    } else if (message instanceof Address address) {
      check(address);
    } else if (message instanceof Route route) {
      check(route);
    } else if (message instanceof Rule rule) {
      check(rule);
    } else if (message instanceof Neighbour neighbour) {
      check(neighbour);
    } else {
      check((FdbEntry) message);
    }
  }

  interface Body {
    void write(MessageWriter w);
  }

  static byte[] bytes(Body body) {
    MessageWriter w = new MessageWriter();
    body.write(w);
    return w.toByteArray();
  }

  private static <T> void check(
      T value,
      byte[] body,
      int headerBytes,
      AttributeMap attributes,
      Function<ByteBuffer, T> reader) {
    assertEquals(value, reader.apply(buffer(body)), "as it was written");
    byte[] again =
        bytes(
            w ->
                w.bytes(java.util.Arrays.copyOf(body, headerBytes))
                    .attributes(rebuilt(attributes)));
    assertEquals(value, reader.apply(buffer(again)), "with every value encoded anew");
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  /** The same attributes without the bytes that they were read from. */
  static AttributeMap rebuilt(AttributeMap map) {
    AttributeMap.Builder builder = AttributeMap.builder();
    for (AttributeMap.Entry entry : map) {
      if (entry.attribute() == null) {
        builder.addUnknown(entry.type(), (byte[]) entry.value());
      } else {
        add(builder, entry.attribute(), entry.value());
      }
    }
    return builder.build();
  }

  @SuppressWarnings("unchecked") // an entry's value is of its attribute's type
  private static <T> void add(AttributeMap.Builder builder, Attribute<T> attribute, Object value) {
    builder.add(attribute, (T) rebuiltValue(value));
  }

  private static Object rebuiltValue(Object value) {
    if (value instanceof AttributeMap map) {
      return rebuilt(map);
    }
    if (value instanceof LinkInfo info) {
      return new LinkInfo(
          info.kind(), rebuilt(info.data()), info.slaveKind(), rebuilt(info.slaveData()));
    }
    if (value instanceof NextHop hop) {
      return new NextHop(hop.index(), hop.weight(), hop.flags(), rebuilt(hop.attributes()));
    }
    return value instanceof List<?> list
        ? list.stream().map(RoundTrip::rebuiltValue).toList()
        : value;
  }
}
