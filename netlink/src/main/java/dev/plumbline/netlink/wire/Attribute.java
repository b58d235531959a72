// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.wire;

/**
 * A known attribute: the typed key into an {@link AttributeMap}.
 *
 * @param type its number in its nest, without NLA_F_* flags
 * @param name the kernel's name for it ({@code IFLA_MTU})
 */
public record Attribute<T>(int type, String name, AttributeCodec<T> codec) {
  public Attribute {
    if (type < 0 || type > NetlinkFormat.NLA_TYPE_MASK) {
      throw new IllegalArgumentException(name + ": type " + type + " is outside 0..16383");
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
