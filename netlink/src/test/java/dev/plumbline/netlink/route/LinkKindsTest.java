// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.RequiresKind;
import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each kind: created, read, judged by iproute2, changed, read, deleted. */
@KernelTest
final class LinkKindsTest extends RouteTest {
  private static final String DATA = "linkinfo.info_data.";
  private static final String SLAVE = "linkinfo.info_slave_data.";

  private <T> T changed(LinkBuilder change, String name, Attribute<T> attribute)
      throws IOException {
    socket.execute(Link.change(change));
    return link(name).data().get(attribute);
  }

  private void judge(String name, Map<String, Object> expected) {
    Map<String, Object> judged = Judge.link(name);
    expected.forEach(
        (path, value) ->
            assertEquals(
                String.valueOf(value),
                String.valueOf(Judge.get(judged, path)),
                path + " of " + judged));
  }

  private void deleted(String name) throws IOException {
    socket.execute(Link.delete(name));
    assertNull(socket.link(name));
  }

  /**
   * The defaults that a kind claims are those of a device of which nothing was said, as far as this
   * kernel knows them.
   */
  private static void assertDefaults(AttributeMap defaults, AttributeMap data) {
    for (AttributeMap.Entry entry : defaults) {
      Attribute<?> attribute = entry.attribute();
      assertNotNull(attribute);
      if (data.has(attribute)) {
        assertEquals(entry.value(), data.get(attribute), attribute.name());
      }
    }
  }

  @Test
  void aBridgeHasTheSettingsItWasMadeWithAndTakesOthersInPlace() throws IOException {
    Link bridge =
        create(
            Bridge.named("br0")
                .data(Bridge.AGEING_TIME, 12300L)
                .data(Bridge.FORWARD_DELAY, 400L)
                .data(Bridge.HELLO_TIME, 300L)
                .data(Bridge.MAX_AGE, 1200L)
                .data(Bridge.STP_STATE, 1L)
                .data(Bridge.PRIORITY, 4096)
                .data(Bridge.GROUP_FWD_MASK, 8)
                .up());
    assertEquals("bridge", bridge.kind());
    assertTrue(bridge.isUp());
    assertEquals(12300L, bridge.data().get(Bridge.AGEING_TIME));
    judge(
        "br0",
        Map.of(
            DATA + "ageing_time",
            12300,
            DATA + "forward_delay",
            400,
            DATA + "hello_time",
            300,
            DATA + "max_age",
            1200,
            DATA + "stp_state",
            1,
            DATA + "priority",
            4096,
            DATA + "group_fwd_mask",
            "0x8"));
    // The address in the id is that of the lowest port: none yet.
    assertEquals(new BridgeId(4096, mac("00:00:00:00:00:00")), bridge.data().get(Bridge.BRIDGE_ID));

    assertEquals(
        500L,
        changed(
            Link.at(bridge.index()).kind("bridge").data(Bridge.AGEING_TIME, 500L),
            "br0",
            Bridge.AGEING_TIME));
    assertEquals(
        1,
        changed(Link.named("br0").kind("bridge").data(Bridge.PRIORITY, 1), "br0", Bridge.PRIORITY));
    assertEquals(400L, link("br0").data().get(Bridge.FORWARD_DELAY), "what was not said stays");
    refused("ERANGE", Link.change(Link.named("br0").kind("bridge").data(Bridge.HELLO_TIME, 50L)));
    refused("EINVAL", Link.change(Link.named("br0").kind("bridge").data(Bridge.GROUP_FWD_MASK, 7)));
    deleted("br0");
  }

  @Test
  void theBridgeDefaultsAreThoseOfTheKernel() throws IOException {
    AttributeMap data = create(Bridge.named("br0")).data();
    assertDefaults(Bridge.DEFAULTS, data);
    assertTrue(data.has(Bridge.AGEING_TIME) && data.has(Bridge.STP_STATE));
  }

