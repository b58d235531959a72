// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

/** The types of resource, in the order in which they can be made: each may need those before it. */
public enum ResourceType {
  /** A named network namespace; key is its name. */
  NAMESPACE("namespace"),
  /** A sysctl of a namespace; key is the dotted name, below {@code net.}. */
  SYSCTL("sysctl"),
  /** A network device. */
  DEVICE("device"),
  /** All the VLANs of one bridge port, or of a bridge itself. */
  VLANS("vlans"),
  /** A forwarding entry with a remote, as a VXLAN device has them; key is "MAC remote". */
  FDB("fdb"),
  /** An address of a device; key is the prefix, with the peer where there is one. */
  ADDRESS("address"),
  /** A route; key is destination, table and metric. */
  ROUTE("route"),
  /** A routing rule; key is the whole rule, for the kernel can not change one. */
  RULE("rule");

  private final String label;

  ResourceType(String label) {
    this.label = label;
  }

  /** The type's name in plans and JSON. */
  public String label() {
    return label;
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
