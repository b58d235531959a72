// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

/** A device that is there already and is only set, never made or deleted. */
public record Interface(DeviceSettings settings) implements DeviceKind {}