  @Test
  void aBridgePortTakesItsSettingsOnceItIsAPortAndLosesThemWhenItLeaves() throws IOException {
    Link bridge = create(Bridge.named("br0").up());
    create(Veth.named("a0", Link.named("b0")).master(bridge.index()));
    Link port = link("a0");
    assertEquals(bridge.index(), port.master());
    assertEquals("bridge", port.slaveKind());
    assertDefaults(BridgePort.DEFAULTS, port.slaveData());

    LinkBuilder settings =
        Link.named("a0")
            .slaveKind(BridgePort.KIND)
            .slaveData(BridgePort.COST, 77L)
            .slaveData(BridgePort.PRIORITY, 5)
            .slaveData(BridgePort.MODE, true)
            .slaveData(BridgePort.GUARD, true)
            .slaveData(BridgePort.PROTECT, true)
            .slaveData(BridgePort.LEARNING, false)
            .slaveData(BridgePort.UNICAST_FLOOD, false)
            .slaveData(BridgePort.MCAST_FLOOD, false)
            .slaveData(BridgePort.BCAST_FLOOD, false)
            .slaveData(BridgePort.NEIGH_SUPPRESS, true)
            .slaveData(BridgePort.ISOLATED, true)
            .slaveData(BridgePort.PROXYARP, true);
    socket.execute(Link.change(settings));
    AttributeMap data = link("a0").slaveData();
    for (AttributeMap.Entry entry : settings.build().slaveData()) {
      assertEquals(entry.value(), data.get(entry.attribute()), entry.attribute().name());
    }
    judge(
        "a0",
        Map.of(
            SLAVE + "cost",
            77,
            SLAVE + "priority",
            5,
            SLAVE + "hairpin",
            true,
            SLAVE + "guard",
            true,
            SLAVE + "root_block",
            true,
            SLAVE + "learning",
            false,
            SLAVE + "flood",
            false,
            SLAVE + "isolated",
            true,
            SLAVE + "neigh_suppress",
            true,
            SLAVE + "bcast_flood",
            false));
    assertEquals(List.of("a0"), socket.portsOf(bridge.index()).stream().map(Link::name).toList());

    executeAll(List.of(Link.release(port.index()), Link.enslave(port.index(), bridge.index())));
    assertDefaults(BridgePort.DEFAULTS, link("a0").slaveData());
  }

  @Test
  void aPortMovesToAnotherBridgeWithoutARelease() throws IOException {
    int first = create(Bridge.named("br0")).index();
    int second = create(Bridge.named("br1")).index();
    int port = create(Veth.named("a0", Link.named("b0")).master(first)).index();
    socket.execute(Link.enslave(port, second));
    assertEquals(second, link("a0").master());
  }

  @Test
  void aVethPairIsMadeInOneRequestWithAllThatIsSaidOfThePeer() throws IOException {
    Link a =
        create(
            Veth.named(
                    "a0",
                    Link.named("b0")
                        .mtu(1350)
                        .address(mac("02:00:00:00:00:0b"))
                        .group(4)
                        .txQueueLength(99))
                .mtu(1400)
                .address(mac("02:00:00:00:00:0a"))
                .up());
    Link b = link("b0");
    assertEquals(b.index(), a.link());
    assertEquals(a.index(), b.link());
    assertNull(a.linkNamespaceId());
    assertEquals(1400, a.mtu());
    assertEquals(1350, b.mtu());
    assertEquals(mac("02:00:00:00:00:0b"), b.address());
    assertEquals(4L, b.get(Link.GROUP));
    assertEquals(99L, b.get(Link.TXQLEN));
    assertTrue(a.isUp());
    judge(
        "b0",
        Map.of(
            "mtu",
            1350,
            "address",
            "02:00:00:00:00:0b",
            "link",
            "a0",
            "group",
            "4",
            "linkinfo.info_kind",
            "veth"));
    deleted("b0");
    assertNull(socket.link("a0"));
  }

