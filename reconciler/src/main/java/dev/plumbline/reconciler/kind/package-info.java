/**
 * The kinds of device, one file each: which fields a kind has, how each is written in the kernel's
 * attributes, and what the kernel demands for changing it.
 *
 * <p>Adding a kind is adding its file here and a line in {@link
 * dev.plumbline.reconciler.kind.DeviceKinds}. Everything is immutable and shared.
 */
@NullMarked
package dev.plumbline.reconciler.kind;

import org.jspecify.annotations.NullMarked;
