// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.Prefix;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An address of a device (ip-address(8)).
 *
 * @param prefix the device's own address and its network's length
 * @param peer the other end of a point-to-point link; the network is then the peer's
 * @param broadcast IPv4 only
 * @param label IPv4 only; starts with the device's name, at most 15 bytes
 * @param metric priority of the connected route, 0 to 2^32 - 1
 * @param validLifetime whole seconds; not named: for ever
 * @param preferredLifetime whole seconds, at most {@code validLifetime}; not named: for ever
 * @param noPrefixRoute whether the kernel makes no connected route
 * @param noDad IPv6 only: no duplicate address detection
 */
public record AddressSetting(
    Prefix prefix,
    @Nullable IpAddress peer,
    @Nullable IpAddress broadcast,
    @Nullable String label,
    @Nullable RouteScope scope,
    @Nullable Long metric,
    @Nullable Duration validLifetime,
    @Nullable Duration preferredLifetime,
    @Nullable Boolean noPrefixRoute,
    @Nullable Boolean noDad) {

  /** The prefix and nothing else. */
  public static AddressSetting of(Prefix prefix) {
    return new AddressSetting(prefix, null, null, null, null, null, null, null, null, null);
  }
}
