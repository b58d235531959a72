// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

/**
 * One field of a change.
 *
 * @param name the field, as the file calls it
 * @param before the live value; empty for none
 * @param after the value it shall have; empty for none
 */
public record FieldChange(String name, String before, String after) {}
