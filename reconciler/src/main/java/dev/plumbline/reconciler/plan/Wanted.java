// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.resource.Resource;

/**
 * One resource that a goal names.
 *
 * @param address where the file names it
 * @param resource what it shall be; its owner is the mark it gets when it is made
 * @param makes whether it is made when it is not there; else the plan waits for it
 */
public record Wanted(String address, Resource resource, boolean makes) {}
