// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.ActionType;
import dev.plumbline.datapath.flow.SetField;
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
      switch (random.nextInt(20)) {
        case 0, 1, 2 ->
            actions.pushVlan(random.nextBoolean() ? 0x8100 : 0x88a8, random.nextInt(0x10000));
        case 3, 4, 5, 6 -> actions.popVlan();
        case 7 -> actions.bond(random.nextInt(BONDS), ActionList.BOND_HASH_L2);
        case 8, 9 -> actions.bond(random.nextInt(BONDS), ActionList.BOND_HASH_L4);
        case 10 -> rare(actions, random, nested);
        case 11, 12, 13, 14 -> set(actions, random);
        default -> actions.output(1 + random.nextInt(0x7000));
      }
    }
  }

  private static void set(ActionList actions, Random random) {
    SetField[] fields = SetField.values();
    SetField field = fields[random.nextInt(fields.length)];
    int value = random.nextInt(8) == 0 ? random.nextInt(2) - 1 : random.nextInt();
    if (field.isMac()) {
      actions.setMac(field, random.nextLong());
    } else if (field == SetField.IP_SRC || field == SetField.IP_DST) {
      actions.setWord(field, random.nextInt(3) == 0 ? random.nextInt(5) : 0, value);
    } else {
      actions.set(field, value);
    }
  }

  private static void rare(ActionList actions, Random random, boolean nested) {
    switch (random.nextInt(16)) {
      case 0 -> actions.upcall(random.nextInt(256));
      case 1 -> actions.drop(random.nextInt(64));
      case 2 -> actions.addEncoded(0);
      case 3 -> {
        if (nested) {
          actions.list(random.nextInt(10));
        }
      }
      case 4 -> {
        int unused = actions.meter(1, random.nextInt(2)); // holds for all that comes
      }
      default -> {
        long held = (long) random.nextInt(10) << 8;
        actions.addEncoded(
            ActionType.METER.code() | held | 1L << 16 | (long) random.nextInt(2) << 32);
      }
    }
  }
}
