// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A bridge's table of learnt addresses.
 *
 * @param aging how long an address that is not seen is kept; 0 to 1,000,000 s
 * @param size most addresses learnt, 1 to 2^20; {@code IFLA_BR_FDB_MAX_LEARNED} in the kernel
 */
public record MacTable(@Nullable Duration aging, @Nullable Integer size) {}
