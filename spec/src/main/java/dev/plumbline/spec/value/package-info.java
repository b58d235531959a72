/**
 * The values of the file: addresses, prefixes, MAC addresses, VLAN ids, names, durations, and the
 * place in a file that something came from.
 *
 * <p>Every value is immutable, compares by content, and prints in one canonical form that its own
 * {@code parse} reads back. {@code parse} never asks a resolver and throws {@link
 * dev.plumbline.spec.value.ValueException} with a sentence for the user. Safe for any thread.
 */
@NullMarked
package dev.plumbline.spec.value;

import org.jspecify.annotations.NullMarked;
