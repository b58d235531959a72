// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class, or method, each of whose tests runs on a {@linkplain ThrowawayHost throwaway host},
 * with the tag {@code kernel}. Skipped, with the reason on standard error, without root.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("kernel")
@ExtendWith({ThrowawayHost.class, KindCondition.class})
public @interface KernelTest {}
