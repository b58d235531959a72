// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateTest {
  private final CommandRun run = new CommandRun();

  @TempDir private Path directory;

  @Test
  void aGoodFileHasNoResultAndExitsWithZero() throws IOException {
    String file = write("good.yaml", "version: 1\ndummies: {lo1: {addresses: [10.0.0.1/32]}}\n");
    assertEquals(ExitCode.DONE, run.execute("validate", file));
    assertEquals("", run.out());
    assertEquals(file + ": valid\n", run.err());
  }

  @Test
  void everyProblemOfEveryFileIsALineWithItsPosition() throws IOException {
    String good = write("good.yaml", "version: 1\n");
    String one = write("one.yaml", "version: 1\ndummies:\n  lo1: {adresses: []}\n");
    String two = write("two.yaml", "version: 1\nbridgs: {}\ndummis: {}\n");
    assertEquals(ExitCode.ERROR, run.execute("validate", one, good, two));
    var lines = run.out().lines().toList();
    assertEquals(3, lines.size(), run.out());
    assertTrue(lines.get(0).startsWith(one + ":3:9: "), run.out());
    assertTrue(lines.get(0).endsWith("did you mean `addresses`?"), run.out());
    assertTrue(lines.get(1).startsWith(two + ":2:1: "), run.out());
    assertTrue(lines.get(2).startsWith(two + ":3:1: "), run.out());
    assertEquals(good + ": valid\n", run.err());
  }

  @Test
  void aMistakeInAFlowIsFoundAtItsColumn() throws IOException {
    String file =
        write(
            "flows.yaml",
            """
            version: 1
            bridges:
              br0:
                ports: {eth1: {}, eth2: {}}
                flows:
                  - "priority=3,in_port=eth9 actions=NORMAL"
                  - priority=3,dl_vlan=5000 actions=NORMAL
                  - {match: {inPort: eth1, tcpDst: 80}, actions: [normal]}
                  - {match: {inPort: eth1}, actions: [{setVlan: 1}, {learn: 1}]}
                  - in_port=1 actions=drop
                  - in_port=eth1,idle_timeout=7 actions=drop
                  - in_port=eth2 actions=group:7
            """);
    assertEquals(ExitCode.ERROR, run.execute("validate", file));
    var lines = run.out().lines().toList();
    String at = ": bridges.br0.flows";
    assertEquals(7, lines.size(), run.out());
    assertStarts(file + ":6:29" + at + "[0]: no port: eth9", lines.get(0));
    assertStarts(file + ":7:28" + at + "[1]: ", lines.get(1));
    assertStarts(file + ":8:32" + at + "[2]: tcp_dst is a field of tcp", lines.get(2));
    assertStarts(file + ":9:57" + at + "[3]: the switch has no action learn", lines.get(3));
    assertStarts(file + ":10:17" + at + "[4]: no port 1: ports are named", lines.get(4));
    assertStarts(file + ":11:9" + at + "[5]: what the file says is there for good", lines.get(5));
    assertStarts(file + ":12:9" + at + "[6]: there is no group 7", lines.get(6));
  }

  @Test
  void aMistakeInAGroupIsFoundAtItsColumn() throws IOException {
    String file =
        write(
            "groups.yaml",
            """
            version: 1
            bridges:
              br0:
                ports: {eth1: {}, eth2: {}}
                groups:
                  - group_id=1,type=select,bucket=output:eth9
                  - {id: 2, type: all, buckets: [{actions: [{output: eth1}, {output: eth2}]}]}
                  - {id: 3, type: all, buckets: [{weight: 2, actions: [normal]}]}
                  - group_id=4,type=all,bucket=group:5
                  - {id: 5, type: indirect, buckets: [{actions: [{group: 4}]}]}
                  - group_id=6,type=all,bucket=drop
                  - group_id=6,type=all,bucket=in_port
                  - group_id=7,type=select,selection_method=hash,bucket=NORMAL
                  - group_id=8,type=ff,bucket=NORMAL
                flows:
                  - priority=1 actions=group:4
            """);
    assertEquals(ExitCode.ERROR, run.execute("validate", file));
    var lines = run.out().lines().toList();
    String at = ": bridges.br0.groups";
    assertEquals(8, lines.size(), run.out());
    assertStarts(file + ":6:46" + at + "[0]: no port and no field: eth9", lines.get(0));
    assertStarts(file + ":7:65" + at + "[1]: a bucket sends to one place", lines.get(1));
    assertStarts(file + ":8:39" + at + "[2]: only buckets of a select group", lines.get(2));
    assertStarts(file + ":9:9" + at + "[3]: leads to itself", lines.get(3));
    assertStarts(file + ":10:9" + at + "[4]: leads to itself", lines.get(4));
    assertStarts(file + ":12:9" + at + "[6]: has the number of groups[5]: 6", lines.get(5));
    assertStarts(file + ":13:32" + at + "[7]: the switch has no selection_method", lines.get(6));
    assertStarts(file + ":14:25" + at + "[8]: groups are all, select or indirect", lines.get(7));
  }

  /** All of ovs-actions(7), Open vSwitch 3.1, that the switch has not. */
  @Test
  void actionsOfOpenVswitchThatThereAreNotAreRefusedByNameEachAtItsPlace() throws IOException {
    List<String> actions =
        List.of(
            "controller:128",
            "controller(reason=action,max_len=64)",
            "enqueue:eth1:3",
            "bundle(eth_src,0,hrw,ofport,members:1,2)",
            "bundle_load(eth_src,0,hrw,ofport,reg0,members:1,2)",
            "push_mpls:0x8847",
            "pop_mpls:0x0800",
            "encap(nsh(md_type=1))",
            "decap",
            "set_mpls_label:7",
            "set_mpls_tc:1",
            "set_mpls_ttl:3",
            "dec_mpls_ttl",
            "dec_nsh_ttl",
            "check_pkt_larger(1400)->reg0[0]",
            "delete_field:tun_metadata0",
            "set_queue:1",
            "pop_queue",
            "ct_clear",
            "learn(table=1,idle_timeout=10,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])",
            "fin_timeout(idle_timeout=1)",
            "clone(eth1)",
            "push:reg0",
            "pop:reg0",
            "exit",
            "multipath(eth_src,50,modulo_n,1,0,reg0)",
            "conjunction(1,1/2)",
            "note:00.01",
            "sample(probability=1)",
            "clear_actions",
            "write_actions(eth1)");
    StringBuilder text = new StringBuilder("version: 1\nbridges:\n  br0:\n    ports: {eth1: {}}\n");
    text.append("    flows:\n");
    for (int i = 0; i < actions.size(); i++) {
      text.append("      - \"priority=%d actions=eth1,%s\"\n".formatted(100 + i, actions.get(i)));
    }
    String file = write("actions.yaml", text.toString());
    assertEquals(ExitCode.ERROR, run.execute("validate", file));
    var lines = run.out().lines().toList();
    assertEquals(actions.size(), lines.size(), run.out());
    for (int i = 0; i < actions.size(); i++) {
      String name = actions.get(i).split("[:(]", 2)[0];
      assertStarts(
          "%s:%d:%d: bridges.br0.flows[%d]: the switch has no action %s"
              .formatted(file, 6 + i, 10 + "priority=100 actions=eth1,".length(), i, name),
          lines.get(i));
    }
  }

  @Test
  void aMistakeInAMeterIsFoundAtItsColumn() throws IOException {
    String file =
        write(
            "meters.yaml",
            """
            version: 1
            bridges:
              br0:
                ports: {eth1: {}}
                meters:
                  - meter=1 kbps bands=type=dscp_remark rate=1 prec_level=1
                  - {id: 2, rate: 7, unit: pktps}
                  - meter=2 pktps bands=type=drop rate=8
                  - {id: 3, rate: 7, unit: pktps}
                flows:
                  - priority=1 actions=meter:2,NORMAL
            """);
    assertEquals(ExitCode.ERROR, run.execute("validate", file));
    var lines = run.out().lines().toList();
    String at = ": bridges.br0.meters";
    assertEquals(2, lines.size(), run.out());
    assertStarts(file + ":6:33" + at + "[0]: a band is of type drop here", lines.get(0));
    assertStarts(file + ":8:9" + at + "[2]: has the number of meters[1]: 2", lines.get(1));
    String other =
        write(
            "meters2.yaml",
            """
            version: 1
            bridges:
              br0:
                ports: {eth1: {}}
                meters: [{id: 1, rate: 7, unit: pktps}]
                flows:
                  - priority=2,in_port=eth1 actions=meter:5,NORMAL
                  - priority=1 actions=NORMAL
            """);
    assertEquals(ExitCode.ERROR, run.execute("validate", other));
    assertStarts(
        other + ":7:9: bridges.br0.flows[0]: there is no meter 5",
        run.out().lines().toList().get(2));
  }

  @Test
  void aGroupThatNoFlowLeadsToIsDoubted() throws IOException {
    String file =
        write(
            "unused.yaml",
            """
            version: 1
            bridges:
              br0:
                ports: {eth1: {}}
                groups:
                  - group_id=1,type=all,bucket=group:2
                  - group_id=2,type=all,bucket=output:eth1
                  - group_id=3,type=all,bucket=group:4
                  - group_id=4,type=all,bucket=NORMAL
                flows: [actions=group:1]
            """);
    assertEquals(ExitCode.DONE, run.execute("validate", file));
    var lines = run.out().lines().toList();
    assertEquals(2, lines.size(), run.out());
    String doubt = ": no flow sends anything to group ";
    assertStarts(file + ":8:9: warning: bridges.br0.groups[2]" + doubt + "3", lines.get(0));
    assertStarts(file + ":9:9: warning: bridges.br0.groups[3]" + doubt + "4", lines.get(1));
  }

  @Test
  void flowsThatNeverMatchOrContradictEachOtherAreDoubted() throws IOException {
    String file =
        write(
            "doubts.yaml",
            """
            version: 1
            bridges:
              br0:
                ports: {eth1: {}, eth2: {}}
                flows:
                  - priority=3,in_port=eth1 actions=NORMAL
                  - priority=2,in_port=eth1,ip,nw_dst=10.0.0.0/8 actions=drop
                  - priority=2,in_port=eth2,dl_vlan=7 actions=drop
                  - priority=2,in_port=eth2,dl_src=00:00:00:00:00:01 actions=NORMAL
                  - table=1,priority=1,in_port=eth1 actions=drop
            """);
    assertEquals(ExitCode.DONE, run.execute("validate", file), run.out());
    var lines = run.out().lines().toList();
    assertEquals(2, lines.size(), run.out());
    assertStarts(
        file
            + ":7:9: warning: bridges.br0.flows[1]: can never match: flows[0] covers it, with"
            + " priority 3",
        lines.get(0));
    assertStarts(
        file + ":9:9: warning: bridges.br0.flows[3]: some packets match flows[2] too",
        lines.get(1));
  }

  private static void assertStarts(String expected, String line) {
    assertEquals(expected, line.substring(0, Math.min(line.length(), expected.length())), line);
  }

  @Test
  void aHostileNameMovesNoCursor() throws IOException {
    String file = write("hostile.yaml", "version: 1\ndummies: {\"\\e[31mq\": {}}\n");
    assertEquals(ExitCode.ERROR, run.execute("validate", file));
    assertTrue(run.out().contains("`\\u001b[31mq`"), run.out());
    assertEquals(-1, run.out().indexOf('\u001b'), run.out());
    run.console().info("a\u001bb\nc");
    assertEquals("a\\u001bb\nc\n", run.err());
  }

  @Test
  void aFileThatDoesNotExistIsAProblemLikeAnyOther() {
    assertEquals(ExitCode.ERROR, run.execute("validate", "/does/not/exist.yaml"));
    assertTrue(run.out().startsWith("/does/not/exist.yaml:"), run.out());
  }

  @Test
  void aFileForAnotherHostIsRefusedIfTheHostIsNamed() throws IOException {
    String file = write("host.yaml", "version: 1\nhost: hv-01\n");
    assertEquals(ExitCode.DONE, run.execute("validate", file));
    assertEquals(ExitCode.DONE, run.execute("validate", "--host", "hv-01", file));
    assertEquals(ExitCode.ERROR, run.execute("validate", "--host", "hv-02", file));
  }

  @Test
  void withoutAFileItIsAWrongCommandLine() {
    assertEquals(ExitCode.ERROR, run.execute("validate"));
    assertTrue(run.err().contains("FILE"), run.err());
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  @Test
  void aRepositorysOwnFileIsCheckedByItsOwnSchema() throws IOException {
    String file = write("plumbline.yaml", "version: 1\nhosts: [{path: hosts/a.yaml}]\n");
    assertEquals(ExitCode.ERROR, run.execute("validate", file));
    assertEquals(file + ":2:16: hosts: the file `hosts/a.yaml` does not exist\n", run.out());
  }
}
