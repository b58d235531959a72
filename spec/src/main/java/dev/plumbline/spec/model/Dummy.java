// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

/** A device that drops what is sent to it; a place for addresses. */
public record Dummy(DeviceSettings settings) implements DeviceKind {}
