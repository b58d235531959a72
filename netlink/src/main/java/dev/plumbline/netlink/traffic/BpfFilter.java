// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.traffic;

import dev.plumbline.netlink.socket.NetlinkSocket;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.Codecs;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
public record BpfFilter(int index, int parent, int priority, int handle, String name, int programId)
    implements TrafficFilter {
  private static final String KIND = "bpf";
  private static final long DIRECT_ACTION = 1;

  private static final Attribute<Long> FD = new Attribute<>(6, "TCA_BPF_FD", Codecs.U32);
  private static final Attribute<String> NAME = new Attribute<>(7, "TCA_BPF_NAME", Codecs.STRING);
  private static final Attribute<Long> FLAGS = new Attribute<>(8, "TCA_BPF_FLAGS", Codecs.U32);
  private static final Attribute<Long> ID = new Attribute<>(11, "TCA_BPF_ID", Codecs.U32);
  private static final Attribute<AttributeMap> OPTIONS =
      new Attribute<>(
          2, "TCA_OPTIONS", Codecs.nested(AttributeSchema.of("TCA_BPF", FD, NAME, FLAGS, ID)));

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
        TrafficHeader.of(this),
        AttributeMap.builder().set(TrafficRequest.KIND, KIND).set(OPTIONS, options).build());
  }

  @Override
  public String kind() {
    return KIND;
  }

  /**
   * The bpf filters of a device, by priority.
   *
   * @param parent {@link Clsact#INGRESS} or {@link Clsact#EGRESS}
   * @return empty also if the device has gone or has no clsact
   */
  public static List<BpfFilter> list(NetlinkSocket socket, int index, int parent)
      throws IOException {
    return TrafficRequest.filters(
        socket, index, parent, (header, attributes) -> read(header, attributes, parent));
  }

  private static @Nullable BpfFilter read(
      TrafficHeader header, AttributeMap attributes, int parent) {
    if (!attributes.get(TrafficRequest.KIND, "").equals(KIND)) {
      return null;
    }
    AttributeMap options = attributes.get(OPTIONS, AttributeMap.EMPTY);
    return new BpfFilter(
        header.index(),
        parent,
        header.info() >>> 16,
        header.handle(),
        options.get(NAME, ""),
        (int) (long) options.get(ID, 0L));
  }
}
