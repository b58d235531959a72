// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.embedded;

import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.Map;

/**
 * A flow as a resource: table, priority and match are its identity, and every field is always
 * there.
 */
public final class FlowText {
  private static final String TABLE = "table=";
  private static final String PRIORITY = "priority=";
  private static final String NORMAL = "priority=0";
  private static final String HEX = "0x";

  private FlowText() {}

  public static Resource of(String bridge, FlowConfig flow) {
    return new Resource(
        ResourceId.flow(bridge, flow.key()),
        Resource.OURS,
        Map.of(
            "actions",
            flow.actions(),
            "cookie",
            HEX + Long.toHexString(flow.cookie()),
            "idleTimeout",
            flow.idleTimeoutSeconds() + "s",
            "hardTimeout",
            flow.hardTimeoutSeconds() + "s"));
  }

  /**
   * Whether it leaves by itself at a time that is set, and so is nobody's to take away: one that
   * leaves when no packet comes may stay for good.
   */
  public static boolean leavesByItself(Resource flow) {
    return !flow.get("hardTimeout").equals("0s");
  }

  /** Whether it is the one that stands for a bridge without flows, see {@link RuntimeFlows}. */
  public static boolean isNormal(Resource flow) {
    return key(flow.id()).equals(NORMAL) && flow.get("actions").equals("NORMAL");
  }

  /**
   * What plans and rules for drift call a flow ({@code bridges.br0.flows[priority=3,in_port=eth1]})
   * , group ({@code bridges.br0.groups[1]}) or meter.
   */
  public static String address(ResourceId id) {
    return "bridges." + bridge(id) + "." + id.type().label() + "s[" + key(id) + "]";
  }

  /**
   * The bridge's name in the identity of a flow, group or meter.
   *
   * @throws IllegalArgumentException there is none in it
   */
  public static String bridge(ResourceId id) {
    int slash = id.key().indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("no " + id.type().label() + ": " + id);
    }
    return id.key().substring(0, slash);
  }

  /** A flow's table, priority and match, as {@link FlowConfig#key}; a group's or meter's number. */
  public static String key(ResourceId id) {
    return id.key().substring(id.key().indexOf('/') + 1);
  }

  /**
   * The flow that {@link #of} made this of.
   *
   * @throws IllegalArgumentException a part of it is not understood
   */
  public static FlowConfig parse(Resource flow) {
    String rest = key(flow.id());
    int table = 0;
    if (rest.startsWith(TABLE)) {
      int comma = rest.indexOf(',');
      if (comma < 0) {
        throw new IllegalArgumentException("no flow: " + flow.id());
      }
      table = Integer.parseInt(rest.substring(TABLE.length(), comma));
      rest = rest.substring(comma + 1);
    }
    if (!rest.startsWith(PRIORITY)) {
      throw new IllegalArgumentException("no flow: " + flow.id());
    }
    if (!flow.get("cookie").startsWith(HEX)) {
      throw new IllegalArgumentException(flow.id() + ": no cookie: " + flow.get("cookie"));
    }
    int comma = rest.indexOf(',');
    String priority = rest.substring(PRIORITY.length(), comma < 0 ? rest.length() : comma);
    return new FlowConfig(
        table,
        Integer.parseInt(priority),
        comma < 0 ? "" : rest.substring(comma + 1),
        flow.get("actions"),
        Long.parseUnsignedLong(flow.get("cookie").substring(HEX.length()), 16),
        seconds(flow.get("idleTimeout")),
        seconds(flow.get("hardTimeout")));
  }

  private static int seconds(String text) {
    if (!text.endsWith("s")) {
      throw new IllegalArgumentException("no number of seconds: " + text);
    }
    return Integer.parseInt(text.substring(0, text.length() - 1));
  }
}
