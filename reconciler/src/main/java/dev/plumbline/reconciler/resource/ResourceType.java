// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

/** The types of resource, in the order in which they can be made: each may need those before it. */
public enum ResourceType {
  /** A named network namespace; key is its name. */
  NAMESPACE(0, "namespace"),
  /** A sysctl of a namespace; key is the dotted name, below {@code net.}. */
  SYSCTL(1, "sysctl"),
  /** A network device. */
  DEVICE(2, "device"),
  /** All the VLANs of one bridge port, or of a bridge itself. */
  VLANS(3, "vlans"),
  /** A forwarding entry with a remote, as a VXLAN device has them; key is "MAC remote". */
  FDB(4, "fdb"),
  /** An address of a device; key is the prefix, with the peer where there is one. */
  ADDRESS(5, "address"),
  /** A route; key is destination, table and metric. */
  ROUTE(6, "route"),
  /** A routing rule; key is the whole rule, for the kernel can not change one. */
  RULE(7, "rule"),
  /** A bridge of the embedded switch; key is its name. */
  BRIDGE(8, "bridge"),
  /** A group that flows of such a bridge name; key is the bridge, a slash, and its number. */
  GROUP(9, "group"),
  /** A rate limit that flows of such a bridge name; key is the bridge, a slash, and its number. */
  METER(10, "meter"),
  /** A flow of such a bridge; key is the bridge, a slash, and table, priority and match. */
  FLOW(11, "flow"),
  /** A port of such a bridge; key is the bridge and the port, parted by a slash. */
  PORT(12, "port");

  private final int rank;
  private final String label;

  ResourceType(int rank, String label) {
    this.rank = rank;
    this.label = label;
  }

  /** Its place in the order of making. */
  public int rank() {
    return rank;
  }

  /** The type's name in plans and JSON. */
  public String label() {
    return label;
  }

  /** Whether the embedded switch has it, not the kernel. */
  public boolean isOfSwitch() {
    return this == BRIDGE || this == PORT || isDecidedBy();
  }

  /** Whether a bridge of that switch decides by it where packets go. */
  public boolean isDecidedBy() {
    return this == FLOW || this == GROUP || this == METER;
  }

  /** The type with this label; throws {@link IllegalArgumentException} for none. */
  public static ResourceType ofLabel(String label) {
    for (ResourceType type : values()) {
      if (type.label.equals(label)) {
        return type;
      }
    }
    throw new IllegalArgumentException("no resource type " + label);
  }
}
