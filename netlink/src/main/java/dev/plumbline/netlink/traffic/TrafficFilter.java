// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.traffic;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.socket.Message;
import dev.plumbline.netlink.socket.NetlinkException;
import dev.plumbline.netlink.socket.NetlinkSocket;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.wire.AttributeMap;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/** A filter for frames of any protocol. */
public sealed interface TrafficFilter permits BpfFilter, MatchallFilter {
  /** Of the device. */
  int index();

  /** {@link Clsact#INGRESS} or {@link Clsact#EGRESS}. */
  int parent();

  /** 1 to 65,535, the smaller first. */
  int priority();

  /** From 1. */
  int handle();

  /** The kernel's name of what it is. */
  String kind();

  /** Deletes it. ENOENT or EINVAL if it is not there. */
  default Request delete() {
    return new TrafficRequest(
        TrafficRequest.DELTFILTER,
        0,
        "delete filter " + kind() + " of device " + index(),
        TrafficHeader.of(this),
        AttributeMap.builder().set(TrafficRequest.KIND, kind()).build());
  }

  /**
   * How many filters of whatever kind a device has.
   *
   * @param parent {@link Clsact#INGRESS} or {@link Clsact#EGRESS}
   */
  static int count(NetlinkSocket socket, int index, int parent) throws IOException {
    return (int)
        dump(socket, index, parent, message -> TrafficHeader.read(message.payload())).stream()
            .filter(header -> header.handle() != 0)
            .count();
  }

  /** Gives every filter to the function; none if the device has gone or has no clsact. */
  static <T> List<T> dump(NetlinkSocket socket, int index, int parent, Function<Message, T> read)
      throws IOException {
    Request dump =
        new TrafficRequest(
            TrafficRequest.GETTFILTER,
            0,
            "list filters of device " + index,
            new TrafficHeader(index, 0, parent, 0),
            AttributeMap.EMPTY);
    try {
      return socket.dump(dump, read);
    } catch (NetlinkException e) {
      return switch (e.errno()) {
        case Errno.ENODEV, Errno.EINVAL, Errno.ENOENT -> List.of();
        default -> throw e;
      };
    }
  }
}