  @Test
  void aVxlanHasTheSettingsItWasMadeWith() throws IOException {
    int below = create(Veth.named("a0", Link.named("b0"))).index();
    LinkBuilder wanted =
        Vxlan.named("vx0", 42)
            .data(Vxlan.LINK, below)
            .data(Vxlan.TTL, 9)
            .data(Vxlan.TOS, 4)
            .data(Vxlan.AGEING, 77L)
            .data(Vxlan.LIMIT, 1000L)
            .data(Vxlan.PORT_RANGE, new PortRange(2000, 3000))
            .data(Vxlan.LEARNING, false)
            .data(Vxlan.PROXY, true)
            .data(Vxlan.RSC, true)
            .data(Vxlan.L2MISS, true)
            .data(Vxlan.L3MISS, true)
            .data(Vxlan.UDP_CSUM, false)
            .data(Vxlan.DF, 1)
            .data(Vxlan.GBP, true);
    Vxlan.local(wanted, ip("10.0.0.1"));
    Vxlan.remote(wanted, ip("10.0.0.2"));
    Link vxlan =
        create(wanted.mtu(1400).address(mac("02:00:00:00:00:0c")).group(7).txQueueLength(55));
    for (AttributeMap.Entry entry : wanted.build().data()) {
      assertEquals(entry.value(), vxlan.data().get(entry.attribute()), entry.attribute().name());
    }
    assertEquals(ip("10.0.0.1"), Vxlan.local(vxlan.data()));
    judge(
        "vx0",
        Map.ofEntries(
            Map.entry(DATA + "id", 42),
            Map.entry(DATA + "local", "10.0.0.1"),
            Map.entry(DATA + "remote", "10.0.0.2"),
            Map.entry(DATA + "link", "a0"),
            Map.entry(DATA + "ttl", 9),
            Map.entry(DATA + "ageing", 77),
            Map.entry(DATA + "limit", 1000),
            Map.entry(DATA + "port_range.low", 2000),
            Map.entry(DATA + "port_range.high", 3000),
            Map.entry(DATA + "learning", false),
            Map.entry(DATA + "port", 4789),
            Map.entry(DATA + "udp_csum", false),
            Map.entry("mtu", 1400),
            Map.entry("address", "02:00:00:00:00:0c"),
            Map.entry("group", "7"),
            Map.entry("txqlen", 55)));
    deleted("vx0");
  }

  @Test
  void theVxlanDefaultsAreThoseOfTheKernel() throws IOException {
    assertDefaults(Vxlan.DEFAULTS.without(Vxlan.PORT), create(Vxlan.named("vx0", 1)).data());
    assertDefaults(
        Vxlan.DEFAULTS, create(Link.named("vx1").kind("vxlan").data(Vxlan.ID, 2L)).data());
  }

