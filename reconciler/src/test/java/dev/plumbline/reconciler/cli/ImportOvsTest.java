// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.testing.OpenVswitchDaemon;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code plumbline import ovs} of a real Open vSwitch, and of what its `show` prints. */
class ImportOvsTest {
  private static final List<String> GUESTS = List.of("p1", "p2", "p3", "p4");

  @TempDir private Path directory;

  private static List<String> words(String text) {
    return List.of(text.strip().split("\\s+"));
  }

  /** What {@code ovs-ofctl} prints, of the bridge br0. */
  private String ofctl(OpenVswitchDaemon ovs, String command, String... more) throws Exception {
    String target = "unix:" + directory + "/br0.mgmt";
    List<String> words = new ArrayList<>(List.of("ovs-ofctl", "-O", "OpenFlow13", command, target));
    words.addAll(List.of(more));
    return ovs.printed(words);
  }

  @Test
  void theDatabaseIsAskedAndWhatTheFileCannotSayIsAComment() throws Exception {
    ImportRun run = new ImportRun(directory);
    try (OpenVswitchDaemon ovs = OpenVswitchDaemon.start(directory)) {
      ovs.vsctl(
          words(
              """
              add-br br0 -- set bridge br0 rstp_enable=true other_config:mac-aging-time=600
                other_config:hwaddr=02:00:00:00:00:01 external_ids:bridge-id=br0
              -- add-port br0 eth1 tag=10
              -- add-port br0 eth2 tag=5 trunks=10,20 vlan_mode=native-untagged
              -- add-port br0 eth3 trunks=30,31 -- set interface eth3 mtu_request=1400
                ingress_policing_rate=1000
              -- add-port br0 eth4 vlan_mode=native-tagged tag=7
              -- add-bond br0 bond0 eth5 eth6 bond_mode=balance-slb bond_updelay=200 lacp=active
              -- add-port br0 mgmt0 tag=10 -- set interface mgmt0 type=internal
              -- add-port br0 gre0 -- set interface gre0 type=gre options:remote_ip=192.0.2.9
                options:key=5 options:df_default=false
              -- add-port br0 vx0 -- set interface vx0 type=vxlan options:remote_ip=flow
                options:key=flow
              -- add-port br0 vx1 tag=10 -- set interface vx1 type=vxlan options:key=0x2a
                options:remote_ip=2001:db8::9 options:dst_port=8472
              -- add-br br1
              -- add-port br0 p-out -- set interface p-out type=patch options:peer=p-in
              -- add-port br1 p-in -- set interface p-in type=patch options:peer=p-out
              -- set interface eth1 ofport_request=7
              -- set interface p-out ofport_request=12
              """));
      ovs.flows(
          "br0",
          List.of(
              "priority=10,in_port=7,dl_vlan=10 actions=mod_vlan_vid:20,output:12",
              "priority=9,ip,nw_dst=10.0.0.0/8 actions=drop",
              "priority=8,in_port=99 actions=drop",
              "table=1,priority=1,tcp actions=learn(table=2,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[])"));
      ofctl(ovs, "add-group", "group_id=3,type=select,bucket=weight:2,output:7,bucket=output:12");
      ofctl(ovs, "add-group", "group_id=4,type=ff,bucket=watch_port:7,output:7");
      ofctl(ovs, "add-meter", "meter=5 pktps burst bands=type=drop rate=100 burst_size=20");
      ofctl(ovs, "add-flow", "table=2, priority=3,icmp actions=meter:5,group:3");
      Path flows =
          run.write(
              "br0.flows",
              ofctl(ovs, "dump-flows") + ofctl(ovs, "dump-groups") + ofctl(ovs, "dump-meters"));
      String yaml =
          run.imported(
              "ovs", "--db", directory.resolve("db.sock").toString(), "--flows", "br0=" + flows);
      for (String part :
          new String[] {
            "eth1: {vlan: {access: 10}}",
            "eth2: {vlan: {native: 5, trunk: [10, 20]}}",
            "eth3: {vlan: {trunk: [30, 31]}}",
            "eth4: {vlan: {native: 7, trunk: [1-4094], tagged: true}}",
            "macTable: {aging: 600s}",
            "bond0: {bridge: br0, members: [eth5, eth6], mode: balance-slb, upDelay: 200ms}",
            "mgmt0: {bridge: br0, mac: aa:55:aa:55:", // as it is: it was told none
            "gre0: {bridge: br0, type: gre,",
            "df: unset",
            "key: 42",
            "port: 8472",
            "remote: \"2001:db8::9\"",
            "{bridges: [br0, br1]}",
            "eth3: {mtu: 1400}",
            "priority=10,in_port=eth1,dl_vlan=10 actions=set_field:4116->vlan_vid,output:p-out",
            "`rstp_enable` (true) is not taken over",
            "`other_config:hwaddr=02:00:00:00:00:01` is not taken over",
            "external_ids (bridge-id=br0): a note of another program",
            "`ingress_policing_rate` of the interface `eth3` (1000) is not taken over",
            "`lacp: active`: the embedded switch does not speak LACP yet",
            "is left out: no port of the file is `99`",
            "key: flow",
            "remote: flow",
            "learn",
            "table=2, priority=3,icmp actions=meter:5,group:3",
            "group_id=3,type=select,bucket=weight:2,actions=output:eth1,bucket=actions=output:p-out",
            "group_id=4",
            "type=ff",
            "meter=5 pktps burst bands=type=drop rate=100 burst_size=20",
            "flows are not in the database: import those of `ovs-ofctl dump-flows br1`",
          }) {
        assertTrue(yaml.contains(part), part + " in\n" + yaml);
      }
      Path show =
          run.write(
              "show.txt",
              ovs.printed(
                  List.of("ovs-vsctl", "--db=unix:" + directory.resolve("db.sock"), "show")));
      String shown = run.imported("ovs", show.toString());
      for (String part :
          new String[] {
            "eth1: {vlan: {access: 10}}", "eth3: {vlan: {trunk: [30, 31]}}", "mgmt0: {bridge: br0",
            "does not tell its `bond_mode`", "{bridges: [br0, br1]}", "port: 8472",
          }) {
        assertTrue(shown.contains(part), part + " in\n" + shown);
      }
    }
  }

