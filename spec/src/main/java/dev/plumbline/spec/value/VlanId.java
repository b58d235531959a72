// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.value;

/**
 * An IEEE 802.1Q VLAN id that a frame can belong to.
 *
 * @param number 1 to 4094; 0 means "priority only" on the wire and 4095 is reserved
 */
public record VlanId(int number) implements Comparable<VlanId> {

  public VlanId {
    if (number < 1 || number > 4094) {
      throw new ValueException(number + " is not a VLAN id", "a number from 1 to 4094");
    }
  }

  @Override
  public int compareTo(VlanId other) {
    return Integer.compare(number, other.number);
  }

  @Override
  public String toString() {
    return Integer.toString(number);
  }
}
