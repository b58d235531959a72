// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.traffic;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.socket.Message;
import dev.plumbline.netlink.socket.NetlinkException;
import dev.plumbline.netlink.socket.NetlinkSocket;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.Codecs;
import dev.plumbline.netlink.wire.MessageWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A request of traffic control as a value. */
record TrafficRequest(
    int type, int flags, String description, TrafficHeader header, AttributeMap attributes)
    implements Request {
  static final int NEWQDISC = 36;
  static final int DELQDISC = 37;
  static final int GETQDISC = 38;
  static final int NEWTFILTER = 44;
  static final int DELTFILTER = 45;
  static final int GETTFILTER = 46;

  static final Attribute<String> KIND = new Attribute<>(1, "TCA_KIND", Codecs.STRING);

  private static final AttributeSchema KINDS = AttributeSchema.of("TCA", KIND);

  static final int REPLACE = 0x100;
  static final int EXCLUSIVE = 0x200;
  static final int CREATE = 0x400;

  @Override
  public void write(MessageWriter w) {
    header.write(w);
    w.attributes(attributes);
  }

  @Override
  public String toString() {
    return description;
  }

  /**
   * Reads the filters of a device, by priority; null from the function leaves one out.
   *
   * @param parent {@link Clsact#INGRESS} or {@link Clsact#EGRESS}
   * @return empty also if the device has gone or has no clsact
   */
  static <T> List<T> filters(
      NetlinkSocket socket,
      int index,
      int parent,
      BiFunction<TrafficHeader, AttributeMap, @Nullable T> read)
      throws IOException {
    Request dump =
        new TrafficRequest(
            GETTFILTER,
            0,
            "list filters of device " + index,
            new TrafficHeader(index, 0, parent, 0),
            AttributeMap.EMPTY);
    List<T> filters = new ArrayList<>();
    try {
      for (Message message : socket.dump(dump, message -> message)) {
        TrafficHeader header = TrafficHeader.read(message.payload());
        // Without a handle it is a priority's own entry, and no filter.
        T filter =
            header.handle() == 0
                ? null
                : read.apply(header, message.attributes(TrafficHeader.BYTES, KINDS));
        if (filter != null) {
          filters.add(filter);
        }
      }
    } catch (NetlinkException e) {
      return switch (e.errno()) {
        case Errno.ENODEV, Errno.EINVAL, Errno.ENOENT -> List.of();
        default -> throw e;
      };
    }
    return filters;
  }
}