  @Test
  void mistakesHaveTheirPlaceAndSayWhatToDo() throws Exception {
    ImportRun run = new ImportRun(directory);
    Path show = run.write("show.txt", "    Bridge br0\n        Port p\n   what is this\n");
    String said = ImportRun.refused("import", "ovs", show.toString());
    assertTrue(said.contains(show + ":3:4: `what is this` is no line of `ovs-vsctl show`"), said);
    said = ImportRun.refused("import", "ovs", "--db", directory + "/none.sock");
    assertTrue(said.contains("name its socket with --db, or a file with what"), said);
    Path good = run.write("good.txt", "    Bridge br0\n");
    Path flows = run.write("flows", "priority=1\n");
    said = ImportRun.refused("import", "ovs", good.toString(), "--flows", "br0=" + flows);
    assertTrue(said.contains(flows + ":1:1: `priority=1` is no flow"), said);
    said = ImportRun.refused("import", "ovs", good.toString(), "--flows", "br7=" + flows);
    assertTrue(said.contains("Open vSwitch has no bridge `br7`, expected one of br0"), said);
  }

  /** Guests on fresh wires beside those of Open vSwitch; who reaches whom is the same. */
  @Test
  @ExtendWith(ThrowawayHost.class)
  void whoReachesWhomIsTheSameUnderTheEmbeddedSwitch() throws Exception {
    ImportRun run = new ImportRun(directory);
    guests("");
    String yaml;
    List<String> reached;
    try (OpenVswitchDaemon ovs = OpenVswitchDaemon.startWithDevices(directory)) {
      ovs.vsctl(
          words(
              """
              add-br br0 -- set bridge br0 datapath_type=netdev
              -- add-br br1 -- set bridge br1 datapath_type=netdev
              -- add-port br0 p1 tag=10 -- add-port br0 p2 tag=10 -- add-port br0 p3 tag=20
              -- add-port br1 p4 tag=10
              -- add-port br0 w0 -- set interface w0 type=patch options:peer=w1
              -- add-port br1 w1 -- set interface w1 type=patch options:peer=w0
              """));
      ovs.flows("br0", List.of("priority=9,in_port=p2,icmp,nw_dst=10.0.0.4 actions=drop"));
      Path flows =
          run.write(
              "br0.flows",
              ovs.printed(List.of("ovs-ofctl", "dump-flows", "unix:" + directory + "/br0.mgmt")));
      reached = reached("");
      yaml =
          run.imported(
              "ovs", "--db", directory.resolve("db.sock").toString(), "--flows", "br0=" + flows);
      // Its internal ports are TAPs that outlive it.
      ovs.vsctl(words("del-br br0 -- del-br br1"));
    }
    assertEquals(List.of("p1 p2", "p1 p4", "p2 p1", "p4 p1"), reached);
    guests("n");
    Path file = run.write("host.yaml", yaml.replaceAll("\\bp([1-4])\\b", "np$1"));
    try (AgentProcess agent =
        AgentProcess.follow(file, Files.createDirectory(directory.resolve("own")))) {
      try {
        assertEquals(reached, reached("n"));
      } catch (AssertionError e) {
        throw new AssertionError(agent.output() + yaml, e);
      }
    }
    assertFalse(yaml.contains("left out"), yaml);
  }

  private static void guests(String prefix) {
    for (String guest : GUESTS) {
      String name = prefix + guest;
      String unused =
          Sh.run(
              ("set -e; ip netns add N; ip link add N type veth peer name eth0 netns N;"
                      + " ip link set N up; ip -n N link set lo up; ip -n N link set eth0 up;"
                      + " ip -n N addr add 10.0.0."
                      + guest.substring(1)
                      + "/24 dev eth0;"
                      // Open vSwitch in user space takes packets without their checksums.
                      + " ip netns exec N ethtool -K eth0 tx off > /dev/null")
                  .replace("N", name));
    }
  }

  /** Who is answered by whom; the first that is asked is asked until the switch is there. */
  private static List<String> reached(String prefix) {
    Sh.ping(prefix + "p1", "10.0.0.2");
    List<String> reached = new ArrayList<>();
    for (String from : GUESTS) {
      for (String to : GUESTS) {
        String answered =
            from.equals(to)
                ? "no"
                : Sh.run(
                    "ip netns exec "
                        + prefix
                        + from
                        + " ping -q -c 3 -i 0.2 -W 1 10.0.0."
                        + to.substring(1)
                        + " > /dev/null && echo yes || echo no");
        if (answered.strip().equals("yes")) {
          reached.add(from + " " + to);
        }
      }
    }
    return reached;
  }
}