  @Test
  void aVxlanTakesRemoteTtlAndAgeingInPlaceAndRefusesTheRest() throws IOException {
    LinkBuilder wanted = Vxlan.named("vx0", 42);
    Vxlan.local(wanted, ip("127.0.0.1"));
    Vxlan.remote(wanted, ip("127.0.0.2"));
    int index = create(wanted.up()).index();
    assertEquals(
        ip("127.0.0.3"),
        changed(vxlan(index).data(Vxlan.GROUP, ip("127.0.0.3")), "vx0", Vxlan.GROUP));
    assertEquals(
        ip("127.0.0.9"),
        changed(vxlan(index).data(Vxlan.LOCAL, ip("127.0.0.9")), "vx0", Vxlan.LOCAL));
    assertEquals(5, changed(vxlan(index).data(Vxlan.TTL, 5), "vx0", Vxlan.TTL));
    assertEquals(6, changed(vxlan(index).data(Vxlan.TOS, 6), "vx0", Vxlan.TOS));
    assertEquals(100L, changed(vxlan(index).data(Vxlan.AGEING, 100L), "vx0", Vxlan.AGEING));
    assertEquals(false, changed(vxlan(index).data(Vxlan.LEARNING, false), "vx0", Vxlan.LEARNING));
    assertEquals(1, changed(vxlan(index).data(Vxlan.DF, 1), "vx0", Vxlan.DF));
    refused("EOPNOTSUPP", Link.change(vxlan(index).data(Vxlan.ID, 43L)));
    refused("EOPNOTSUPP", Link.change(vxlan(index).data(Vxlan.PORT, 4790)));
    refused("EOPNOTSUPP", Link.change(vxlan(index).data(Vxlan.LIMIT, 10L)));
    refused("EOPNOTSUPP", Link.change(vxlan(index).data(Vxlan.PORT_RANGE, new PortRange(1, 2))));
    refused("EOPNOTSUPP", Link.change(vxlan(index).data(Vxlan.PROXY, true)));
    refused("EOPNOTSUPP", Link.change(vxlan(index).data(Vxlan.UDP_CSUM, false)));
    refused("EOPNOTSUPP", Link.change(vxlan(index).data(Vxlan.GBP, true)));
    refused("EOPNOTSUPP", Link.change(vxlan(index).data(Vxlan.TTL_INHERIT, true)));
    refused("EOPNOTSUPP", Link.change(vxlan(index).data(Vxlan.LOCAL6, ip("::1"))));
    assertTrue(
        refused("EEXIST", Link.create(Vxlan.named("vx1", 42))).kernelMessage().contains("VNI"));
  }

  private static LinkBuilder vxlan(int index) {
    return Link.at(index).kind(Vxlan.KIND);
  }

  @Test
  void aVxlanOverIpv6AndOneThatInheritsTheTtlAreRead() throws IOException {
    LinkBuilder wanted =
        Vxlan.named("vx0", 42).data(Vxlan.LABEL, 0x12345L).data(Vxlan.TTL_INHERIT, true);
    Vxlan.local(wanted, ip("fd00::1"));
    Vxlan.remote(wanted, ip("fd00::2"));
    Link vxlan = create(wanted);
    assertEquals(ip("fd00::2"), Vxlan.remote(vxlan.data()));
    assertEquals(0x12345L, vxlan.data().get(Vxlan.LABEL));
    assertEquals(true, vxlan.data().get(Vxlan.TTL_INHERIT));
    judge(
        "vx0",
        Map.of(DATA + "remote6", "fd00::2", DATA + "local6", "fd00::1", DATA + "label", "0x12345"));
    assertEquals(
        true,
        create(Link.named("vx1").kind("vxlan").data(Vxlan.COLLECT_METADATA, true))
            .data()
            .get(Vxlan.COLLECT_METADATA));
  }

  @Test
  void aMacvlanChangesItsModeButNotToPassthru() throws IOException {
    int parent = create(Veth.named("a0", Link.named("b0")).up()).index();
    Link macvlan = create(Macvlan.named("mv0", parent, Macvlan.BRIDGE).up());
    assertEquals(parent, macvlan.link());
    assertEquals(Macvlan.BRIDGE, macvlan.data().get(Macvlan.MODE));
    judge("mv0", Map.of(DATA + "mode", "bridge", "link", "a0"));
    LinkBuilder change = Link.at(macvlan.index()).kind(Macvlan.KIND);
    assertEquals(
        Macvlan.PRIVATE, changed(change.data(Macvlan.MODE, Macvlan.PRIVATE), "mv0", Macvlan.MODE));
    refused("EINVAL", Link.change(change.data(Macvlan.MODE, Macvlan.PASSTHRU)));
    socket.execute(
        Link.change(
            Link.at(macvlan.index())
                .kind(Macvlan.KIND)
                .data(Macvlan.MODE, Macvlan.SOURCE)
                .data(Macvlan.MACADDR_MODE, 0L)
                .data(Macvlan.MACADDR, mac("02:00:00:00:00:01"))));
    assertEquals(List.of(mac("02:00:00:00:00:01")), link("mv0").data().get(Macvlan.MACADDR_DATA));
    deleted("mv0");
  }

