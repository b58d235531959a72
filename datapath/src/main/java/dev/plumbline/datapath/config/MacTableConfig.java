// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.config;

import java.util.List;

/**
 * A bridge's table of addresses.
 *
 * @param agingSeconds how long an address that is not seen is kept, 15 to 3,600
 * @param size most learnt addresses, 1 to 2^20; a full table gives up the oldest of the port that
 *     has most
 * @param statics addresses that do not age and do not move
 */
public record MacTableConfig(int agingSeconds, int size, List<StaticMac> statics) {
  public static final MacTableConfig DEFAULT = new MacTableConfig(300, 8192, List.of());

  public MacTableConfig {
    statics = List.copyOf(statics);
    if (agingSeconds < 15 || agingSeconds > 3600) {
      throw new IllegalArgumentException("aging of " + agingSeconds + " s is not 15 to 3,600 s");
    }
    if (size < 1 || size > (1 << 20)) {
      throw new IllegalArgumentException("a MAC table of " + size + " is not 1 to 1,048,576");
    }
  }

  /**
   * An address that is known beforehand.
   *
   * @param mac in the low 48 bits, first byte highest
   * @param vlan 0 to 4095; 0: untagged
   * @param port name of a port of the bridge
   */
  public record StaticMac(long mac, int vlan, String port) {}
}
