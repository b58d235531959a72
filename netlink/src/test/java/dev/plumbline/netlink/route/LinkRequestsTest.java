// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.socket.Result;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What can be asked of links of any kind. */
@KernelTest
final class LinkRequestsTest extends RouteTest {
  @Test
  void oneBatchCreatesADeviceWithAliasMasterAndPortSettingsBeforeAnyIndexIsKnown()
      throws IOException {
    int bridge = create(Bridge.named("br0").up()).index();
    List<Request> requests =
        Link.createAll(
            Vxlan.named("vx0", 42)
                .mtu(1450)
                .address(mac("02:00:00:00:00:01"))
                .group(9)
                .txQueueLength(77)
                .master(bridge)
                .up()
                .alias("plumbline:tunnels.vx0")
                .slaveKind(BridgePort.KIND)
                .slaveData(BridgePort.LEARNING, false)
                .addressGenerationMode(1));
    assertEquals(2, requests.size());
    executeAll(requests);
    Link link = link("vx0");
    assertEquals("plumbline:tunnels.vx0", link.alias());
    assertEquals(bridge, link.master());
    assertEquals(1450, link.mtu());
    assertEquals(mac("02:00:00:00:00:01"), link.address());
    assertEquals(9L, link.get(Link.GROUP));
    assertEquals(77L, link.get(Link.TXQLEN));
    assertEquals(1, link.inet6().get(Link.INET6_ADDR_GEN_MODE));
    assertEquals(false, link.slaveData().get(BridgePort.LEARNING));
    assertTrue(link.isUp());
    assertEquals("plumbline:tunnels.vx0", Judge.link("vx0").get("ifalias"));
    assertEquals("none", Judge.link("vx0").get("inet6_addr_gen_mode"));
  }

  @Test
  void whatTheKernelIgnoresAtCreationIsRefusedInASingleRequest() {
    assertThrows(IllegalArgumentException.class, () -> Link.create(Bridge.named("br0").alias("x")));
    assertThrows(
        IllegalArgumentException.class,
        () -> Link.create(Bridge.named("br0").addressGenerationMode(1)));
    assertThrows(IllegalArgumentException.class, () -> Link.create(Link.named("br0")));
    assertThrows(IllegalArgumentException.class, () -> Veth.named("a0", Link.named("b0").up()));
    assertThrows(
        IllegalStateException.class, () -> Link.named("br0").data(Bridge.PRIORITY, 1).build());
  }

  @Test
  void aDeviceIsCreatedWithTheIndexThatWasAskedFor() throws IOException {
    assertEquals(777, create(Bridge.named("br0").newIndex(777)).index());
  }

  @Test
  void aDeviceIsRenamedAliasedGroupedAndSetUpAndDown() throws IOException {
    int index = create(Bridge.named("br0")).index();
    executeAll(
        List.of(
            Link.rename(index, "br9"),
            Link.alias(index, "text"),
            Link.setGroup(index, 5),
            Link.setUp(index)));
    Link link = link("br9");
    assertEquals(index, link.index());
    assertEquals("text", link.alias());
    assertEquals(5L, link.get(Link.GROUP));
    assertTrue(link.isUp());
    executeAll(List.of(Link.alias(index, ""), Link.setDown(index)));
    assertNull(link("br9").alias());
    assertFalse(link("br9").isUp());
    assertEquals(index, socket.index("br9"));
    assertEquals("br9", socket.name(index));
    assertNull(socket.link("br0"));
    assertNull(socket.link(index + 1));
  }

  @Test
  void alternativeNamesAreAddedFoundAndTakenAway() throws IOException {
    int index = create(Bridge.named("br0")).index();
    executeAll(
        List.of(
            Link.addAlternativeName(index, "a-name-longer-than-fifteen"),
            Link.addAlternativeName(index, "other")));
    assertEquals(List.of("a-name-longer-than-fifteen", "other"), link("br0").alternativeNames());
    assertEquals(index, link("other").index());
    socket.execute(Link.deleteAlternativeName(index, "other"));
    assertEquals(List.of("a-name-longer-than-fifteen"), link("br0").alternativeNames());
  }

