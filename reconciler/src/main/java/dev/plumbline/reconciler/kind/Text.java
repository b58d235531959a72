// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.kind;

import dev.plumbline.netlink.wire.LinkLayerAddress;
import dev.plumbline.spec.value.Durations;
import dev.plumbline.spec.value.IpAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/**
 * How a kernel value is written in a field, and back. The written form is the kernel's own normal
 * form: {@code write(read(text))} is how any text is normalised.
 *
 * @param <T> the value's type in netlink
 */
public interface Text<T> {

  /** The text of a kernel value. */
  String write(T value, Names names);

  /** The kernel value of a text; {@link IllegalArgumentException} says what was expected. */
  T read(String text, Names names);

  /** Whole numbers. */
  Text<Integer> INT = of(String::valueOf, Integer::decode);

  Text<Long> LONG = of(String::valueOf, Long::decode);

  Text<Boolean> BOOLEAN = of(String::valueOf, Boolean::parseBoolean);

  Text<String> STRING = of(value -> value, text -> text);

  Text<LinkLayerAddress> MAC = of(LinkLayerAddress::toString, LinkLayerAddress::parse);

  Text<InetAddress> IP =
      of(
          address -> IpAddress.of(address).toString(),
          text -> IpAddress.parse(text).toInetAddress());

  /** A flag that the kernel keeps in a number, 0 or 1. */
  Text<Integer> INT_FLAG =
      of(value -> String.valueOf(value != 0), text -> Boolean.parseBoolean(text) ? 1 : 0);

  /** The name of another device in the same namespace, kept by the kernel as its index. */
  Text<Integer> DEVICE =
      new Text<>() {
        @Override
        public String write(Integer value, Names names) {
          return value == 0 ? "" : names.nameOf(value);
        }

        @Override
        public Integer read(String text, Names names) {
          return text.isEmpty() ? 0 : names.indexOf(text);
        }
      };

  /** A text form that needs no names. */
  static <T> Text<T> of(Function<T, String> write, Function<String, T> read) {
    return new Text<>() {
      @Override
      public String write(T value, Names names) {
        return write.apply(value);
      }

      @Override
      public T read(String text, Names names) {
        return read.apply(text);
      }
    };
  }

  /**
   * Seconds in the file ({@code 15s}), clock ticks of 1/100 s (USER_HZ) in the kernel. A kernel
   * that counts in 1/250 s (CONFIG_HZ) keeps every second tick only; what lies between is rounded
   * down.
   */
  static <N extends Number> Text<N> ticks(Function<Long, N> box) {
    return of(
        value -> Durations.print(Duration.ofMillis(value.longValue() * 10)),
        text -> box.apply(Durations.parse(text).toMillis() / 20 * 2));
  }

  /** Milliseconds in the kernel. */
  static <N extends Number> Text<N> millis(Function<Long, N> box) {
    return scaled(1, box);
  }

  /** Whole seconds in the kernel. */
  static <N extends Number> Text<N> seconds(Function<Long, N> box) {
    return scaled(1000, box);
  }

  /** Names for numbers; a number without a name is written as itself. */
  static Text<Integer> names(Map<Integer, String> names) {
    return of(
        value -> names.getOrDefault(value, String.valueOf(value)),
        text -> {
          for (Map.Entry<Integer, String> entry : names.entrySet()) {
            if (entry.getValue().equals(text)) {
              return entry.getKey();
            }
          }
          return Integer.decode(text);
        });
  }

  /** As {@link #names}, for what the kernel keeps in 32 unsigned bits. */
  static Text<Long> longNames(Map<Integer, String> names) {
    Text<Integer> text = names(names);
    Names none = Names.none();
    return of(
        value -> text.write(value.intValue(), none), value -> text.read(value, none).longValue());
  }

  private static <N extends Number> Text<N> scaled(long millis, Function<Long, N> box) {
    return of(
        value -> Durations.print(Duration.ofMillis(value.longValue() * millis)),
        text -> box.apply(Durations.parse(text).toMillis() / millis));
  }

  /** Device names and indexes of one namespace. */
  interface Names {
    /** The name of a device, or {@code #7} for an index that no device of the namespace has. */
    String nameOf(int index);

    /** The index of a device; {@link IllegalArgumentException} where there is none. */
    int indexOf(String name);

    /** Names of a namespace without devices. */
    static Names none() {
      return new Names() {
        @Override
        public String nameOf(int index) {
          return "#" + index;
        }

        @Override
        public int indexOf(String name) {
          throw new IllegalArgumentException("there is no device " + name);
        }
      };
    }
  }
}
