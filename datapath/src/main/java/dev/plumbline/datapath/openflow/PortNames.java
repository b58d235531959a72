// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import org.jspecify.annotations.Nullable;

/** Which names a bridge's ports have in flows. */
public interface PortNames {
  /** Ports have numbers alone. */
  PortNames NUMBERS =
      new PortNames() {
        @Override
        public int number(String name) {
          return -1;
        }

        @Override
        public @Nullable String name(int number) {
          return null;
        }
      };

  /** The port's OpenFlow number; -1: no port of that name. */
  int number(String name);

  /** The port's name; null: no port of that number. */
  @Nullable String name(int number);

  /** Whether ports are written by name alone: numbers would say nothing. */
  default boolean areNamed() {
    return false;
  }
}
