// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Addresses against the kernel and iproute2. */
@KernelTest
final class AddressTest extends RouteTest {
  private int index;

  @BeforeEach
  void device() throws IOException {
    index = create(Veth.named("a0", Link.named("b0"))).index();
  }

  private Address only(int family) throws IOException {
    List<Address> all = socket.addresses(index).stream().filter(a -> a.family() == family).toList();
    assertEquals(1, all.size(), all.toString());
    return all.get(0);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> judged(String name) {
    List<Object> all =
        (List<Object>) Judge.all("ip -d -j addr show dev " + name).get(0).get("addr_info");
    return (Map<String, Object>) all.get(0);
  }

  @Test
  void aDeviceThatPromotesSecondariesKeepsThemWhenItLosesTheFirst() throws IOException {
    for (boolean promote : new boolean[] {false, true}) {
      for (String address : List.of("10.0.0.1", "10.0.0.2", "10.0.0.3")) {
        socket.execute(Address.replace(Address.of(ip(address), 24).on(index)));
      }
      socket.execute(Link.promoteSecondaries(index, promote));
      assertEquals(promote, Objects.requireNonNull(socket.link(index)).promotesSecondaries());
      socket.execute(Address.delete(Address.of(ip("10.0.0.1"), 24).on(index)));
      List<Address> left =
          socket.addresses(index).stream().filter(a -> a.family() == Family.INET).toList();
      assertEquals(promote ? 2 : 0, left.size(), left.toString());
    }
  }

  @Test
  void anIpv4AddressKeepsAllThatItWasMadeWith() throws IOException {
    Address wanted =
        Address.of(ip("10.0.0.1"), 24)
            .on(index)
            .broadcast(ip("10.0.0.255"))
            .label("a0:x")
            .scope(Address.SCOPE_SITE)
            .flag(Address.NOPREFIXROUTE)
            .metric(77)
            .protocol(112)
            .lifetimes(5000, 4000)
            .build();
    socket.execute(Address.add(wanted));
    Address read = only(Family.INET);
    assertEquals(ip("10.0.0.1"), read.local());
    assertEquals(24, read.prefixLength());
    assertNull(read.peer());
    assertEquals(ip("10.0.0.255"), read.broadcast());
    assertEquals("a0:x", read.label());
    assertEquals(Address.SCOPE_SITE, read.scope());
    assertTrue(read.has(Address.NOPREFIXROUTE));
    assertEquals(77, read.metric());
    assertEquals(112, read.protocol());
    assertTrue(read.validSeconds() > 4900 && read.validSeconds() <= 5000);
    assertTrue(read.preferredSeconds() > 3900 && read.preferredSeconds() <= 4000);
    Map<String, Object> judged = judged("a0");
    assertEquals("10.0.0.1", judged.get("local"));
    assertEquals("24", judged.get("prefixlen"));
    assertEquals("10.0.0.255", judged.get("broadcast"));
    assertEquals("a0:x", judged.get("label"));
    assertEquals("site", judged.get("scope"));
    assertEquals("77", judged.get("metric"));
    refused("EEXIST", Address.add(wanted));
    socket.execute(Address.delete(read));
    assertTrue(socket.addresses(index).stream().noneMatch(a -> a.family() == Family.INET));
    refused("EADDRNOTAVAIL", Address.delete(read));
  }

  @Test
  void anIpv4AddressWithAPeer() throws IOException {
    socket.execute(Address.add(Address.of(ip("10.0.0.1"), 32).peer(ip("10.0.0.2")).on(index)));
    assertEquals(ip("10.0.0.1"), only(Family.INET).local());
    assertEquals(ip("10.0.0.2"), only(Family.INET).peer());
    assertTrue(only(Family.INET).has(Address.PERMANENT));
    assertEquals(Address.FOREVER, only(Family.INET).validSeconds());
    assertEquals("10.0.0.2", judged("a0").get("address"));
  }

  @Test
  void anIpv6AddressKeepsAllThatItWasMadeWith() throws IOException {
    socket.execute(
        Address.add(
            Address.of(ip("fd00::1"), 64)
                .on(index)
                .flag(Address.NODAD | Address.NOPREFIXROUTE | Address.HOMEADDRESS)
                .metric(9)
                .protocol(112)));
    Address read = only(Family.INET6);
    assertEquals(ip("fd00::1"), read.local());
    assertEquals(64, read.prefixLength());
    assertTrue(
        read.has(Address.NODAD | Address.NOPREFIXROUTE | Address.HOMEADDRESS | Address.PERMANENT));
    assertEquals(9, read.metric());
    assertEquals(112, read.protocol());
    assertEquals("fd00::1", judged("a0").get("local"));
    assertEquals("true", judged("a0").get("home"));
    refused("EEXIST", Address.add(Address.of(ip("fd00::1"), 80).on(index)));
    socket.execute(Address.delete(read));
    assertTrue(socket.addresses(index).isEmpty());
  }

  @Test
  void aReplacementChangesLifetimesAndMetricInPlace() throws IOException {
    for (String literal : List.of("10.0.0.1", "fd00::1")) {
      int length = literal.contains(":") ? 64 : 24;
      socket.execute(Address.add(Address.of(ip(literal), length).on(index).protocol(112)));
      socket.execute(
          Address.replace(
              Address.of(ip(literal), length)
                  .on(index)
                  .lifetimes(100, 50)
                  .metric(5)
                  .protocol(113)));
      Address read = only(Family.of(ip(literal)));
      assertTrue(read.validSeconds() <= 100);
      assertEquals(5, read.metric());
    }
  }

  @Test
  void aReplacementKeepsAnIpv4AddressesLabelBroadcastScopeAndFlag() throws IOException {
    socket.execute(Address.add(Address.of(ip("10.0.0.1"), 24).on(index)));
    socket.execute(
        Address.replace(
            Address.of(ip("10.0.0.1"), 24)
                .on(index)
                .label("a0:x")
                .broadcast(ip("10.0.0.255"))
                .flag(Address.NOPREFIXROUTE)));
    Address read = only(Family.INET);
    assertEquals("a0", read.label());
    assertNull(read.broadcast());
    assertTrue(!read.has(Address.NOPREFIXROUTE));
  }

  @Test
  void deletingTheFirstAddressOfANetworkTakesTheSecondaryOnesWithIt() throws IOException {
    Address first = Address.of(ip("10.0.0.1"), 24).on(index).build();
    Address second = Address.of(ip("10.0.0.2"), 24).on(index).build();
    executeAll(List.of(Address.add(first), Address.add(second)));
    assertTrue(
        socket.addresses(index).stream()
            .anyMatch(a -> a.local().equals(ip("10.0.0.2")) && a.has(Address.SECONDARY)));
    socket.execute(Address.delete(first));
    assertTrue(socket.addresses(index).stream().noneMatch(a -> a.family() == Family.INET));
  }
}
