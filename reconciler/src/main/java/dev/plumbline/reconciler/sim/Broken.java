// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

/**
 * A law that did not hold.
 *
 * @param detail what was found; may have several lines
 */
public record Broken(Law law, String detail) {}
