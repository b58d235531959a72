// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.FlowGroup;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.openflow.FlowText;
import dev.plumbline.datapath.openflow.GroupText;
import dev.plumbline.datapath.openflow.PortNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever switch, flows in all of its bridges, and traffic; a seed replays a failure. */
class PipelineProperties {
  private static final int GROUPS = 4;

  private final Translator translator = new Translator();

  @Property(tries = 60)
  void packetsThatAgreeInTheMaskAreTreatedAlikeByFlowsToo(@ForAll long seed) throws Exception {
    SwitchHarness harness = new SwitchHarness(seed, 1000);
    for (int i = 0; i < 30; i++) {
      harness.step();
    }
    SwitchState state = withFlows(harness.state(), harness.random());
    FlowKey other = new FlowKey();
    for (int i = 0; i < 50; i++) {
      CachedFlow flow = CachedFlow.decide(translator, harness.anyKey(), state, harness.now());
      byte[] mask = flow.decision().mask().bytes();
      for (int again = 0; again < 4; again++) {
        int density = harness.random().nextInt(3);
        for (int at = 0; at < FlowKey.BYTES; at++) {
          int change =
              density == 0 ? harness.random().nextInt() : 1 << harness.random().nextInt(24);
          other.bytes()[at] = (byte) (flow.key().bytes()[at] ^ (change & ~mask[at]));
        }
        assertTrue(flow.decision().mask().matches(flow.key(), other));
        assertEquals(
            flow.text(), CachedFlow.decide(translator, other, state, harness.now()).text());
      }
    }
  }

  /** The property above says little if flows look at nothing, or all is dropped. */
  @Property(tries = 1)
  void flowsSendAndLookBelowLayer2() throws Exception {
    int sent = 0;
    int deep = 0;
    for (long seed = 0; seed < 30; seed++) {
      SwitchHarness harness = new SwitchHarness(seed, 1000);
      for (int i = 0; i < 30; i++) {
        harness.step();
      }
      SwitchState state = withFlows(harness.state(), harness.random());
      for (int i = 0; i < 50; i++) {
        Decision decision =
            CachedFlow.decide(translator, harness.anyKey(), state, harness.now()).decision();
        sent += decision.dropReason() == null ? 1 : 0;
        deep += decision.mask().isLayer2() ? 0 : 1;
      }
    }
    assertTrue(sent > 300, sent + " of 1500 sent");
    assertTrue(deep > 100, deep + " of 1500 looked at below layer 2");
  }

  private static SwitchState withFlows(SwitchState state, Random random)
      throws FlowSyntaxException {
    SwitchState changed = state;
    for (String bridge : state.config().bridges().keySet()) {
      if (random.nextInt(4) > 0) {
        List<Flow> flows = new ArrayList<>();
        for (int i = 5 + random.nextInt(20); i >= 0; i--) {
          flows.add(FlowText.parse(flow(random), PortNames.NUMBERS));
        }
        flows.add(FlowText.parse("priority=0 actions=NORMAL", PortNames.NUMBERS));
        List<FlowGroup> groups = new ArrayList<>();
        for (int id = 0; id < GROUPS; id++) {
          groups.add(GroupText.parse(group(random, id), PortNames.NUMBERS));
        }
        changed =
            changed.withFlows(bridge, FlowTables.EMPTY.withGroups(groups).with(List.of(), flows));
      }
    }
    return changed;
  }

  /** Those with a lower number may be in its buckets, so that there are no circles. */
  private static String group(Random random, int id) {
    StringBuilder text = new StringBuilder("group_id=" + id);
    String type = one(random, "select", "select", "all", "indirect");
    text.append(",type=").append(type);
    for (int i = type.equals("indirect") ? 0 : random.nextInt(3); i >= 0; i--) {
      text.append(",bucket=");
      text.append(type.equals("select") ? "weight:" + random.nextInt(4) + "," : "");
      text.append(
          one(
              random,
              "",
              "mod_vlan_vid:" + random.nextInt(30) + ",",
              "strip_vlan,",
              "mod_dl_dst:02:00:00:00:00:0" + random.nextInt(10) + ","));
      text.append(
          one(
              random,
              "NORMAL",
              "flood",
              "in_port",
              "output:" + (1 + random.nextInt(8)),
              "resubmit(,%d)".formatted(random.nextInt(3)),
              id == 0 ? "in_port" : "group:" + random.nextInt(id)));
    }
    return text.toString();
  }

