// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Routes against the kernel and iproute2. */
@KernelTest
final class RoutesTest extends RouteTest {
  private int index;
  private int other;

  @BeforeEach
  void devices() throws IOException {
    index = create(Veth.named("a0", Link.named("b0")).up()).index();
    other = link("b0").index();
    executeAll(
        List.of(
            Link.setUp(other),
            Address.add(Address.of(ip("10.0.0.1"), 24).on(index)),
            Address.add(Address.of(ip("10.0.1.1"), 24).on(other)),
            Address.add(Address.of(ip("fd00::1"), 64).on(index).flag(Address.NODAD)),
            Address.add(Address.of(ip("fd01::1"), 64).on(other).flag(Address.NODAD))));
  }

  private Route only(int family, long table) throws IOException {
    List<Route> all = socket.routes(family, table);
    assertEquals(1, all.size(), all.toString());
    return all.get(0);
  }

  private static Map<String, Object> judged(String arguments) {
    return Judge.all("ip -d -j " + arguments).get(0);
  }

  @Test
  void anIpv4RouteKeepsAllThatItWasMadeWith() throws IOException {
    RouteBuilder wanted =
        Route.to(ip("10.2.0.0"), 16)
            .via(ip("10.0.0.254"))
            .dev(index)
            .table(1000)
            .metric(50)
            .protocol(112)
            .preferredSource(ip("10.0.0.1"))
            .metric(RouteMetrics.MTU, 1400L)
            .metric(RouteMetrics.ADVMSS, 1300L)
            .metric(RouteMetrics.INITCWND, 20L)
            .metric(RouteMetrics.INITRWND, 21L)
            .metric(RouteMetrics.WINDOW, 9000L)
            .metric(RouteMetrics.RTT, 800L)
            .metric(RouteMetrics.HOPLIMIT, 9L)
            .metric(RouteMetrics.QUICKACK, 1L)
            .tos(8);
    socket.execute(Route.add(wanted));
    Route read = only(Family.INET, 1000);
    assertEquals(ip("10.2.0.0"), read.destination());
    assertEquals(16, read.prefixLength());
    assertEquals(ip("10.0.0.254"), read.gateway());
    assertEquals(index, read.index());
    assertEquals(50, read.metric());
    assertEquals(112, read.protocol());
    assertEquals(ip("10.0.0.1"), read.preferredSource());
    assertEquals(Route.SCOPE_UNIVERSE, read.scope());
    assertEquals(8, read.tos());
    assertEquals(wanted.build().metrics(), read.metrics());
    Map<String, Object> judged = judged("route show table 1000");
    assertEquals("10.2.0.0/16", judged.get("dst"));
    assertEquals("10.0.0.254", judged.get("gateway"));
    assertEquals("a0", judged.get("dev"));
    assertEquals("50", judged.get("metric"));
    assertEquals("112", judged.get("protocol"));
    assertEquals("10.0.0.1", judged.get("prefsrc"));
    assertTrue(judged.get("metrics").toString().contains("mtu=1400"), judged.toString());
    refused("EEXIST", Route.add(wanted));
    socket.execute(Route.delete(read));
    assertEquals(List.of(), socket.routes(Family.INET, 1000));
    refused("ESRCH", Route.delete(read));
  }

  @Test
  void aDirectRouteHasTheScopeOfTheLinkAndAReplacementChangesIt() throws IOException {
    socket.execute(Route.add(Route.toDefault(Family.INET).dev(index).table(7)));
    assertNull(only(Family.INET, 7).destination());
    assertEquals(Route.SCOPE_LINK, only(Family.INET, 7).scope());
    socket.execute(
        Route.replace(Route.toDefault(Family.INET).via(ip("10.0.1.254")).dev(other).table(7)));
    assertEquals(ip("10.0.1.254"), only(Family.INET, 7).gateway());
    assertEquals(other, only(Family.INET, 7).index());
  }

