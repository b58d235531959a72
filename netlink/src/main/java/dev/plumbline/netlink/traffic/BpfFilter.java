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
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A filter that is an eBPF program whose verdict is the action ({@code direct-action}), for frames
 * of any protocol.
 *
 * @param index of the device
 * @param parent {@link Clsact#INGRESS} or {@link Clsact#EGRESS}
 * @param priority 1 to 65,535
 * @param handle from 1; when it is read, 0 stands for a priority's own entry without a filter
 * @param name what is shown by {@code tc filter}
 * @param programId the kernel's number of the program, 0 before it is there
 */
public record BpfFilter(
    int index, int parent, int priority, int handle, String name, int programId) {
  private static final String KIND = "bpf";
  private static final long DIRECT_ACTION = 1;
  private static final int ANY_PROTOCOL = 3; // ETH_P_ALL

  private static final Attribute<Long> FD = new Attribute<>(6, "TCA_BPF_FD", Codecs.U32);
  private static final Attribute<String> NAME = new Attribute<>(7, "TCA_BPF_NAME", Codecs.STRING);
  private static final Attribute<Long> FLAGS = new Attribute<>(8, "TCA_BPF_FLAGS", Codecs.U32);
  private static final Attribute<Long> ID = new Attribute<>(11, "TCA_BPF_ID", Codecs.U32);
  private static final Attribute<String> TCA_KIND = new Attribute<>(1, "TCA_KIND", Codecs.STRING);
  private static final Attribute<AttributeMap> OPTIONS =
      new Attribute<>(
          2, "TCA_OPTIONS", Codecs.nested(AttributeSchema.of("TCA_BPF", FD, NAME, FLAGS, ID)));
  private static final AttributeSchema KINDS = AttributeSchema.of("TCA", TCA_KIND);

  /**
   * Adds it, or replaces the program of the one with the same priority and handle at once.
   *
   * @param program its descriptor
   */
  public Request put(int program) {
    AttributeMap options =
        AttributeMap.builder()
            .set(FD, (long) program)
            .set(NAME, name)
            .set(FLAGS, DIRECT_ACTION)
            .build();
    return new TrafficRequest(
        TrafficRequest.NEWTFILTER,
        TrafficRequest.CREATE | TrafficRequest.REPLACE,
        "put filter " + name + " on device " + index,
        header(),
        AttributeMap.builder().set(TCA_KIND, KIND).set(OPTIONS, options).build());
  }

  /** Deletes it. ENOENT or EINVAL if it is not there. */
  public Request delete() {
    return new TrafficRequest(
        TrafficRequest.DELTFILTER,
        0,
        "delete filter " + name + " of device " + index,
        header(),
        AttributeMap.builder().set(TCA_KIND, KIND).build());
  }

  private TrafficHeader header() {
    int protocol =
        ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? ANY_PROTOCOL << 8 : ANY_PROTOCOL;
    return new TrafficHeader(index, handle, parent, priority << 16 | protocol);
  }

  /**
   * The bpf filters of a device, by priority.
   *
   * @param parent {@link Clsact#INGRESS} or {@link Clsact#EGRESS}
   * @return empty also if the device has gone or has no clsact
   */
  public static List<BpfFilter> list(NetlinkSocket socket, int index, int parent)
      throws IOException {
    Request dump =
        new TrafficRequest(
            TrafficRequest.GETTFILTER,
            0,
            "list filters of device " + index,
            new TrafficHeader(index, 0, parent, 0),
            AttributeMap.EMPTY);
    try {
      return socket.dump(dump, message -> read(message, parent)).stream()
          .flatMap(List::stream)
          .toList();
    } catch (NetlinkException e) {
      return switch (e.errno()) {
        case Errno.ENODEV, Errno.EINVAL, Errno.ENOENT -> List.of();
        default -> throw e;
      };
    }
  }

  /** None if the message is about another kind, or about a priority as such. */
  private static List<BpfFilter> read(Message message, int parent) {
    TrafficHeader header = TrafficHeader.read(message.payload());
    AttributeMap attributes = message.attributes(TrafficHeader.BYTES, KINDS);
    if (!attributes.get(TCA_KIND, "").equals(KIND) || header.handle() == 0) {
      return List.of();
    }
    AttributeMap options = attributes.get(OPTIONS, AttributeMap.EMPTY);
    return List.of(
        new BpfFilter(
            header.index(),
            parent,
            header.info() >>> 16,
            header.handle(),
            options.get(NAME, ""),
            (int) (long) options.get(ID, 0L)));
  }
}
