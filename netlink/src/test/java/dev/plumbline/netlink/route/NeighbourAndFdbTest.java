// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Neighbours and forwarding tables against the kernel and iproute2. */
@KernelTest
final class NeighbourAndFdbTest extends RouteTest {
  @Test
  void neighboursAreAddedReplacedAndDeleted() throws IOException {
    int index = create(Veth.named("a0", Link.named("b0")).up()).index();
    for (String address : List.of("10.0.0.9", "fd00::9")) {
      socket.execute(
          Neighbour.add(Neighbour.permanent(index, ip(address), mac("02:00:00:00:00:01"))));
      refused(
          "EEXIST",
          Neighbour.add(Neighbour.permanent(index, ip(address), mac("02:00:00:00:00:01"))));
      socket.execute(
          Neighbour.replace(
              Neighbour.of(
                  index,
                  ip(address),
                  mac("02:00:00:00:00:02"),
                  Neighbour.PERMANENT,
                  Neighbour.ROUTER,
                  112)));
      Neighbour read =
          socket.neighbours().stream()
              .filter(n -> n.address().equals(ip(address)))
              .findFirst()
              .orElseThrow();
      assertEquals(mac("02:00:00:00:00:02"), read.linkLayerAddress());
      assertEquals(Neighbour.PERMANENT, read.state());
      assertEquals(112, read.protocol());
      Map<String, Object> judged =
          Judge.all("ip -j neigh show dev a0 to " + address + " nud all").get(0);
      assertEquals("02:00:00:00:00:02", judged.get("lladdr"));
      socket.execute(Neighbour.delete(read));
      refused("ENOENT", Neighbour.delete(read));
    }
  }

  @Test
  void aVxlanHasSeveralDefaultRemotesAndEntriesWithTheirOwnVniPortAndDevice() throws IOException {
    int below = create(Veth.named("a0", Link.named("b0"))).index();
    int index = create(Vxlan.named("vx0", 42)).index();
    executeAll(
        List.of(
            FdbEntry.append(FdbEntry.vxlanDefault(index, ip("127.0.0.2"))),
            FdbEntry.append(FdbEntry.vxlanDefault(index, ip("127.0.0.3"))),
            FdbEntry.add(
                FdbEntry.onVxlan(index, mac("02:00:00:00:00:05"), ip("127.0.0.4"))
                    .with(FdbEntry.VNI, 99L)
                    .with(FdbEntry.PORT, 4790)
                    .with(FdbEntry.VIA, below))));
    List<FdbEntry> all = socket.fdb().stream().filter(entry -> entry.index() == index).toList();
    assertEquals(
        List.of(ip("127.0.0.2"), ip("127.0.0.3")),
        all.stream()
            .filter(e -> e.address().equals(mac("00:00:00:00:00:00")))
            .map(FdbEntry::remote)
            .toList());
    FdbEntry entry =
        all.stream()
            .filter(e -> e.address().equals(mac("02:00:00:00:00:05")))
            .findFirst()
            .orElseThrow();
    assertEquals(99L, entry.attributes().get(FdbEntry.VNI));
    assertEquals(4790, entry.attributes().get(FdbEntry.PORT));
    assertEquals(below, entry.attributes().get(FdbEntry.VIA));
    assertTrue(entry.isStatic());
    assertEquals(FdbEntry.SELF, entry.flags());
    Map<String, Object> judged =
        Judge.all("bridge -j fdb show dev vx0").stream()
            .filter(e -> e.get("mac").equals("02:00:00:00:00:05"))
            .findFirst()
            .orElseThrow();
    assertEquals("127.0.0.4", judged.get("dst"));
    assertEquals("99", judged.get("vni"));
    assertEquals("4790", judged.get("port"));
    assertEquals("a0", judged.get("viaIf"));
    socket.execute(FdbEntry.append(FdbEntry.vxlanDefault(index, ip("127.0.0.2"))));
    assertEquals(
        List.of(ip("127.0.0.2"), ip("127.0.0.3")),
        entries(index, "00:00:00:00:00:00").stream().map(FdbEntry::remote).toList(),
        "a remote is not added twice: " + socket.fdb());
    executeAll(all.stream().map(FdbEntry::delete).toList());
    assertEquals(List.of(), socket.fdb().stream().filter(e -> e.index() == index).toList());
  }

  @Test
  void aBridgeHasStaticEntriesForItsPorts() throws IOException {
    int bridge = create(Bridge.named("br0").up()).index();
    int port = create(Veth.named("a0", Link.named("b0")).master(bridge).up()).index();
    socket.execute(FdbEntry.add(FdbEntry.onBridge(port, mac("02:00:00:00:00:07"))));
    FdbEntry read = entry(port, "02:00:00:00:00:07");
    assertEquals(FdbEntry.NOARP, read.state());
    assertEquals(bridge, read.bridge());
    assertTrue(
        Judge.all("bridge -j fdb show dev a0").stream()
            .anyMatch(
                e -> "02:00:00:00:00:07".equals(e.get("mac")) && "static".equals(e.get("state"))));
    socket.execute(FdbEntry.replace(read.with(FdbEntry.PERMANENT, FdbEntry.MASTER)));
    assertEquals(FdbEntry.PERMANENT, entry(port, "02:00:00:00:00:07").state());
    // A kernel with VLAN filtering has added one entry for each VLAN of the port, too.
    executeAll(entries(port, "02:00:00:00:00:07").stream().map(FdbEntry::delete).toList());
    assertEquals(List.of(), entries(port, "02:00:00:00:00:07"));
  }

  private List<FdbEntry> entries(int index, String address) throws IOException {
    return socket.fdb().stream()
        .filter(e -> e.index() == index && e.address().equals(mac(address)))
        .toList();
  }

  private FdbEntry entry(int index, String address) throws IOException {
    return entries(index, address).stream().filter(e -> e.vlan() == 0).findFirst().orElseThrow();
  }
}
