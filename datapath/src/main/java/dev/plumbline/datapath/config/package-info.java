// SPDX-License-Identifier: Apache-2.0
/**
 * What a switch should be: {@link SwitchConfig}, a value. The switch compares it with the one it
 * has and does what the difference needs. All of it is immutable.
 */
@NullMarked
package dev.plumbline.datapath.config;

import org.jspecify.annotations.NullMarked;
