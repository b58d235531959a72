// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

/** The colours of a picture. */
public enum Theme {
  LIGHT,
  DARK,
  /** As whoever looks at it likes it: the reader's own setting (prefers-color-scheme). */
  AUTO
}
