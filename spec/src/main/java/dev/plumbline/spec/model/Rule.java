// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Prefix;
import org.jspecify.annotations.Nullable;

/**
 * A rule that chooses a routing table (ip-rule(8)).
 *
 * @param priority 0 to 2^32 - 1; the lower is asked first
 * @param family of {@code from} and {@code to} if there are any, else IPv4 unless named
 * @param fwmark 0 to 2^32 - 1
 * @param fwmask 0 to 2^32 - 1; not named: all bits
 * @param tos 0 to 255
 * @param table 1 to 2^32 - 1; required by action {@code table} unless {@code l3mdev}
 * @param action {@code table} by default
 * @param invert whether it matches what the rest does not
 * @param ipProto IP protocol number, 1 to 255
 * @param suppressPrefixLength routes this short or shorter are ignored, 0 to 128
 * @param l3mdev whether the table is that of the packet's VRF
 */
public record Rule(
    long priority,
    IpFamily family,
    String namespace,
    @Nullable Prefix from,
    @Nullable Prefix to,
    @Nullable String iif,
    @Nullable String oif,
    @Nullable Long fwmark,
    @Nullable Long fwmask,
    @Nullable Integer tos,
    @Nullable Long table,
    RuleAction action,
    @Nullable Boolean invert,
    @Nullable NumberRange uidRange,
    @Nullable Integer ipProto,
    @Nullable NumberRange sourcePort,
    @Nullable NumberRange destinationPort,
    @Nullable Integer suppressPrefixLength,
    @Nullable Boolean l3mdev) {}