  @Test
  void anIpv6RouteReadsMetric1024WhereNoneWasSaid() throws IOException {
    socket.execute(
        Route.add(
            Route.to(ip("fd02::"), 64)
                .via(ip("fd00::254"))
                .table(1000)
                .protocol(112)
                .set(Route.PREF, 1)
                .metric(RouteMetrics.MTU, 1400L)));
    Route read = only(Family.INET6, 1000);
    assertEquals(1024, read.metric());
    assertEquals(ip("fd00::254"), read.gateway());
    assertEquals(112, read.protocol());
    assertEquals(1, read.attributes().get(Route.PREF));
    assertEquals(1400L, read.metrics().get(RouteMetrics.MTU));
    Map<String, Object> judged = judged("-6 route show table 1000");
    assertEquals("fd02::/64", judged.get("dst"));
    assertEquals("high", judged.get("pref"));
    socket.execute(Route.delete(read));
    assertEquals(List.of(), socket.routes(Family.INET6, 1000));
  }

  @Test
  void aGatewayOutsideOfAllNetworksNeedsOnlink() throws IOException {
    RouteBuilder route = Route.to(ip("10.3.0.0"), 16).via(ip("172.16.0.1")).dev(index).table(9);
    assertTrue(refused("ENETUNREACH", Route.add(route)).kernelMessage().contains("gateway"));
    socket.execute(Route.add(route.onlink()));
    assertTrue(only(Family.INET, 9).isOnlink());
    socket.execute(Route.delete(only(Family.INET, 9)));
  }

  @Test
  void routesOverSeveralNextHopsKeepTheirWeights() throws IOException {
    socket.execute(
        Route.add(
            Route.to(ip("10.4.0.0"), 16)
                .nextHop(NextHop.via(ip("10.0.0.254"), index, 3))
                .nextHop(NextHop.via(ip("10.0.1.254"), other, 256))
                .nextHop(NextHop.via(ip("172.16.0.1"), other, 1).onlink())
                .table(10)));
    Route read = only(Family.INET, 10);
    assertEquals(List.of(3, 256, 1), read.nextHops().stream().map(NextHop::weight).toList());
    assertEquals(ip("10.0.1.254"), read.nextHops().get(1).gateway());
    assertTrue((read.nextHops().get(2).flags() & Route.ONLINK) != 0);
    assertTrue(judged("route show table 10").get("nexthops").toString().contains("weight=256"));
    socket.execute(Route.delete(read));

    socket.execute(
        Route.add(
            Route.to(ip("fd04::"), 64)
                .nextHop(NextHop.via(ip("fd00::254"), index, 1))
                .nextHop(NextHop.via(ip("fd01::254"), other, 2))
                .table(10)));
    Route v6 = only(Family.INET6, 10);
    assertEquals(List.of(1, 2), v6.nextHops().stream().map(NextHop::weight).toList());
    socket.execute(Route.delete(v6));
    assertEquals(List.of(), socket.routes(Family.INET6, 10));
  }

  @Test
  void anIpv4RouteGoesThroughAnIpv6Gateway() throws IOException {
    socket.execute(
        Route.add(Route.to(ip("10.5.0.0"), 16).via(ip("fd00::254")).dev(index).table(11)));
    assertEquals(ip("fd00::254"), only(Family.INET, 11).gateway());
    assertTrue(judged("route show table 11").get("via").toString().contains("fd00::254"));
  }

  @Test
  void routesThatDropHaveTheirTypes() throws IOException {
    Map<Integer, String> types =
        Map.of(
            Route.BLACKHOLE,
            "blackhole",
            Route.UNREACHABLE,
            "unreachable",
            Route.PROHIBIT,
            "prohibit",
            Route.THROW,
            "throw");
    for (Map.Entry<Integer, String> type : types.entrySet()) {
      for (String network : List.of("10.6.0.0", "fd06::")) {
        int length = network.contains(":") ? 64 : 16;
        socket.execute(Route.add(Route.to(ip(network), length).type(type.getKey()).table(12)));
        Route read = only(Family.of(ip(network)), 12);
        assertEquals(type.getKey(), read.type());
        assertEquals(
            type.getValue(),
            judged((length == 64 ? "-6 " : "") + "route show table 12").get("type"));
        socket.execute(Route.delete(read));
      }
    }
  }

  @Test
  void aTableThatNeverWasIsEmpty() throws IOException {
    assertEquals(List.of(), socket.routes(Family.INET, 4_000_000_000L));
    assertEquals(List.of(), socket.routes(Family.INET6, 4_000_000_000L));
    assertTrue(
        socket.routes(Family.INET, Route.TABLE_MAIN).stream()
            .allMatch(route -> route.table() == Route.TABLE_MAIN));
    assertTrue(socket.routes().stream().anyMatch(route -> route.table() == Route.TABLE_LOCAL));
  }
}
