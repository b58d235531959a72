// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Spanning tree of a bridge (IEEE 802.1D-1998 section 8.10).
 *
 * @param enabled not named: off for {@code stp} of a kernel bridge as the kernel has it
 * @param priority bridge priority, 0 to 65535
 * @param forwardDelay 2 to 30 s
 * @param helloTime 1 to 10 s
 * @param maxAge 6 to 40 s
 */
public record StpSettings(
    @Nullable Boolean enabled,
    @Nullable Integer priority,
    @Nullable Duration forwardDelay,
    @Nullable Duration helloTime,
    @Nullable Duration maxAge) {}
