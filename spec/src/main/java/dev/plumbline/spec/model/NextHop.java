// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * One of several next hops of a route; {@code via}, {@code dev} or both.
 *
 * @param dev reference
 * @param weight 1 to 256; not named: 1
 */
public record NextHop(
    @Nullable IpAddress via,
    @Nullable String dev,
    @Nullable Integer weight,
    @Nullable Boolean onlink) {}