  @Test
  void tunAndTapDevicesAreMadeThroughDevNetTunAndReadByNetlink() throws IOException {
    TunDevice.tap("tap0").owner(7).group(8).multiQueue().vnetHeader().create();
    TunDevice.tun("tun0").packetInformation().create();
    AttributeMap tap = link("tap0").data();
    assertEquals("tun", link("tap0").kind());
    assertEquals(Tun.TAP, tap.get(Tun.TYPE));
    assertEquals(7L, tap.get(Tun.OWNER));
    assertEquals(8L, tap.get(Tun.GROUP));
    assertEquals(true, tap.get(Tun.PERSIST));
    assertEquals(true, tap.get(Tun.MULTI_QUEUE));
    assertEquals(true, tap.get(Tun.VNET_HDR));
    assertEquals(false, tap.get(Tun.PI));
    AttributeMap tun = link("tun0").data();
    assertEquals(Tun.TUN, tun.get(Tun.TYPE));
    assertEquals(true, tun.get(Tun.PI));
    judge(
        "tap0",
        Map.of(
            DATA + "type",
            "tap",
            DATA + "multi_queue",
            true,
            DATA + "vnet_hdr",
            true,
            DATA + "persist",
            true));
    deleted("tap0");
  }

  @Test
  @RequiresKind("dummy")
  void aDummyIsMadeAndDeleted() throws IOException {
    assertEquals("dummy", create(Dummy.named("du0").up()).kind());
    judge("du0", Map.of("linkinfo.info_kind", "dummy"));
    deleted("du0");
  }

  @Test
  @RequiresKind("vlan")
  void aVlanKeepsItsIdAndChangesItsFlagsAndMaps() throws IOException {
    int parent = create(Veth.named("a0", Link.named("b0"))).index();
    Link vlan =
        create(
            Vlan.named("v5", parent, 5)
                .data(Vlan.PROTOCOL, Vlan.PROTOCOL_8021AD)
                .data(Vlan.EGRESS_QOS, List.of(new QosMapping(1, 2), new QosMapping(3, 4)))
                .data(Vlan.INGRESS_QOS, List.of(new QosMapping(5, 6))));
    assertEquals(parent, vlan.link());
    assertEquals(5, vlan.data().get(Vlan.ID));
    assertEquals(Vlan.PROTOCOL_8021AD, vlan.data().get(Vlan.PROTOCOL));
    assertEquals(
        List.of(new QosMapping(1, 2), new QosMapping(3, 4)), vlan.data().get(Vlan.EGRESS_QOS));
    judge("v5", Map.of(DATA + "id", 5, DATA + "protocol", "802.1ad", "link", "a0"));
    LinkBuilder change =
        Link.at(vlan.index())
            .kind(Vlan.KIND)
            .data(Vlan.FLAGS, VlanFlags.only(VlanFlags.LOOSE_BINDING, true));
    socket.execute(Link.change(change));
    VlanFlags flags = link("v5").data().get(Vlan.FLAGS);
    assertTrue(flags.has(VlanFlags.LOOSE_BINDING) && flags.has(VlanFlags.REORDER_HDR));
    refused(
        "EEXIST",
        Link.create(Vlan.named("v5b", parent, 5).data(Vlan.PROTOCOL, Vlan.PROTOCOL_8021AD)));
    refused("ENETDOWN", Link.create(Vlan.named("v6", parent, 6).up()));
    assertNull(socket.link("v6"), "a refused creation leaves nothing");
    deleted("v5");
  }

  @Test
  @RequiresKind("vlan")
  void aVlanIgnoresAnotherIdInAChange() throws IOException {
    int parent = create(Veth.named("a0", Link.named("b0"))).index();
    Link vlan = create(Vlan.named("v5", parent, 5));
    socket.execute(Link.change(Link.at(vlan.index()).kind(Vlan.KIND).data(Vlan.ID, 7)));
    assertEquals(5, link("v5").data().get(Vlan.ID));
  }