  @Test
  void aDeviceMovesToANamespaceUnderANewNameAndIndex() throws IOException {
    try (NetNamespace web = NetNamespace.create("web");
        RouteSocket there = RouteSocket.open(web)) {
      create(Veth.named("a0", Link.named("b0")).up());
      create(Veth.named("c0", Link.named("d0")));
      executeAll(
          List.of(
              Link.moveTo(link("b0").index(), web, "eth0", 500),
              Link.moveTo(link("d0").index(), web)));
      Link moved = there.link("eth0");
      assertNotNull(moved);
      assertEquals(500, moved.index());
      assertNotNull(there.link("d0"));
      assertNull(socket.link("b0"));
      Integer id = link("a0").linkNamespaceId();
      assertNotNull(id);
      assertEquals(id, socket.namespaceId(web));
      RoundTrip.all(there);
      assertEquals(id.toString(), Judge.link("a0").get("link_netnsid"));
    }
    NetNamespace.delete("web");
  }

  @Test
  void aVethPeerIsCreatedInAnotherNamespace() throws IOException {
    try (NetNamespace web = NetNamespace.create("web");
        RouteSocket there = RouteSocket.open(web)) {
      socket.execute(
          Link.create(Veth.named("a0", Link.named("eth0").namespace(web).mtu(1300)).up()));
      Link peer = there.link("eth0");
      assertNotNull(peer);
      assertEquals(1300, peer.mtu());
      assertEquals(link("a0").link(), peer.index());
    }
  }

  @Test
  void namespaceIdsAreAssignedAndRead() throws IOException {
    try (NetNamespace web = NetNamespace.create("web");
        NetNamespace db = NetNamespace.create("db")) {
      assertEquals(NamespaceId.NONE, socket.namespaceId(web));
      socket.execute(NamespaceId.assign(web, 7));
      assertEquals(7, socket.namespaceId(web));
      socket.execute(NamespaceId.assign(db));
      assertTrue(socket.namespaceId(db) >= 0);
      refused("EEXIST", NamespaceId.assign(web, 8));
    }
  }

  @Test
  void linksTellWhatTheyHaveCounted() throws IOException {
    Sh.run("ping -q -c 2 -i 0.2 -s 100 127.0.0.1");
    Link counted = socket.links().get(0);
    assertEquals("lo", counted.name());
    for (LinkCounter packets : List.of(LinkCounter.RX_PACKETS, LinkCounter.TX_PACKETS)) {
      assertTrue(counted.counted(packets) >= 4, packets + " " + counted.counted(packets));
    }
    for (LinkCounter bytes : List.of(LinkCounter.RX_BYTES, LinkCounter.TX_BYTES)) {
      assertTrue(counted.counted(bytes) >= 4 * 128, bytes + " " + counted.counted(bytes));
    }
    assertEquals(0, counted.counted(LinkCounter.TX_DROPPED));
  }

  @Test
  void aGroupOfDevicesIsDeletedInOneRequest() throws IOException {
    List<Request> requests = new ArrayList<>();
    IntStream.range(0, 50)
        .forEach(i -> requests.add(Link.create(Vxlan.named("vx" + i, i).group(60))));
    executeAll(requests);
    create(Bridge.named("br0"));
    socket.execute(Link.deleteGroup(60));
    assertEquals(List.of("lo", "br0"), socket.links().stream().map(Link::name).toList());
    refused("ENODEV", Link.deleteGroup(60));
    refused("EPERM", Link.deleteGroup(0));
  }

  @Test
  void aRefusedRequestDoesNotStopTheRestOfItsBatch() throws IOException {
    List<Result> results =
        socket.executeAll(
            List.of(
                Link.create(Bridge.named("br0")),
                Link.create(Bridge.named("br0")),
                Link.create(Bridge.named("br1"))));
    assertEquals(List.of(true, false, true), results.stream().map(Result::ok).toList());
    assertEquals("EEXIST", results.get(1).failure().errnoName());
    assertTrue(
        results.get(1).failure().getMessage().startsWith("create bridge br0:"),
        results.get(1).failure().getMessage());
    link("br1");
  }

  @Test
  void anUnknownKindAndAnMtuOutOfRangeAreRefusedInTheKernelsWords() throws IOException {
    assertEquals(
        "Unknown device type",
        refused("EOPNOTSUPP", Link.create(Link.named("x0").kind("nosuchkind"))).kernelMessage());
    create(Veth.named("a0", Link.named("b0")));
    assertTrue(
        refused("EINVAL", Link.change(Link.named("a0").mtu(70000)))
            .kernelMessage()
            .contains("mtu"));
    refused("ENODEV", Link.setUp(9999));
    refused("EOPNOTSUPP", Link.delete("lo"));
  }

  @Test
  void aBridgeAndTheLoopbackDeviceCannotBePorts() throws IOException {
    int bridge = create(Bridge.named("br0")).index();
    int other = create(Bridge.named("br1")).index();
    refused("ELOOP", Link.enslave(other, bridge));
    refused("EINVAL", Link.enslave(socket.index("lo"), bridge));
  }
}
