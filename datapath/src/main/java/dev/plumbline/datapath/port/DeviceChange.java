// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.port;

import org.jspecify.annotations.Nullable;

/**
 * What became of the device of a name between two looks, whatever happened in between: a device
 * that was made anew has another index, one that was renamed is gone from one name and new at
 * another.
 *
 * @param before null: there was none
 * @param now null: there is none any more
 */
public record DeviceChange(String name, @Nullable Device before, @Nullable Device now) {

  /** Whether it is not the same device any more: hooks and sockets of the old one are worthless. */
  public boolean isOtherDevice() {
    return before == null || now == null || before.ifindex() != now.ifindex();
  }
}
