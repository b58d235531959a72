// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.traffic;

import dev.plumbline.netlink.socket.NetlinkSocket;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.wire.AttributeMap;
import java.io.IOException;

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
    return TrafficRequest.filters(socket, index, parent, (header, attributes) -> header).size();
  }
}
