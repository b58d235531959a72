// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import java.util.List;

/**
 * How going back to an earlier state ended.
 *
 * @param changes how many changes were needed
 * @param left what is not as it was, a sentence each; empty if all is
 */
public record Restored(int changes, List<String> left) {
  public Restored {
    left = List.copyOf(left);
  }
}
