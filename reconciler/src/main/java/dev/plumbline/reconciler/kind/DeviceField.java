// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.kind;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.reconciler.kind.Text.Names;
import org.jspecify.annotations.Nullable;

/**
 * One field of a device: its name in the file, how it is kept in the kernel, and what the kernel
 * demands for a change.
 *
 * @param name as in the file; settings of a bridge's port start with {@code port.}
 * @param place in which nest of the link message it is
 * @param reader from the nest
 * @param writer into the nest
 * @param change what a change takes
 * @param kernelDefault the value a new device has, where that is always the same; null where it
 *     depends
 */
public record DeviceField(
    String name,
    Place place,
    Reader reader,
    Writer writer,
    How change,
    @Nullable String kernelDefault) {

  /** Where a field is in an RTM_NEWLINK message. */
  public enum Place {
    /** At the top: IFLA_*. */
    LINK,
    /** In IFLA_INFO_DATA. */
    DATA,
    /** In IFLA_INFO_SLAVE_DATA, for a device that has a master. */
    PORT
  }

  /** What a change of a field takes. */
  public enum How {
    /** It is just set, and traffic goes on. */
    IN_PLACE,
    /** It is just set, and traffic is interrupted for a moment. */
    INTERRUPTS,
    /** The device has to be down meanwhile. */
    NEEDS_DOWN,
    /** The device has to be down and without ports meanwhile. */
    NEEDS_EMPTY,
    /** The kernel can not change it: the device is made anew. */
    RECREATE
  }

  /** Gives the field's text, or null where the kernel sent none. */
  @FunctionalInterface
  public interface Reader {
    @Nullable String read(AttributeMap nest, Names names);
  }

  /**
   * Gives the nest with the field set; {@link IllegalArgumentException} says what is wrong with the
   * text.
   */
  @FunctionalInterface
  public interface Writer {
    AttributeMap write(AttributeMap nest, String value, Names names);
  }

  private static <T> DeviceField of(
      String name, Place place, Attribute<T> attribute, Text<T> text) {
    return new DeviceField(
        name,
        place,
        (nest, names) -> {
          T value = nest.get(attribute);
          return value == null ? null : text.write(value, names);
        },
        (nest, value, names) -> nest.with(attribute, text.read(value, names)),
        How.IN_PLACE,
        null);
  }

  static <T> DeviceField link(String name, Attribute<T> attribute, Text<T> text) {
    return of(name, Place.LINK, attribute, text);
  }

  static <T> DeviceField data(String name, Attribute<T> attribute, Text<T> text) {
    return of(name, Place.DATA, attribute, text);
  }

  static DeviceField data(String name, Reader reader, Writer writer) {
    return new DeviceField(name, Place.DATA, reader, writer, How.IN_PLACE, null);
  }

  static <T> DeviceField port(String name, Attribute<T> attribute, Text<T> text) {
    return of("port." + name, Place.PORT, attribute, text);
  }

  DeviceField on(How how) {
    return new DeviceField(name, place, reader, writer, how, kernelDefault);
  }

  DeviceField byDefault(String value) {
    return new DeviceField(name, place, reader, writer, change, value);
  }

  /** The value as the kernel would give it back; for fields that name no other device. */
  public String normalise(String value) {
    Names none = Names.none();
    String text = reader.read(writer.write(AttributeMap.EMPTY, value, none), none);
    return text == null ? "" : text;
  }
}
