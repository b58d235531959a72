// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.RequiresKind;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Outcome.Result;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What other tools of this kind have stumbled over. On a throwaway host; in user-mode Linux too
 * only what is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
class HardCasesTest {
  private TestHost host;

  @BeforeEach
  void open() throws IOException {
    host = new TestHost();
  }

  @AfterEach
  void close() throws IOException {
    host.close();
  }

  private static String batch(Path directory, int count, String line) throws IOException {
    Path file = directory.resolve(line.split(" ", -1)[1]);
    List<String> lines =
        IntStream.range(0, count).mapToObj(i -> line.replace("#", String.valueOf(i))).toList();
    Files.write(file, lines);
    return "ip -batch " + file;
  }

  @Test
  void twoHundredDevicesGoWhileTheHostIsRead(@TempDir Path directory) throws Exception {
    Sh.run(batch(directory, 100, "link add v# type veth peer name w#"));
    Process deleting =
        new ProcessBuilder("sh", "-c", batch(directory, 100, "link del v#"))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("said").toFile())
            .start();
    int reads = 0;
    int meanwhile = 0;
    int most = 0;
    int least = Integer.MAX_VALUE;
    while (deleting.isAlive()) {
      int before = links();
      int devices = host.host.read(TestHost.goal("")).indexes().size();
      meanwhile += links() < before ? 1 : 0;
      assertEquals(List.of(), host.plan("").changes());
      most = Math.max(most, devices);
      least = Math.min(least, devices);
      reads++;
    }
    assertEquals(0, deleting.waitFor(), Files.readString(directory.resolve("said")));
    System.err.println(
        reads
            + " readings saw "
            + least
            + " to "
            + most
            + " devices, under "
            + meanwhile
            + " of them some went");
    assertTrue(meanwhile > 0, "no device went under a reading");
    assertEquals(1, host.host.read(TestHost.goal("")).indexes().size());
  }

  /** How many devices the host has, by another way than the one that is tried. */
  private static int links() {
    String[] names = new File("/sys/class/net").list();
    return names == null ? 0 : names.length;
  }

  /** The kernel refuses a VLAN that wants longer frames than its parent. */
  @KernelTest
  @Test
  @RequiresKind("vlan")
  void fiveHundredVlansOfWhichOneIsRefusedLeaveNothing() throws IOException {
    Sh.run("ip link add p up type veth peer name q");
    String before = TestHost.devices();
    String vlans =
        IntStream.range(1, 501)
            .mapToObj(
                i -> "  p." + i + ": {parent: p, id: " + i + (i == 250 ? ", mtu: 9000}" : "}"))
            .collect(Collectors.joining("\n"));
    Outcome outcome = host.apply("vlans:\n" + vlans + "\n");
    assertEquals(Result.UNDONE, outcome.result(), outcome.left().toString());
    assertNotNull(outcome.failure());
    assertEquals("vlans.p.250", outcome.failure().address(), outcome.failure().toString());
    assertEquals(before, TestHost.devices());
    var unused = host.applied("vlans:\n" + vlans.replace(", mtu: 9000", "") + "\n");
    assertEquals(502, TestHost.devices().split(" ", -1).length);
    unused = host.applied("");
    assertEquals(before, TestHost.devices());
  }

  private static int descriptors() {
    String[] open = new File("/proc/self/fd").list();
    return open == null ? 0 : open.length;
  }

  private static long residentKilobytes() throws IOException {
    System.gc();
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }

  @Test
  void appliesOneAfterAnotherLeakNothing() throws IOException {
    String[] files = {
      """
      veths: {v: {mtu: 1400, peer: {device: w}}}
      bridges: {br: {datapath: kernel, ports: {v: {}}, addresses: [10.0.0.1/24]}}
      routes: [{to: 10.9.0.0/16, via: 10.0.0.2}]
      """,
      """
      veths: {v: {addresses: [10.1.0.1/24], peer: {device: w}}}
      rules: [{from: 10.3.0.0/16, table: 5, priority: 500}]
      """
    };
    // -Dplumbline.applies.seconds=60 for all thousand on a busy machine
    long end = System.nanoTime() + Long.getLong("plumbline.applies.seconds", 10) * 1_000_000_000L;
    int applies = 0;
    int descriptors = 0;
    long resident = 0;
    while (applies < 1_000 && (applies < 100 || System.nanoTime() < end)) {
      if (applies == 50) {
        descriptors = descriptors();
        resident = residentKilobytes();
      }
      Outcome outcome = host.apply(files[applies++ % 2]);
      assertEquals(Result.APPLIED, outcome.result(), outcome.left().toString());
    }
    long more = residentKilobytes() - resident;
    System.err.println(
        applies + " applies: " + more + " KiB more, " + descriptors + " descriptors");
    assertTrue(descriptors() <= descriptors + 3, descriptors() + " instead of " + descriptors);
    assertTrue(more < 64 * 1024, more + " KiB more");
  }

  @Test
  void addressesThatTheKernelMakesOrStillTriesAreLeftAlone() throws IOException {
    Sh.run("ip link add v type veth peer name w");
    Sh.run("sysctl -qw net.ipv6.conf.v.use_tempaddr=2");
    Sh.run("ip link set v up; ip link set w up");
    Sh.run(
        "ip -6 addr add 2001:db8::1/64 dev v valid_lft 9999 preferred_lft 8888 mngtmpaddr nodad");
    String temporary = temporary();
    assertTrue(temporary.startsWith("2001:db8::"), temporary);
    String file = "interfaces: {v: {addresses: [\"2001:db8:1::1/64\"]}}\n";
    var unused = host.applied(file); // the second plan comes while it is still tentative
    assertEquals(temporary, temporary());
    unused = host.applied("");
    assertEquals(temporary, temporary());
    assertTrue(Sh.run("ip -6 addr show dev v").contains("2001:db8::1/64"));
  }

  /** One that is still tried, and one that another host has: each stays as somebody set it. */
  @Test
  void anAddressThatSomebodySetIsTriedOnAndOneThatIsDuplicateStaysSo() throws IOException {
    Sh.run(
        "set -e; ip link add v type veth peer name w; ip -6 addr add 2001:db8:3::1/64 dev w nodad;"
            + " sysctl -qw net.ipv6.conf.v.dad_transmits=3; ip link set v up; ip link set w up;"
            + " ip -6 addr add 2001:db8:3::1/64 dev v");
    until("ip -6 addr show dev v to 2001:db8:3::1 | grep -q dadfailed");
    boolean meanwhile = false;
    for (int i = 1; i < 10 && !meanwhile; i++) { // a machine may be slower than the kernel tries
      Sh.run("ip -6 addr flush dev v to 2001:db8:2::1; ip -6 addr add 2001:db8:2::1/64 dev v");
      var unused = host.applied("interfaces: {v: {addresses: [\"2001:db8:1::" + i + "/64\"]}}\n");
      meanwhile = Sh.run("ip -6 addr show dev v to 2001:db8:2::1").contains("tentative");
    }
    assertTrue(meanwhile, "it was tried before the apply, and after it");
    until("! ip -6 addr show dev v to 2001:db8:2::1 | grep -q tentative");
    var unused = host.applied("");
    String left = Sh.run("ip -6 addr show dev v");
    assertTrue(left.contains("2001:db8:2::1/64") && !left.contains("2001:db8:1:"), left);
    assertTrue(left.matches("(?s).*2001:db8:3::1/64 scope global (tentative )?dadfailed.*"), left);
  }

  private static void until(String condition) {
    Sh.run("for i in $(seq 600); do " + condition + " && exit 0; sleep 0.1; done; exit 1");
  }

  private static String temporary() {
    return Sh.run("ip -6 -o addr show dev v temporary | grep -o '2001[^ ]*' || true").strip();
  }

  @Test
  void namespacesGoWithTheDevicesBetweenThem() throws IOException {
    var unused =
        host.applied(
            """
            namespaces: {a: {}, b: {}, c: {}}
            veths:
              v: {namespace: a, peer: {device: b0, namespace: b}}
              w: {namespace: b, peer: {device: eth0, namespace: c, addresses: [10.0.0.3/24]}}
            bridges: {br: {namespace: b, datapath: kernel, ports: {b0: {}, w: {}}}}
            routes: [{namespace: c, to: default, via: 10.0.0.1}]
            """);
    unused = host.applied("namespaces: {b: {}}\n");
    assertEquals("b", Sh.run("ip netns list").strip().split(" ", -1)[0]);
    assertEquals("lo", Sh.run("ip -n b -br link").strip().split(" ", -1)[0]);
    unused = host.applied("");
    assertEquals("", Sh.run("ip netns list").strip());
  }

  @Test
  void aTapThatSomebodyPutIntoOurBridgeStaysThere() throws IOException {
    var unused = host.applied("bridges: {br: {datapath: kernel}}\n");
    Sh.run("ip tuntap add tap0 mode tap");
    Sh.run("ip link set tap0 master br");
    unused = host.applied("bridges: {br: {datapath: kernel, mtu: 1400, macTable: {aging: 60s}}}\n");
    assertTrue(Sh.run("ip link show tap0").contains("master br"));
    unused = host.applied("");
    assertEquals("tap0", TestHost.devices());
  }

  @Test
  void threeDevicesPassTheirNamesAround() throws IOException {
    String file = "bridges:\n  a: {%s}\n  b: {%s}\n  c: {%s}\n";
    String kernel = "datapath: kernel, addresses: [10.%d.0.1/24], device: %s";
    String[] names = {"x", "y", "z"};
    for (int turn = 0; turn < 3; turn++) {
      String[] devices = new String[3];
      for (int i = 0; i < 3; i++) {
        devices[i] = kernel.formatted(i, names[(i + turn) % 3]);
      }
      var plan = host.applied(file.formatted((Object[]) devices));
      boolean remade = plan.changes().stream().anyMatch(c -> c.action().label().equals("recreate"));
      assertEquals(false, remade, plan.toString());
      for (int i = 0; i < 3; i++) {
        String at = Sh.run("ip -o -4 addr show dev " + names[(i + turn) % 3]);
        assertTrue(at.contains("10." + i + ".0.1/24"), at);
      }
    }
  }

  /** The default route moves with the address; its neighbour pings a hundred times a second. */
  @Test
  void theBridgeThatTakesACardTakesItsAddressAndTheDefaultRouteAndOnePingIsLostAtMost(
      @TempDir Path directory) throws Exception {
    Sh.run(
        "set -e; ip netns add peer; ip link add eth1 type veth peer name eth0 netns peer;"
            + " ip -n peer link set eth0 up; ip -n peer addr add 10.0.0.9/24 dev eth0;"
            + " ip -n peer link set lo up; ip -n peer addr add 192.0.2.1/32 dev lo");
    String way = "routes: [{to: default, via: 10.0.0.9}]\n";
    var unused = host.applied(way + "interfaces: {eth1: {up: true, addresses: [10.0.0.1/24]}}\n");
    Sh.ping("peer", "10.0.0.1");
    Path said = directory.resolve("pings");
    Process pings =
        new ProcessBuilder(
                "sh", "-c", "exec ip netns exec peer ping -I 192.0.2.1 -i 0.01 -W 1 10.0.0.1")
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    until("[ $(grep -c icmp_seq " + said + ") -ge 50 ]");
    unused =
        host.applied(
            way
                + "interfaces: {eth1: {up: true, addresses: []}}\n"
                + "bridges: {br: {datapath: kernel, ports: {eth1: {}}, addresses: [10.0.0.1/24]}}\n");
    int before = Files.readAllLines(said).size();
    until("[ $(wc -l < " + said + ") -ge " + (before + 50) + " ]");
    Sh.run("kill -INT " + pings.pid());
    assertEquals(0, pings.waitFor(), Files.readString(said));
    String all = Files.readString(said);
    Matcher counts = Pattern.compile("(\\d+) packets transmitted, (\\d+) received").matcher(all);
    assertTrue(counts.find(), all);
    int lost = Integer.parseInt(counts.group(1)) - Integer.parseInt(counts.group(2));
    System.err.println("the default route moved to a bridge: " + counts.group() + ": " + lost);
    assertTrue(lost <= 1, all);
    assertTrue(Sh.run("ip route show default").contains("dev br "));
  }

  @Test
  void aPortLeavesABridgeThatIsDeletedInTheSamePlan() throws IOException {
    Sh.run("ip link add v type veth peer name w");
    var unused = host.applied("bridges: {old: {datapath: kernel, ports: {v: {pathCost: 7}}}}\n");
    unused = host.applied("bridges: {new: {datapath: kernel, ports: {v: {pathCost: 7}}}}\n");
    assertTrue(Sh.run("ip -d link show v").matches("(?s).*master new .*cost 7 .*"));
    assertEquals("new", Sh.run("ip -br link show type bridge").split(" ", -1)[0]);
  }
}
