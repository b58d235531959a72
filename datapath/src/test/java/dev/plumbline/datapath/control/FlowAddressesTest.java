// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.flow.FlowKey;
import org.junit.jupiter.api.Test;

class FlowAddressesTest {
  private static final long A = 0x0200_0000_0001L;
  private static final long B = 0x0200_0000_0002L;

  private final FlowAddresses addresses = new FlowAddresses();

  private static FlowKey key(long source, long destination) {
    FlowKey key = new FlowKey();
    key.ethSrc(source);
    key.ethDst(destination);
    return key;
  }

  private void forgetAll() {
    addresses.beginWalk();
    addresses.endWalk();
  }

  @Test
  void untilTheFirstWalkFlowsMayDependOnAnyAddress() {
    assertTrue(addresses.mayContain(A));
    forgetAll();
    assertFalse(addresses.mayContain(A));
  }

  @Test
  void destinationsAreInAndSourcesOnlyWhereTheyDecide() {
    forgetAll();
    addresses.add(key(A, B), false);
    assertTrue(addresses.mayContain(B));
    assertFalse(addresses.mayContain(A));
    addresses.add(key(A, B), true);
    assertTrue(addresses.mayContain(A));
  }

  @Test
  void aWalkKeepsWhatItCameBy() {
    forgetAll();
    addresses.add(key(A, B), true);
    addresses.beginWalk();
    addresses.walkedBy(key(A, B), false);
    assertTrue(addresses.mayContain(A)); // until the walk has ended
    addresses.endWalk();
    assertTrue(addresses.mayContain(B));
    assertFalse(addresses.mayContain(A));
  }

  @Test
  void withMoreAddressesThanThereIsRoomForFlowsMayDependOnAny() {
    forgetAll();
    for (int i = 0; i < FlowAddresses.LIMIT; i++) {
      assertFalse(addresses.mayContain(A));
      addresses.add(key(A, B + i), false);
    }
    assertTrue(addresses.mayContain(A));
  }
}
