// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import dev.plumbline.datapath.openflow.FieldValues;

/**
 * Headers as actions have written them. Bits that were not written are the packet's own, as it came
 * in: whoever depends on those has to look at them.
 */
final class Rewrite {
  private final FlowKey key = new FlowKey();
  private final FlowMask written = new FlowMask();
  private final FieldValues bits = new FieldValues();
  private int nat = -1;
  private boolean natHides;

  /**
   * Takes the headers.
   *
   * @param arrived the packet as it came in
   * @param fields of it by now
   * @param newBits those of the fields that were written
   * @param newNat as {@link #nat}
   * @param hides as {@link #natHides}
   */
  void set(FlowKey arrived, FieldValues fields, FieldValues newBits, int newNat, boolean hides) {
    nat = newNat;
    natHides = hides;
    bits.set(newBits);
    written.clear();
    KeyFields.add(arrived, newBits, written);
    KeyFields.write(arrived, fields, key);
  }

  void set(Rewrite other) {
    key.set(other.key);
    System.arraycopy(other.written.bytes(), 0, written.bytes(), 0, FlowKey.BYTES);
    bits.set(other.bits);
    nat = other.nat;
    natHides = other.natHides;
  }

  /**
   * The answer of connection tracking by whose connection the packet is translated, to addresses
   * and ports that only the fast path knows; -1: none.
   */
  int nat() {
    return nat;
  }

  /**
   * Whether the packet is taken for one that gets other addresses and ports: of an answered
   * connection, or where {@code nat} has a range. Behind {@code nat} alone others are as they came.
   */
  boolean natHides() {
    return natHides;
  }

  /** The packet by now; ports and tags are as they came. */
  FlowKey key() {
    return key;
  }

  FlowMask written() {
    return written;
  }

  /** The same as {@link #written}, where flows look for fields. */
  FieldValues bits() {
    return bits;
  }

  /** Whether the same bits were written, and to the same. */
  boolean isSame(Rewrite other) {
    return nat == other.nat && bits.equals(other.bits) && written.matches(key, other.key);
  }
}