  @Test
  @RequiresKind("bond")
  void aBondTakesModeAndItsOptionsInOneMessage() throws IOException {
    Link bond =
        create(
            Bond.named("bond0", Bond.Mode.LACP)
                .data(Bond.MIIMON, 100L)
                .data(Bond.UPDELAY, 200L)
                .data(Bond.AD_LACP_RATE, 1)
                .data(Bond.XMIT_HASH_POLICY, Bond.HashPolicy.LAYER3_4.value())
                .data(Bond.MIN_LINKS, 1L)
                .mtu(1400)
                .up());
    assertEquals(Bond.Mode.LACP, Bond.Mode.of(bond.data().get(Bond.MODE)));
    judge(
        "bond0",
        Map.of(
            DATA + "mode",
            "802.3ad",
            DATA + "miimon",
            100,
            DATA + "updelay",
            200,
            DATA + "ad_lacp_rate",
            "fast",
            DATA + "xmit_hash_policy",
            "layer3+4",
            DATA + "min_links",
            1,
            "mtu",
            1400));
    refused(
        "EBUSY",
        Link.change(
            Link.named("bond0").kind(Bond.KIND).data(Bond.MODE, Bond.Mode.BALANCE_XOR.value())));
    assertDefaults(Bond.DEFAULTS, create(Link.named("bond1").kind(Bond.KIND)).data());
    deleted("bond0");
  }

  @Test
  @RequiresKind("bond")
  void aBondMemberMustBeDownToJoinAndIsReadWithItsPortData() throws IOException {
    int bond =
        create(
                Bond.named("bond0", Bond.Mode.ACTIVE_BACKUP)
                    .data(Bond.ARP_INTERVAL, 500L)
                    .data(Bond.ARP_IP_TARGET, List.of(ip("10.0.0.1"), ip("10.0.0.2"))))
            .index();
    assertEquals(
        List.of(ip("10.0.0.1"), ip("10.0.0.2")), link("bond0").data().get(Bond.ARP_IP_TARGET));
    int member = create(Veth.named("a0", Link.named("b0")).up()).index();
    refused("EPERM", Link.enslave(member, bond));
    executeAll(List.of(Link.setDown(member), Link.enslave(member, bond)));
    Link port = link("a0");
    assertEquals("bond", port.slaveKind());
    assertEquals(0, port.slaveData().get(BondPort.QUEUE_ID));
    executeAll(
        List.of(
            Link.change(Link.at(member).slaveKind(BondPort.KIND).slaveData(BondPort.PRIO, 9)),
            Link.change(Link.at(bond).kind(Bond.KIND).data(Bond.PRIMARY, member))));
    assertEquals(9, link("a0").slaveData().get(BondPort.PRIO));
    judge("bond0", Map.of(DATA + "primary", "a0"));
    refused(
        "ENOTEMPTY",
        Link.change(Link.at(bond).kind(Bond.KIND).data(Bond.MODE, Bond.Mode.BALANCE_XOR.value())));
  }

