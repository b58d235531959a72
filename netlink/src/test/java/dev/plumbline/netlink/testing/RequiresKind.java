// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Skips the test, with the reason on standard error, where the kernel has no driver for one of the
 * link kinds. Whether it has is found by making such a device in a scratch namespace.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(KindCondition.class)
public @interface RequiresKind {
  /** The kinds' names as {@code ip link add type} takes them. */
  String[] value();
}
