// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Prefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route (ip-route(8)).
 *
 * @param to a network without host bits; {@code default} in the file is 0.0.0.0/0 or ::/0 by the
 *     gateway's family, IPv4 without a gateway
 * @param dev reference
 * @param namespace name of a network namespace; empty: the host's own
 * @param table 1 to 2^32 - 1; not named: main (254), or the table of the VRF that {@code dev} is in
 *     is <em>not</em> chosen: a route for a VRF names its table
 * @param metric 0 to 2^32 - 1
 * @param source address of packets that the host sends by it
 * @param mtu bytes
 * @param advmss bytes
 * @param initcwnd packets
 * @param initrwnd packets
 * @param hopLimit 1 to 255
 * @param nextHops several ways at once; then neither {@code via} nor {@code dev} is named
 */
public record Route(
    Prefix to,
    @Nullable IpAddress via,
    @Nullable String dev,
    String namespace,
    @Nullable Long table,
    @Nullable Long metric,
    @Nullable RouteScope scope,
    @Nullable RouteType type,
    @Nullable IpAddress source,
    @Nullable Boolean onlink,
    @Nullable Integer mtu,
    @Nullable Integer advmss,
    @Nullable Integer initcwnd,
    @Nullable Integer initrwnd,
    @Nullable Integer hopLimit,
    List<NextHop> nextHops) {

  /** The table of routes that name none ({@code RT_TABLE_MAIN}). */
  public static final long MAIN_TABLE = 254;

  public Route {
    nextHops = List.copyOf(nextHops);
  }

  public IpFamily family() {
    return to.family();
  }

  /** The table, the main one if none is named. */
  public long tableOrMain() {
    return table == null ? MAIN_TABLE : table;
  }
}
