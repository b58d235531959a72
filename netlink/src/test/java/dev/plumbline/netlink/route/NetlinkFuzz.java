// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.plumbline.netlink.socket.Message;
import dev.plumbline.netlink.socket.Reception;
import dev.plumbline.netlink.socket.Replay;
import dev.plumbline.netlink.socket.Result;
import dev.plumbline.netlink.wire.WireException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;

/**
 * Bytes of a netlink socket, as an answer to a request, to a dump, and as an event: what they say,
 * or a {@link WireException}. A message that was understood is understood the same once it is
 * written. How such a target is run: {@code tools/fuzz}.
 */
public final class NetlinkFuzz {
  /** More than this would take seconds for what nobody sends. */
  private static final int LARGEST_WRITTEN = 16 << 10;

  private NetlinkFuzz() {}

  /** One datagram; to be an answer, its messages have the sequence number 1. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    understood(
        () -> {
          List<Result> results =
              Replay.socket(input).requestAll(List.of(Link.get("a"), Link.get("b")));
          results.forEach(result -> assertNotNull(result.toString()));
        });
    understood(() -> Replay.socket(input).dump(Link.dump(), message -> message));
    understood(
        () -> {
          if (Replay.socket(input).receive(0) instanceof Reception.Messages some) {
            assertFalse(some.messages().isEmpty());
            for (Message message : some.messages()) {
              for (Function<ByteBuffer, Object> reader : readers(message.type())) {
                understood(() -> look(reader.apply(message.payload())));
              }
            }
          }
        });
  }

  /** Something that is done with bytes. */
  @FunctionalInterface
  private interface Task {
    void run() throws IOException;
  }

  private static void understood(Task task) {
    try {
      task.run();
    } catch (WireException | IOException e) {
      assertNotNull(e.getMessage());
    }
  }

  private static List<Function<ByteBuffer, Object>> readers(int type) {
    return switch (type) {
      case RouteRequest.NEWLINK, RouteRequest.DELLINK ->
          List.of(Link::readBody, BridgeVlan::readBody);
      case RouteRequest.NEWADDR, RouteRequest.DELADDR -> List.of(Address::readBody);
      case RouteRequest.NEWROUTE, RouteRequest.DELROUTE -> List.of(Route::readBody);
      case RouteRequest.NEWNEIGH, RouteRequest.DELNEIGH ->
          List.of(Neighbour::readBody, FdbEntry::readBody);
      case RouteRequest.NEWRULE, RouteRequest.DELRULE -> List.of(Rule::readBody);
      case RouteRequest.NEWNSID -> List.of(NamespaceId::readBody);
      default -> List.of();
    };
  }

  /** Asks for everything there is to know of it. */
  private static void look(Object value) {
    assertNotNull(value.toString());
    if (!(value instanceof dev.plumbline.netlink.route.Message<?> message)) {
      return;
    }
    for (Method method : message.getClass().getMethods()) {
      boolean asks = method.getParameterCount() == 0 && !Modifier.isStatic(method.getModifiers());
      if (asks && method.getDeclaringClass() != Object.class) {
        ask(message, method);
      }
    }
    if (RoundTrip.bytes(message::writeBody).length <= LARGEST_WRITTEN) {
      RoundTrip.check(message);
    }
  }

  private static void ask(Object value, Method method) {
    try {
      method.invoke(value);
    } catch (InvocationTargetException e) {
      // What the kernel always sends and these bytes have not.
      if (!(e.getCause() instanceof WireException)) {
        throw new AssertionError(method + " of " + value, e.getCause());
      }
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
