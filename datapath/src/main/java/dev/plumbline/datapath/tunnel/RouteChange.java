// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tunnel;

/** That the answer to a query is another one. */
public record RouteChange(RouteQuery query, RouteResolution before, RouteResolution now) {}
