// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tally;

/**
 * What a flow counted.
 *
 * @param bytes of whole frames with their tags
 * @param createdNanos when it came; times are of CLOCK_MONOTONIC
 * @param changedNanos when it was last changed, or came
 * @param usedNanos of its last packet; when it came, if there was none
 */
public record FlowCount(
    long packets, long bytes, long createdNanos, long changedNanos, long usedNanos) {}
