// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import java.util.List;

/**
 * A wire between two embedded bridges; there is no device.
 *
 * @param bridges keys of two embedded bridges
 */
public record Patch(List<String> bridges) {
  public Patch {
    bridges = List.copyOf(bridges);
  }
}