  @Test
  @RequiresKind({"gretap", "gre"})
  void aGreTunnelIsMadeWithAKeyAndChangedInPlace() throws IOException {
    Link tunnel =
        create(
            Gre.key(Gre.named("g0", Gre.GRETAP, ip("127.0.0.1"), ip("127.0.0.2")), 5)
                .data(Gre.TTL, 64)
                .mtu(1400)
                .up());
    assertEquals(5L, tunnel.data().get(Gre.IKEY));
    assertEquals(ip("127.0.0.2"), tunnel.data().get(Gre.REMOTE));
    judge(
        "g0",
        Map.of(
            DATA + "local",
            "127.0.0.1",
            DATA + "remote",
            "127.0.0.2",
            DATA + "ttl",
            64,
            DATA + "ikey",
            "0.0.0.5",
            "mtu",
            1400));
    socket.execute(
        Link.change(
            Link.at(tunnel.index())
                .kind(Gre.GRETAP)
                .data(tunnel.data().with(Gre.REMOTE, ip("127.0.0.3")))));
    Link changed = link("g0");
    assertEquals(ip("127.0.0.3"), changed.data().get(Gre.REMOTE));
    assertEquals(5L, changed.data().get(Gre.IKEY));
    assertEquals(64, changed.data().get(Gre.TTL));
    Link other = create(Gre.named("g1", Gre.GRE, ip("127.0.0.1"), ip("127.0.0.9")));
    assertEquals("gre", other.kind());
    refused(
        "EEXIST",
        Link.create(Gre.key(Gre.named("g2", Gre.GRETAP, ip("127.0.0.1"), ip("127.0.0.3")), 5)));
    deleted("g0");
  }

  @Test
  @RequiresKind({"ip6gretap", "ip6gre"})
  void aGreTunnelOverIpv6IsMadeAndRead() throws IOException {
    Link tunnel =
        create(
            Gre.key(Gre.named("g6", Gre.IP6GRETAP, ip("fd00::1"), ip("fd00::2")), 7)
                .data(Gre.ENCAP_LIMIT, 5));
    assertEquals(ip("fd00::2"), tunnel.data().get(Gre.REMOTE));
    assertEquals(7L, tunnel.data().get(Gre.OKEY));
    judge(
        "g6",
        Map.of(DATA + "remote", "fd00::2", DATA + "local", "fd00::1", DATA + "encap_limit", 5));
    assertEquals(
        "ip6gre", create(Gre.named("g7", Gre.IP6GRE, ip("fd00::1"), ip("fd00::3"))).kind());
  }

  @Test
  @RequiresKind("geneve")
  void aGeneveDeviceKeepsItsIdAndPort() throws IOException {
    Link geneve = create(Geneve.named("gn0", 5, ip("127.0.0.2")).data(Geneve.TTL, 9).mtu(1300));
    assertDefaults(Geneve.DEFAULTS.without(Geneve.TTL), geneve.data());
    judge(
        "gn0",
        Map.of(
            DATA + "id",
            5,
            DATA + "remote",
            "127.0.0.2",
            DATA + "ttl",
            9,
            DATA + "port",
            6081,
            "mtu",
            1300));
    refused("EOPNOTSUPP", Link.change(geneve(geneve).data(Geneve.ID, 6L)));
    refused("EOPNOTSUPP", Link.change(geneve(geneve).data(Geneve.PORT, 99)));
    assertEquals(7, changed(geneve(geneve).data(Geneve.TTL, 7), "gn0", Geneve.TTL));
    assertEquals(1300, link("gn0").mtu());
    assertEquals(
        ip("127.0.0.3"),
        changed(geneve(geneve).data(Geneve.REMOTE, ip("127.0.0.3")), "gn0", Geneve.REMOTE));
    assertEquals(7, link("gn0").data().get(Geneve.TTL), "what was not said stays");
  }

  private static LinkBuilder geneve(Link link) {
    return Link.at(link.index()).kind(Geneve.KIND);
  }

  @Test
  @RequiresKind("vrf")
  void aVrfKeepsItsTableAndItsPortsShowIt() throws IOException {
    Link vrf = create(Vrf.named("red", 1234567).up());
    assertEquals(1234567L, vrf.data().get(Vrf.TABLE));
    judge("red", Map.of(DATA + "table", 1234567));
    create(Veth.named("a0", Link.named("b0")).master(vrf.index()));
    assertEquals(1234567L, link("a0").slaveData().get(VrfPort.TABLE));
    refused("EOPNOTSUPP", Link.change(Link.at(vrf.index()).kind(Vrf.KIND).data(Vrf.TABLE, 5L)));
  }
}
