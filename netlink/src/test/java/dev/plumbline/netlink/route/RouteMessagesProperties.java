// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.LinkLayerAddress;
import dev.plumbline.netlink.wire.WireException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Messages that were never the kernel's: what is written is read again, and bytes at random end in
 * a WireException or a value.
 */
final class RouteMessagesProperties {
  private static final Arbitrary<Long> U32 = Arbitraries.longs().between(0, 0xffff_ffffL);
  private static final Arbitrary<Integer> U8 = Arbitraries.integers().between(0, 255);
  private static final Arbitrary<String> NAME =
      Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(15);

  private static Arbitrary<InetAddress> address(int bytes) {
    return Arbitraries.bytes()
        .array(byte[].class)
        .ofSize(bytes)
        .filter(
            b ->
                bytes == 4
                    || b[0] != 0) // no IPv4-mapped ones: InetAddress would turn them into IPv4
        .map(
            b -> {
              try {
                return InetAddress.getByAddress(b);
              } catch (UnknownHostException e) {
                throw new IllegalArgumentException(e);
              }
            });
  }

  private static Arbitrary<InetAddress> anyAddress() {
    return Arbitraries.oneOf(address(4), address(16));
  }

  private static Arbitrary<LinkLayerAddress> mac() {
    return Arbitraries.bytes().array(byte[].class).ofSize(6).map(LinkLayerAddress::new);
  }

  /** A value for an attribute, or none. */
  private static <T> Arbitrary<AttributeMap> maybe(
      Arbitrary<AttributeMap> map, Attribute<T> attribute, Arbitrary<T> value) {
    return Combinators.combine(map, value.injectNull(0.4))
        .as((m, v) -> v == null ? m : m.with(attribute, v));
  }

  @Provide
  Arbitrary<Link> links() {
    Arbitrary<AttributeMap> bridge = Arbitraries.just(AttributeMap.EMPTY);
    bridge = maybe(bridge, Bridge.AGEING_TIME, U32);
    bridge = maybe(bridge, Bridge.PRIORITY, Arbitraries.integers().between(0, 65535));
    bridge = maybe(bridge, Bridge.VLAN_PROTOCOL, Arbitraries.of(0x8100, 0x88a8));
    bridge = maybe(bridge, Bridge.MCAST_QUERY_INTVL, Arbitraries.longs());
    bridge =
        maybe(
            bridge,
            Bridge.ROOT_ID,
            Combinators.combine(Arbitraries.integers().between(0, 65535), mac()).as(BridgeId::new));
    bridge =
        maybe(bridge, Bridge.MULTI_BOOLOPT, Combinators.combine(U32, U32).as(BridgeOptions::new));
    Arbitrary<AttributeMap> vxlan = Arbitraries.just(AttributeMap.EMPTY);
    vxlan = maybe(vxlan, Vxlan.ID, U32);
    vxlan = maybe(vxlan, Vxlan.GROUP, address(4));
    vxlan = maybe(vxlan, Vxlan.GROUP6, address(16));
    vxlan = maybe(vxlan, Vxlan.TTL_INHERIT, Arbitraries.of(true, false));
    vxlan = maybe(vxlan, Vxlan.GBP, Arbitraries.just(true));
    vxlan = maybe(vxlan, Vxlan.PORT_RANGE, ports());
    Arbitrary<AttributeMap> bond = Arbitraries.just(AttributeMap.EMPTY);
    bond = maybe(bond, Bond.ARP_IP_TARGET, address(4).list().ofMaxSize(16));
    bond = maybe(bond, Bond.NS_IP6_TARGET, address(16).list().ofMaxSize(16));
    Arbitrary<AttributeMap> vlan = Arbitraries.just(AttributeMap.EMPTY);
    vlan = maybe(vlan, Vlan.FLAGS, Combinators.combine(U32, U32).as(VlanFlags::new));
    vlan =
        maybe(
            vlan,
            Vlan.EGRESS_QOS,
            Combinators.combine(U32, U32).as(QosMapping::new).list().ofMaxSize(5));
    Arbitrary<LinkBuilder> kinds =
        Arbitraries.oneOf(
            kind(Bridge.KIND, bridge),
            kind(Vxlan.KIND, vxlan),
            kind(Bond.KIND, bond),
            kind(Vlan.KIND, vlan),
            kind("unheard-of", vlan));
    return Combinators.combine(
            kinds, NAME, U32, Arbitraries.integers(), mac(), Arbitraries.of(true, false))
        .as(
            (link, name, mtu, master, mac, up) ->
                link.set(Link.IFNAME, name)
                    .mtu(mtu)
                    .master(master)
                    .address(mac)
                    .flag(Link.UP, up)
                    .alias(name)
                    .addressGenerationMode(1)
                    .build());
  }

  private static Arbitrary<LinkBuilder> kind(String kind, Arbitrary<AttributeMap> data) {
    return Combinators.combine(data, Arbitraries.integers().between(1, Integer.MAX_VALUE))
        .as(
            (d, index) ->
                Link.at(index)
                    .kind(kind)
                    .data(d)
                    .slaveKind("bridge")
                    .slaveData(BridgePort.COST, 5L));
  }

