// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.config.PortFilter;

/** A port's filter, compiled. */
record PortFilters(PortFilter config, FilterRules in, FilterRules out) {
  static PortFilters of(PortFilter config) {
    return new PortFilters(
        config, FilterRules.of(config.in(), true), FilterRules.of(config.out(), false));
  }

  /** Those for what goes to the machine, or for what comes from it. */
  FilterRules rules(boolean isIn) {
    return isIn ? in : out;
  }

  /** Whether what it lets through depends on connections. */
  boolean tracks() {
    return in.established() || out.established();
  }
}
