// SPDX-License-Identifier: Apache-2.0
/**
 * The host file: read, merged and validated, with the position of every mistake. Pure: it knows
 * nothing of the kernel.
 */
@NullMarked
package dev.plumbline.spec;

import org.jspecify.annotations.NullMarked;