  private static Arbitrary<PortRange> ports() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 65535), Arbitraries.integers().between(0, 65535))
        .as((a, b) -> new PortRange(Math.min(a, b), Math.max(a, b)));
  }

  @Property(tries = 300)
  void aLinkIsReadAsItWasWritten(@ForAll("links") Link link) {
    RoundTrip.check(link);
  }

  @Property(tries = 300)
  void aVethPeerIsReadAsItWasWritten(@ForAll("links") Link peer) {
    RoundTrip.check(Link.named("a").kind(Veth.KIND).data(Veth.PEER, peer).build());
  }

  @Provide
  Arbitrary<Address> addresses() {
    return Combinators.combine(anyAddress(), Arbitraries.integers(), U32, U32, U8, U32, NAME)
        .as(
            (local, index, flags, lifetime, protocol, metric, label) ->
                Address.of(local, local.getAddress().length * 8)
                    .on(index)
                    .flag(flags)
                    .lifetimes(lifetime, lifetime)
                    .protocol(protocol)
                    .metric(metric)
                    .label(label)
                    .build());
  }

  @Property(tries = 300)
  void anAddressIsReadAsItWasWritten(@ForAll("addresses") Address address) {
    RoundTrip.check(address);
  }

  @Provide
  Arbitrary<Route> routes() {
    Arbitrary<NextHop> hop =
        Combinators.combine(
                anyAddress(), Arbitraries.integers(), Arbitraries.integers().between(1, 256))
            .as(NextHop::via);
    return Combinators.combine(
            anyAddress(), anyAddress(), U32, U32, U8, hop.list().ofMaxSize(5), U32, U8)
        .as(
            (to, via, table, metric, protocol, hops, mtu, tos) -> {
              RouteBuilder route =
                  Route.to(to, to.getAddress().length * 8)
                      .via(via)
                      .table(table)
                      .metric(metric)
                      .protocol(protocol)
                      .tos(tos)
                      .metric(RouteMetrics.MTU, mtu)
                      .metric(RouteMetrics.CC_ALGO, "bbr");
              hops.forEach(route::nextHop);
              return route.build();
            });
  }

  @Property(tries = 300)
  void aRouteIsReadAsItWasWritten(@ForAll("routes") Route route) {
    RoundTrip.check(route);
    assertEquals(
        route.nextHops().size(),
        route.nextHops().stream().filter(hop -> hop.gateway() != null).count());
  }

  @Provide
  Arbitrary<Rule> rules() {
    return Combinators.combine(anyAddress(), U32, U32, U8, ports(), NAME, U32)
        .as(
            (from, table, priority, protocol, ports, name, mark) ->
                Rule.of(Family.of(from))
                    .from(from, from.getAddress().length * 8)
                    .lookup(table)
                    .priority(priority)
                    .protocol(protocol)
                    .inputDevice(name)
                    .fwmark(mark, mark)
                    .set(Rule.SPORT_RANGE, ports)
                    .set(Rule.UID_RANGE, new Rule.UidRange(mark, priority))
                    .build());
  }

  @Property(tries = 300)
  void aRuleIsReadAsItWasWritten(@ForAll("rules") Rule rule) {
    RoundTrip.check(rule);
  }

  private static void isValueOrWireException(Function<ByteBuffer, Object> reader, byte[] bytes) {
    try {
      Object value = reader.apply(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()));
      assertNotNull(value.toString());
    } catch (WireException expected) {
      assertNotNull(expected.getMessage());
    }
  }

  @Property(tries = 2000)
  void bytesAtRandomAreAValueOrAWireException(@ForAll byte[] bytes) {
    List<Function<ByteBuffer, Object>> readers =
        List.of(
            Link::readBody,
            Address::readBody,
            Route::readBody,
            Rule::readBody,
            Neighbour::readBody,
            FdbEntry::readBody,
            BridgeVlan::readBody,
            NamespaceId::readBody);
    readers.forEach(reader -> isValueOrWireException(reader, bytes));
  }

  @Property(tries = 1000)
  void aMessageWithOneByteWrongIsAValueOrAWireException(
      @ForAll("routes") Route route,
      @ForAll("links") Link link,
      @ForAll int at,
      @ForAll byte value) {
    isValueOrWireException(Route::readBody, spoilt(RoundTrip.bytes(route::writeBody), at, value));
    isValueOrWireException(Link::readBody, spoilt(RoundTrip.bytes(link::writeBody), at, value));
  }

  private static byte[] spoilt(byte[] bytes, int at, byte value) {
    bytes[Math.floorMod(at, bytes.length)] = value;
    return bytes;
  }

  @Property(tries = 100)
  void aPrefixThatIsTooLongIsRefused(@ForAll("addresses") Address address) {
    int tooLong = address.local().getAddress().length * 8 + 1;
    assertThrows(IllegalArgumentException.class, () -> Address.of(address.local(), tooLong));
    assertThrows(IllegalArgumentException.class, () -> Route.to(address.local(), tooLong));
  }
}
