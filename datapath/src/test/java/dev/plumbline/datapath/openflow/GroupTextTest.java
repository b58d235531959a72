// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class GroupTextTest {
  private static String printed(String text) throws FlowSyntaxException {
    String printed = GroupText.print(GroupText.parse(text, PortNames.NUMBERS), PortNames.NUMBERS);
    assertEquals(
        GroupText.parse(text, PortNames.NUMBERS), GroupText.parse(printed, PortNames.NUMBERS));
    return printed;
  }

  @Test
  void groupsAreReadAndPrintedAsOvsOfctlHasThem() throws Exception {
    assertEquals(
        "group_id=1,type=select,bucket=weight:10,actions=output:1,bucket=actions=output:2",
        printed("group_id=1,type=select,bucket=weight:10,actions=output:1,bucket=output:2"));
    assertEquals(
        "group_id=2,type=all,bucket=actions=mod_dl_dst:00:00:00:00:00:01,output:1,bucket=actions=drop",
        printed(
            "group_id=2,type=all,bucket=bucket_id:0,actions=output:1,mod_dl_dst:0:0:0:0:0:1,"
                + " bucket=drop"));
    assertEquals(
        "group_id=4294967040,type=indirect,bucket=actions=strip_vlan,dec_ttl,set_field:80->tcp_dst,"
            + "resubmit(,3)",
        printed(
            "type=indirect,group_id=0xffffff00,"
                + "bucket=resubmit(,3),set_field:80->tcp_dst,dec_ttl,pop_vlan"));
    assertEquals("group_id=0,type=all", printed("group_id=0,type=all"));
  }

  @Test
  void whatCannotBeMeantIsAMistakeAtItsColumn() {
    refused("type=all,bucket=1", "group_id", 1);
    refused("group_id=1,bucket=1", "type", 1);
    refused("group_id=1,type=ff,bucket=1", "not ff", 17);
    refused("group_id=1,type=indirect,bucket=1,bucket=2", "one bucket", 1);
    refused("group_id=1,type=all,bucket=weight:3,1", "select", 28);
    refused("group_id=1,type=all,bucket=1,2", "one place", 30);
    refused("group_id=1,type=all,bucket=goto_table:3", "cannot be in a bucket", 28);
    refused("group_id=1,type=select,bucket=watch_port:1,1", "no watch_port", 31);
    refused("group_id=1,type=all,priority=3", "not priority", 21);
  }

  private static void refused(String text, String why, int column) {
    FlowSyntaxException mistake =
        assertThrows(
            FlowSyntaxException.class, () -> GroupText.parse(text, PortNames.NUMBERS), text);
    assertTrue(String.valueOf(mistake.getMessage()).contains(why), mistake.getMessage());
    assertEquals(column, mistake.column(), text);
  }
}
