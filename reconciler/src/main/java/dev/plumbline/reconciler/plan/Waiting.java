// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

/**
 * Something wanted that can not be done yet.
 *
 * @param address the object in the file
 * @param waitsFor what it waits for: {@code device eth9 in the host}
 */
public record Waiting(String address, String waitsFor) {}
