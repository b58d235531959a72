// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.probe.KernelFeatures;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.RequiresKind;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.render.Schemas;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code show}, {@code plan} and {@code apply} on the real kernel, through the command line. */
@KernelTest
class HostVerbsTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":",
        "ip link add br0 type bridge ageing_time 6000 stp_state 1 priority 4096; ip link set br0 up;"
            + " ip link add va type veth peer name vb; ip link set va master br0 up;"
            + " bridge link set dev va isolated on hairpin on; ip addr add 10.0.0.1/24 dev br0;"
            + " ip addr add 10.0.0.2/24 dev br0; ip addr add fd00::1/64 dev br0 nodad",
        "ip netns add web; ip netns add db; ip link add e type veth peer name eth0 netns web;"
            + " ip -n db link add eth0 type veth peer name eth1 netns web; ip -n web link set lo up;"
            + " ip -n web link set eth0 up mtu 1400; ip link set e up;"
            + " ip -n web addr add 10.0.0.2/24 brd + dev eth0;"
            + " ip -n web route add default via 10.0.0.1 metric 7",
        "ip link add va type veth peer name vb; ip link set va up; ip link set vb up;"
            + " ip addr add 10.1.0.1 peer 10.1.0.2/32 dev va; ip addr add 10.2.0.1/24 label va:x dev va;"
            + " ip addr add fd01::1/64 dev va nodad; ip route add 10.9.0.0/16 via 10.2.0.2 mtu 1300;"
            + " ip route add 10.8.0.0/16 nexthop via 10.2.0.3 weight 2 nexthop via 10.2.0.4;"
            + " ip route add blackhole 10.7.0.0/16 table 100; ip route add fd02::/48 via fd01::2;"
            + " ip -6 route add blackhole fd03::/48; ip -6 route add default via fd01::9 metric 5;"
            + " ip route add 10.6.0.0/16 dev va src 10.2.0.1;"
            + " ip rule add from 10.1.0.0/16 table 100 priority 1000;"
            + " ip rule add fwmark 0x10/0xff lookup 100 priority 1001;"
            + " ip -6 rule add iif va table 200 priority 1002;"
            + " ip rule add to 10.3.0.0/16 blackhole priority 1003",
        "ip link add v1 type vxlan id 7 dstport 4789 local 10.0.0.1 remote 10.0.0.9 ttl 9 nolearning;"
            + " ip link add v2 type vxlan id 8 dstport 8472; bridge fdb append 00:00:00:00:00:00 dev"
            + " v2 dst 10.0.0.8; bridge fdb append 00:00:00:00:00:00 dev v2 dst 10.0.0.7;"
            + " ip link add br0 type bridge; ip link set v2 master br0; ip link set v2 up",
      })
  void planningWhatShowPrintsFindsNothingToDo(String commands) throws IOException {
    Sh.run("set -e; " + commands);
    showIsPlannedEmpty();
  }

  @Test
  void theVlansOfABridgeAreAdoptedAsAccessTrunkAndNative() throws IOException {
    try (KernelFeatures features = KernelFeatures.open()) {
      boolean has = features.supportsBridgeVlanFiltering();
      if (!has) {
        System.err.println("this kernel's bridge has no VLAN filtering: test skipped here");
      }
      Assumptions.assumeTrue(has, "this kernel's bridge has no VLAN filtering");
    }
    Sh.run(
        "set -e; ip link add br0 type bridge vlan_filtering 1; ip link set br0 up; for p in v1 v2 v3"
            + " v4; do ip link add $p type veth peer name $p-p; ip link set $p master br0 up; done;"
            + " bridge vlan del dev v1 vid 1; bridge vlan add dev v1 vid 10 pvid untagged;"
            + " bridge vlan del dev v2 vid 1; bridge vlan add dev v2 vid 20-29;"
            + " bridge vlan add dev v3 vid 30; bridge vlan add dev br0 vid 10 self");
    showIsPlannedEmpty();
    String shown = run("show").out();
    assertTrue(shown.contains("v1: {vlan: {access: 10}}"), shown);
    assertTrue(shown.contains("v2: {vlan: {trunk: [20-29]}}"), shown);
    assertTrue(shown.contains("v3: {vlan: {native: 1, trunk: [30]}}"), shown);
    assertTrue(shown.contains("v4: {}"), shown);
  }

  @Test
  @RequiresKind("bond")
  void aBondWithItsMembersIsAdopted() throws IOException {
    Sh.run(
        "set -e; ip link add b0 type bond mode active-backup miimon 100; ip link add va type veth peer name vb;"
            + " ip link set va master b0; ip link set b0 up; ip addr add 10.0.0.1/24 dev b0");
    showIsPlannedEmpty();
  }

  @Test
  void whatTheFileHasNoWordForIsACommentAndLeftAlone() throws IOException {
    Sh.run(
        "set -e; ip link add va type veth peer name vb; ip link set va up; ip link set vb up;"
            + " ip addr add 10.2.0.1/24 dev va; ip link add mv0 link va type macvlan mode bridge;"
            + " ip link add vx0 type vxlan external dstport 4789; ip tuntap add tap0 mode tap;"
            + " ip route add 10.9.0.0/16 via 10.2.0.2 proto dhcp;"
            + " ip -6 route add fd00::/64 dev va proto ra");
    showIsPlannedEmpty();
    String shown = run("show").out();
    for (String comment :
        new String[] {
          "# device mv0: the file has no section that makes a macvlan",
          "# device tap0: the file has no section that makes a tun",
          "# device vx0: it has no network identifier of its own (external)",
          "# route 10.9.0.0/16 table 254 metric 0: protocol dhcp: the program that made it keeps it",
          "# route fd00::/64 table 254 metric 1024: protocol ra: the program that made it keeps it"
        }) {
      assertTrue(shown.contains(comment), shown);
    }
    for (String device : new String[] {"mv0", "tap0", "vx0"}) {
      assertTrue(shown.contains("\n  " + device + ": {}\n"), shown);
    }
  }

  @Test
  @RequiresKind("vlan")
  void aVlanDeviceIsAdopted() throws IOException {
    Sh.run(
        "set -e; ip link add va type veth peer name vb; ip link set va up;"
            + " ip link add link va name va.5 type vlan id 5; ip link set va.5 up");
    showIsPlannedEmpty();
  }

  @Test
  @RequiresKind("vrf")
  void aVrfWithItsMembersIsAdopted() throws IOException {
    Sh.run(
        "set -e; ip link add red type vrf table 100; ip link set red up; ip link add va type veth peer name vb;"
            + " ip link set va master red up");
    showIsPlannedEmpty();
  }

  @Test
  @RequiresKind("gretap")
  void aGreTunnelIsAdopted() throws IOException {
    Sh.run(
        "set -e; ip link add name tg type gretap local 10.0.0.1 remote 10.0.0.2 key 5;"
            + " ip link add name th type gre local 10.0.0.1 remote 10.0.0.3 ttl 64; ip link set th up");
    showIsPlannedEmpty();
  }

  @Test
  @RequiresKind("geneve")
  void aGeneveTunnelIsAdopted() throws IOException {
    Sh.run("set -e; ip link add name tg type geneve id 9 remote 10.0.0.2; ip link set tg up");
    showIsPlannedEmpty();
  }

  @Test
  void whatWasAppliedIsShownUnderItsOwnKeysAndPlannedEmpty() throws IOException {
    assertEquals(ExitCode.DONE, run("apply", "--yes", write(FILE)).code());
    Result again = run("plan", write(FILE), "--detailed-exitcode");
    assertEquals(ExitCode.DONE, again.code(), again.out());
    String shown = run("show").out();
    assertTrue(shown.contains("\n  pair:\n    device: near\n"), shown);
    showIsPlannedEmpty();
  }

  @Test
  void anApplyIsRefusedWithoutATerminalAndChangesNothing() throws IOException {
    Result result = run("apply", write(FILE));
    assertEquals(ExitCode.ERROR, result.code());
    assertTrue(result.err().contains("apply with --yes, or from a terminal"), result.err());
    assertFalse(Sh.run("ip -br link").contains("near"));
  }

  @Test
  void atATerminalTheAnswerDecides() throws IOException {
    assertEquals(ExitCode.ERROR, answer("n\n", "apply", write(FILE)).code());
    assertFalse(Sh.run("ip -br link").contains("near"));
    Result yes = answer("y\n", "apply", write(FILE));
    assertEquals(ExitCode.DONE, yes.code(), yes.err());
    assertTrue(yes.out().contains("Applied in "), yes.out());
    assertTrue(Sh.run("ip -br link").contains("near"));
  }

  @Test
  void thePathToTheGatewayTakesTheHostsNameAndNoMereYes() throws IOException {
    Sh.run(
        "set -e; ip link add up0 type veth peer name far; ip link set up0 up; ip link set far up;"
            + " ip addr add 192.0.2.5/24 dev up0; ip route add default via 192.0.2.1");
    String file = write("version: 1\ninterfaces: {up0: {mtu: 1400}}\n");
    Result mereYes = answer("y\n", "apply", file);
    assertEquals(ExitCode.ERROR, mereYes.code());
    assertTrue(
        mereYes.err().contains("the path to the default gateway: interfaces.up0"), mereYes.err());
    assertTrue(Sh.run("ip link show up0").contains("mtu 1500"));
    String name = Sh.run("uname -n");
    assertEquals(ExitCode.DONE, answer(name, "apply", file).code());
    assertTrue(Sh.run("ip link show up0").contains("mtu 1400"));
  }

  @Test
  void aSavedPlanIsAppliedOnceAndRefusedWhenTheHostMoved() throws IOException {
    String plan = directory.resolve("my.plan").toString();
    assertEquals(ExitCode.DONE, run("plan", write(FILE), "--out", plan).code());
    assertEquals(ExitCode.DONE, run("apply", plan, "--yes").code());
    assertEquals(ExitCode.ERROR, run("apply", plan, "--yes").code());
    String changed = write(FILE.replace("mtu: 1400", "mtu: 1300"));
    assertEquals(ExitCode.DONE, run("plan", changed, "--out", plan).code());
    Sh.run("ip link set near mtu 1350");
    Result moved = run("apply", plan, "--yes");
    assertEquals(ExitCode.ERROR, moved.code());
    assertTrue(moved.err().contains("moved: device near: mtu was 1400 and is 1350"), moved.err());
    assertTrue(Sh.run("ip link show near").contains("mtu 1350"));
  }

  @Test
  void aFailureNamesTheStepTheKernelsWordsAndTheStateOfTheHost() throws IOException {
    // The host's own address is no gateway, which the kernel alone knows.
    String file =
        write(FILE + "routes: [{to: 10.9.0.0/16, via: 10.0.0.1, dev: near, onlink: true}]\n");
    Result result = run("apply", "--yes", file);
    assertEquals(ExitCode.ERROR, result.code());
    assertTrue(result.err().contains("Nexthop has invalid gateway"), result.err());
    assertTrue(result.err().contains("the host is as it was"), result.err());
    assertFalse(Sh.run("ip -br link").contains("near"));
  }

  @Test
  void whatWaitsIsToldWithWhatItWaitsFor() throws IOException {
    String file = write("version: 1\nbridges: {br0: {datapath: kernel, ports: {tap7: {}}}}\n");
    Result result = run("apply", "--yes", file);
    assertEquals(ExitCode.DONE, result.code(), result.err());
    assertTrue(result.out().contains("bridges.br0.ports.tap7 waits for device tap7"), result.out());
  }

  @Test
  void aSnapshotIsWhatTheSchemaSaysAndIsPlannedAgainstElsewhere() throws IOException {
    run("apply", "--yes", write(FILE));
    String json = run("show", "-o", "json").out();
    Schemas.validates("live.schema.json", json);
    Path snapshot = Files.writeString(directory.resolve("live.json"), json);
    Sh.run("ip link del near");
    Result plan = run("plan", write(FILE), "--live", snapshot.toString(), "--detailed-exitcode");
    assertEquals(ExitCode.DONE, plan.code(), plan.out() + plan.err());
  }

  @Test
  void oneNamespaceIsShownAloneAndAnUnknownOneIsAnError() throws IOException {
    Sh.run("set -e; ip netns add web; ip netns add db");
    String shown = run("show", "--namespace", "web").out();
    assertTrue(shown.contains("web: {}"), shown);
    assertFalse(shown.contains("db"), shown);
    Result unknown = run("show", "--namespace", "wob");
    assertEquals(ExitCode.ERROR, unknown.code());
    assertEquals("error: there is no network namespace wob\n", unknown.err());
  }

  private static final String FILE =
      """
      version: 1
      namespaces: {web: {}}
      veths:
        pair:
          device: near
          mtu: 1400
          addresses: [10.0.0.1/24]
          peer: {device: far, namespace: web, addresses: [10.0.0.2/24]}
      """;

  private void showIsPlannedEmpty() throws IOException {
    Result shown = run("show");
    assertEquals(ExitCode.DONE, shown.code(), shown.err());
    Result plan = run("plan", write(shown.out()), "--detailed-exitcode");
    assertEquals(ExitCode.DONE, plan.code(), shown.out() + plan.out() + plan.err());
    assertFalse(shown.out().contains("left out"), shown.out());
  }

  private String write(String text) throws IOException {
    return Files.writeString(directory.resolve("host.yaml"), text).toString();
  }

  private record Result(int code, String out, String err) {}

  private Result run(String... arguments) {
    return execute(null, arguments);
  }

  private Result answer(String answer, String... arguments) {
    return execute(answer, arguments);
  }

  private Result execute(@org.jspecify.annotations.Nullable String answer, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    BufferedReader in = answer == null ? null : new BufferedReader(new StringReader(answer));
    Console console = new Console(out, err, false, answer != null, false, in);
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--state";
    all[arguments.length + 1] = directory.resolve("state").toString();
    int code = Plumbline.execute(console, all);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
