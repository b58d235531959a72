// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.traffic;

import dev.plumbline.netlink.socket.NetlinkSocket;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.Codecs;
import dev.plumbline.netlink.wire.MessageWriter;
import java.io.IOException;
import java.util.List;

/**
 * A filter that matches every frame (Linux 4.8, cls_matchall) and has one action with a verdict
 * (act_gact).
 *
 * @param index of the device
 * @param parent {@link Clsact#INGRESS} or {@link Clsact#EGRESS}
 * @param priority 1 to 65,535
 * @param handle from 1
 * @param verdict TC_ACT_* of {@code <linux/pkt_cls.h>}; 0 when it was read
 */
public record MatchallFilter(int index, int parent, int priority, int handle, int verdict)
    implements TrafficFilter {
  private static final String KIND = "matchall";
  private static final int GACT_BYTES = 20;

  // struct tc_gact, <linux/tc_act/tc_gact.h>: index, capab, action, refcnt, bindcnt
  private static final Attribute<byte[]> PARAMETERS =
      new Attribute<>(2, "TCA_GACT_PARMS", Codecs.BYTES);
  private static final Attribute<String> ACTION_KIND =
      new Attribute<>(1, "TCA_ACT_KIND", Codecs.STRING);
  private static final Attribute<AttributeMap> ACTION_OPTIONS =
      new Attribute<>(
          2, "TCA_ACT_OPTIONS", Codecs.nested(AttributeSchema.of("TCA_GACT", PARAMETERS)));
  private static final Attribute<AttributeMap> FIRST_ACTION =
      new Attribute<>(
          1, "action 1", Codecs.nested(AttributeSchema.of("TCA_ACT", ACTION_KIND, ACTION_OPTIONS)));
  private static final Attribute<AttributeMap> ACTIONS =
      new Attribute<>(
          2, "TCA_MATCHALL_ACT", Codecs.nested(AttributeSchema.of("actions", FIRST_ACTION)));
  private static final Attribute<AttributeMap> OPTIONS =
      new Attribute<>(2, "TCA_OPTIONS", Codecs.nested(AttributeSchema.of("TCA_MATCHALL", ACTIONS)));

  /** Adds it. EEXIST if there is one at its place, ENOENT if the kernel has no such filters. */
  public Request put() {
    MessageWriter parameters = new MessageWriter(GACT_BYTES);
    parameters.u32(0).u32(0).s32(verdict).u32(0).u32(0);
    AttributeMap action =
        AttributeMap.builder()
            .set(ACTION_KIND, "gact")
            .set(
                ACTION_OPTIONS,
                AttributeMap.builder().set(PARAMETERS, parameters.toByteArray()).build())
            .build();
    AttributeMap options =
        AttributeMap.builder()
            .set(ACTIONS, AttributeMap.builder().set(FIRST_ACTION, action).build())
            .build();
    return new TrafficRequest(
        TrafficRequest.NEWTFILTER,
        TrafficRequest.CREATE | TrafficRequest.EXCLUSIVE,
        "put filter matchall on device " + index,
        TrafficHeader.of(this),
        AttributeMap.builder().set(TrafficRequest.KIND, KIND).set(OPTIONS, options).build());
  }

  @Override
  public String kind() {
    return KIND;
  }

  /**
   * The matchall filters of a device, by priority.
   *
   * @param parent {@link Clsact#INGRESS} or {@link Clsact#EGRESS}
   * @return empty also if the device has gone or has no clsact
   */
  public static List<MatchallFilter> list(NetlinkSocket socket, int index, int parent)
      throws IOException {
    return TrafficRequest.filters(
        socket,
        index,
        parent,
        (header, attributes) ->
            attributes.get(TrafficRequest.KIND, "").equals(KIND)
                ? new MatchallFilter(
                    header.index(), parent, header.info() >>> 16, header.handle(), 0)
                : null);
  }
}
