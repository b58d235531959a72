// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.value;

/** A constant with a spelling in the file that differs from its name in Java. */
public interface Spelled {
  /** As written in the file, which is also the kernel tools' spelling where they have one. */
  String spelling();
}
