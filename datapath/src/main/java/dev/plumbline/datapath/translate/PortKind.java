// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

/** What a number stands for. */
public enum PortKind {
  NONE,
  DEVICE,
  HOST,
  /** A remote of a tunnel. */
  TUNNEL,
  /** A device of a bond; the bond is its logical port. */
  MEMBER,
  BOND,
  PATCH
}
