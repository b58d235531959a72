// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.traffic;

import dev.plumbline.netlink.socket.Message;
import dev.plumbline.netlink.socket.NetlinkSocket;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.Codecs;
import java.io.IOException;
import java.util.List;

/**
 * The qdisc without a queue, whose filters see a device's frames on the way in and out (Linux 4.5).
 */
public final class Clsact {
  /** The kernel's name of it. */
  public static final String KIND = "clsact";

  /** As a filter's parent: frames that the device receives. */
  public static final int INGRESS = 0xffff_fff2;

  /** As a filter's parent: frames that the device sends. */
  public static final int EGRESS = 0xffff_fff3;

  private static final int PARENT = 0xffff_fff1; // TC_H_CLSACT
  private static final int HANDLE = 0xffff_0000;
  private static final Attribute<String> TCA_KIND = new Attribute<>(1, "TCA_KIND", Codecs.STRING);
  private static final AttributeSchema SCHEMA = AttributeSchema.of("TCA", TCA_KIND);

  private Clsact() {}

  /** Adds it to a device. EEXIST if it is there, or the older {@code ingress} is. */
  public static Request add(int index) {
    return new TrafficRequest(
        TrafficRequest.NEWQDISC,
        TrafficRequest.CREATE | TrafficRequest.EXCLUSIVE,
        "add clsact to device " + index,
        new TrafficHeader(index, HANDLE, PARENT, 0),
        AttributeMap.builder().set(TCA_KIND, KIND).build());
  }

  /** Takes it from a device, with all its filters. EINVAL or ENOENT if it is not there. */
  public static Request delete(int index) {
    return new TrafficRequest(
        TrafficRequest.DELQDISC,
        0,
        "delete clsact of device " + index,
        new TrafficHeader(index, HANDLE, PARENT, 0),
        AttributeMap.EMPTY);
  }

  /** The indexes of the devices that have it. */
  public static List<Integer> devices(NetlinkSocket socket) throws IOException {
    Request dump =
        new TrafficRequest(
            TrafficRequest.GETQDISC,
            0,
            "list qdiscs",
            new TrafficHeader(0, 0, 0, 0),
            AttributeMap.EMPTY);
    return socket.dump(dump, Clsact::index).stream().filter(index -> index != 0).toList();
  }

  /** The device of an RTM_NEWQDISC, 0 if the qdisc is another. */
  private static Integer index(Message message) {
    AttributeMap attributes = message.attributes(TrafficHeader.BYTES, SCHEMA);
    return attributes.get(TCA_KIND, "").equals(KIND)
        ? TrafficHeader.read(message.payload()).index()
        : 0;
  }
}
