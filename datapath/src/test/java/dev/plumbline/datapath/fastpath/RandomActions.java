// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.flow.ActionList;
import java.util.Random;

/** Lists of actions, sensible or not. */
final class RandomActions {
  /** Bonds 0 to 3. */
  static final int BONDS = 4;

  private RandomActions() {}

  /**
   * Fills the list.
   *
   * @param most actions
   * @param nested whether it may name another list, as no list may
   */
  static void fill(ActionList actions, Random random, int most, boolean nested) {
    actions.clear();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      switch (random.nextInt(16)) {
        case 0, 1, 2 ->
            actions.pushVlan(random.nextBoolean() ? 0x8100 : 0x88a8, random.nextInt(0x10000));
        case 3, 4, 5, 6 -> actions.popVlan();
        case 7 -> actions.bond(random.nextInt(BONDS), ActionList.BOND_HASH_L2);
        case 8, 9 -> actions.bond(random.nextInt(BONDS), ActionList.BOND_HASH_L4);
        case 10 -> rare(actions, random, nested);
        default -> actions.output(1 + random.nextInt(0x7000));
      }
    }
  }

  private static void rare(ActionList actions, Random random, boolean nested) {
    switch (random.nextInt(12)) {
      case 0 -> actions.upcall(random.nextInt(256));
      case 1 -> actions.drop(random.nextInt(64));
      case 2 -> actions.addEncoded(0);
      case 3 -> {
        if (nested) {
          actions.list(random.nextInt(10));
        }
      }
      default -> {}
    }
  }
}