  private static String flow(Random random) {
    String match =
        one(
            random,
            "in_port=" + (1 + random.nextInt(8)),
            "dl_vlan=" + random.nextInt(30),
            "vlan_tci=0x1000/0x1000",
            "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00",
            "arp,arp_op=1",
            "arp,arp_sha=00:00:00:00:00:00/00:00:00:00:00:01",
            "arp,arp_tha=00:00:00:00:00:00/01:00:00:00:00:00",
            "arp,arp_tpa=0.0.0.0/0.0.0.1",
            "ip,nw_src=0.0.0.0/1",
            "ip,nw_dst=128.0.0.0/2",
            "ip,nw_ttl=64",
            "ip,nw_tos=0",
            "ip,nw_frag=no",
            "tcp,tp_dst=0/0x1",
            "tcp,tcp_flags=+ack",
            "udp,tp_src=0/0x8000",
            "icmp,icmp_type=8",
            "ipv6,ipv6_src=::/1",
            "ipv6,ipv6_dst=::/::1",
            "ipv6,ipv6_label=0/0x1",
            "udp6",
            "tun_id=0/1",
            "reg0=" + random.nextInt(2),
            "reg1=0/0x10",
            "metadata=1/1");
    StringBuilder actions = new StringBuilder();
    String type = match.split(",", -1)[0];
    for (int i = random.nextInt(3); i >= 0; i--) {
      actions.append(actions.length() == 0 ? "" : ",").append(action(random, type));
    }
    return "table=%d,priority=%d,%s actions=%s"
        .formatted(random.nextInt(3), 1 + random.nextInt(1000), match, actions);
  }

  private static String action(Random random, String type) {
    return one(
        random,
        "NORMAL",
        "flood",
        "in_port",
        String.valueOf(1 + random.nextInt(8)),
        "resubmit(,%d)".formatted(random.nextInt(3)),
        "resubmit(%d,%d)".formatted(random.nextInt(5), random.nextInt(3)),
        "load:1->reg0[]",
        "move:%s->reg1[0..3]".formatted(moved(random, type)),
        "output:reg1[0..3]",
        "move:" + moved(random, type) + "->vlan_tci[0..3]",
        "mod_vlan_vid:" + random.nextInt(30),
        "mod_vlan_pcp:3",
        "strip_vlan",
        "push_vlan:0x88a8",
        "set_field:0x1003->vlan_tci",
        "set_field:1->metadata",
        "group:" + random.nextInt(GROUPS),
        "group:" + random.nextInt(GROUPS),
        rewritten(random, type),
        rewritten(random, type),
        rewritten(random, type));
  }

  private static String rewritten(Random random, String type) {
    String any =
        one(
            random,
            "mod_dl_dst:02:00:00:00:00:0" + random.nextInt(10),
            "mod_dl_src:02:00:00:00:00:0" + random.nextInt(10),
            "load:%d->eth_dst[0..3]".formatted(random.nextInt(16)),
            "mod_nw_src:128.0.0." + random.nextInt(4),
            "mod_nw_dst:1.0.0." + random.nextInt(4),
            "mod_tp_dst:" + random.nextInt(4),
            "mod_nw_tos:" + 4 * random.nextInt(4),
            "dec_ttl");
    String own =
        switch (type) {
          case "arp" ->
              one(
                  random,
                  "set_field:2->arp_op",
                  "move:eth_src->arp_sha",
                  "set_field:00:00:00:00:00:05/00:00:00:00:00:0f->arp_tha",
                  "move:arp_tpa->arp_spa");
          case "ip" ->
              one(
                  random,
                  "set_field:0.0.0.5/0.0.0.255->ip_dst",
                  "move:nw_src[0..7]->nw_dst[8..15]",
                  "set_field:1->nw_ecn",
                  "load:9->nw_ttl[0..3]");
          case "tcp" -> one(random, "move:tcp_dst[0..3]->tcp_src[0..3]", "set_field:7->tcp_dst");
          case "udp" -> "load:1->udp_dst[15]";
          case "icmp" -> "set_field:3->icmp_code";
          case "ipv6" ->
              one(
                  random,
                  "set_field:::5/::ff->ipv6_dst",
                  "move:ipv6_dst->ipv6_src",
                  "move:ipv6_dst[32..127]->ipv6_src[0..95]",
                  "load:1->ipv6_label[3]");
          default -> any;
        };
    return random.nextBoolean() ? any : own;
  }

  private static String moved(Random random, String type) {
    return switch (type) {
      case "arp" -> one(random, "arp_spa[0..3]", "arp_sha[44..47]", "arp_tha[0..3]");
      case "ip" -> one(random, "nw_src[28..31]", "nw_ttl[2..5]");
      case "tcp" -> one(random, "tcp_dst[0..3]", "tcp_flags[1..4]", "nw_dst[0..3]");
      case "ipv6" -> one(random, "ipv6_src[62..65]", "ipv6_label[16..19]");
      default -> one(random, "eth_src[0..3]", "tun_id[0..3]", "vlan_tci[0..3]");
    };
  }

  private static String one(Random random, String... of) {
    return of[random.nextInt(of.length)];
  }
}
