// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.GroupConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.PatchPort;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.testing.OpenVswitchDaemon;
import dev.plumbline.datapath.testing.RandomSwitch;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Decisions against those of Open vSwitch ({@code ovs-appctl ofproto/trace}): the same bridges,
 * VLAN modes, patch ports, flows, addresses and packets; compared are the ports that a packet
 * leaves by, and its tags on each. {@code -Doracle.cases=10000} has it do more of them.
 */
class OpenVswitchTraceTest {
  private static final int CASES = Integer.getInteger("oracle.cases", 400);
  private static final int PACKETS = 25;
  private static final int GROUPS = 3;

  /** Priority tags (VLAN 0) are not compared: see docs/decisions/open-vswitch-oracle.md. */
  private static final int[] VLANS = {10, 20, 30, 4095};

  private static final Pattern DESTINATION = Pattern.compile("dl_dst=([0-9a-f:]+)");
  private static final Pattern THREE_TAGS = Pattern.compile("\\](\\[[^]]*\\]){2}");

  @TempDir Path directory;

  private final Map<String, Integer> found = new TreeMap<>();
  private final List<String> unexplained = new ArrayList<>();
  private int compared;
  private int sent;

  @Test
  void packetsGoWhereTheyGoInOpenVswitch() throws Exception {
    try (OpenVswitchDaemon peer = OpenVswitchDaemon.startWithTunnels(directory)) {
      for (long seed = Long.getLong("oracle.seed", 1);
          compared < CASES && unexplained.size() < 20;
          seed++) {
        new Case(seed, peer).run();
      }
    }
    System.err.println(
        compared + " packets, " + sent + " sent somewhere; other than there " + found);
    assertEquals("", String.join("\n", unexplained));
    assertTrue(sent > compared / 4, sent + " of " + compared + " packets were sent");
  }

  /** Which bucket that is, another hash says there; but it is one, and none is left out. */
  @Test
  void oneBucketOfAGroupIsChosenHereAndThere() throws Exception {
    Map<String, PortConfig> ports = new TreeMap<>();
    for (String port : List.of("in", "a", "b", "c")) {
      ports.put(port, new DevicePort(port, PortVlan.TRUNK_ALL));
    }
    BridgeConfig plain = new BridgeConfig(ports, MacTableConfig.DEFAULT, false);
    NamedFlows names = NamedFlows.of(ports.keySet());
    String buckets =
        "bucket=output:a,bucket=weight:2,output:b,bucket=mod_dl_src:02:00:00:00:00:0a,output:c";
    BridgeConfig bridge =
        plain
            .withFlows(Set.of(names.read("actions=group:1")))
            .withGroups(
                Set.of(names.config(names.parseGroup("group_id=1,type=select," + buckets))));
    try (OpenVswitchDaemon peer = OpenVswitchDaemon.start(directory)) {
      OpenVswitchTwin twin = new OpenVswitchTwin(new SwitchConfig(Map.of("br0", bridge)), peer);
      twin.create();
      Set<String> ours = new TreeSet<>();
      Set<String> theirs = new TreeSet<>();
      for (int host = 0; host < 100; host++) {
        String packet = "dl_src=02:00:00:00:01:%02x,dl_dst=02:00:00:00:02:01".formatted(host);
        OpenVswitchTwin.Compared both = twin.compare("br0", "in", packet + ",dl_type=0x88b5");
        ours.add(port(both.ours()));
        theirs.add(port(both.theirs()));
      }
      assertEquals(Set.of("a", "b", "c"), ours);
      assertEquals(ours, theirs);
      twin.remove();
    }
  }

  /** As deep as both go, 64 bridges one inside the other; each goes on when the next has ended. */
  @Test
  void aWayWithoutEndOverAPatchPortEndsHereWhereItEndsThere() throws Exception {
    Map<String, BridgeConfig> bridges = new TreeMap<>();
    String[][] each = {
      {"br0", "br1", "in_port=a actions=output:x,output:b", "priority=0 actions=IN_PORT,ALL"},
      {"br1", "br0", "tcp actions=IN_PORT", "priority=0 actions=resubmit(,1),output:b1"}
    };
    for (String[] one : each) {
      Map<String, PortConfig> ports = new TreeMap<>();
      String[] devices = one[0].equals("br0") ? new String[] {"a", "b"} : new String[] {"b1"};
      for (String device : devices) {
        ports.put(device, new DevicePort(device, PortVlan.TRUNK_ALL));
      }
      ports.put("x", new PatchPort(one[1], "x", PortVlan.TRUNK_ALL));
      NamedFlows names = NamedFlows.of(ports.keySet());
      Set<FlowConfig> flows = new LinkedHashSet<>();
      flows.add(names.read(one[2]));
      flows.add(names.read(one[3]));
      if (one[0].equals("br1")) { // which fails there: it is what the other bridge sent that counts
        flows.add(names.read("table=1 actions=resubmit(,1)"));
      }
      bridges.put(one[0], new BridgeConfig(ports, MacTableConfig.DEFAULT, false).withFlows(flows));
    }
    try (OpenVswitchDaemon peer = OpenVswitchDaemon.start(directory)) {
      OpenVswitchTwin twin = new OpenVswitchTwin(new SwitchConfig(bridges), peer);
      twin.create();
      String macs = "dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02";
      for (String packet : List.of(",tcp", ",dl_type=0x88b5")) {
        OpenVswitchTwin.Compared both = twin.compare("br0", "a", macs + packet);
        assertTrue(both.trace().contains("over max translation depth 64"), both.trace());
        assertEquals(both.theirs(), both.ours(), packet);
        assertEquals(packet.equals(",tcp") ? 65 : 1, both.decision().outputs());
      }
      twin.remove();
    }
  }

  /** The first word: one copy begins with the port that it leaves by. */
  private static String port(String sent) {
    return sent.split("\\W", 2)[0];
  }

  /** One configuration, and some packets. */
  private final class Case {
    private final Random random;
    private final long seed;
    private final SwitchConfig config;
    private final OpenVswitchTwin twin;
    private final Set<String> learnt = new HashSet<>();

    Case(long seed, OpenVswitchDaemon peer) throws FlowSyntaxException {
      this.seed = seed;
      this.random = new Random(seed);
      this.config = withFlows(plain(new RandomSwitch(random).config()));
      this.twin = new OpenVswitchTwin(config, peer);
    }

    /** Devices, and patch ports that make no loops; as Open vSwitch has them without a kernel. */
    private SwitchConfig plain(SwitchConfig any) {
      Map<String, Map<String, PortConfig>> ports = new LinkedHashMap<>();
      Map<String, Integer> domains = new HashMap<>();
      any.bridges().keySet().forEach(name -> domains.put(name, domains.size()));
      any.bridges()
          .forEach(
              (name, bridge) ->
                  bridge
                      .ports()
                      .forEach(
                          (port, value) -> {
                            if (isServiceZero(value.vlan())) {
                              return;
                            }
                            if (value instanceof DevicePort) {
                              put(ports, name, port, value);
                            } else if (value instanceof PatchPort patch
                                && name.compareTo(patch.peerBridge()) < 0
                                && !isServiceZero(
                                    any.bridges()
                                        .get(patch.peerBridge())
                                        .ports()
                                        .get(patch.peerPort())
                                        .vlan())
                                && !domains.get(name).equals(domains.get(patch.peerBridge()))) {
                              int gone = domains.get(patch.peerBridge());
                              int kept = domains.get(name);
                              domains.replaceAll((of, domain) -> domain == gone ? kept : domain);
                              put(ports, name, port, value);
                              BridgeConfig there = any.bridges().get(patch.peerBridge());
                              put(
                                  ports,
                                  patch.peerBridge(),
                                  patch.peerPort(),
                                  there.ports().get(patch.peerPort()));
                            }
                          }));
      Map<String, BridgeConfig> bridges = new LinkedHashMap<>();
      any.bridges()
          .forEach(
              (name, bridge) -> {
                Map<String, PortConfig> of = ports.computeIfAbsent(name, n -> new TreeMap<>());
                of.put("h" + name, new DevicePort("h" + name, PortVlan.TRUNK_ALL));
                if (random.nextInt(3) == 0) {
                  of.put("t" + name, tunnel(bridges.size()));
                }
                bridges.put(
                    name, new BridgeConfig(of, MacTableConfig.DEFAULT, bridge.forwardBpdu()));
              });
      return new SwitchConfig(bridges);
    }

    /** Flows say its key; each has a remote of its own. */
    private TunnelPort tunnel(int index) {
      try {
        InetAddress remote = InetAddress.getByName(OpenVswitchTwin.NETWORK + (2 + index));
        return new TunnelPort(
            TunnelType.VXLAN,
            null,
            List.of(remote),
            TunnelPort.KEY_OF_FLOW,
            4789,
            64,
            0,
            true,
            false,
            PortVlan.TRUNK_ALL);
      } catch (UnknownHostException e) {
        throw new AssertionError("an address is no name", e);
      }
    }

    /** VLAN 0 as native or service VLAN, which no file can ask for, is no VLAN there. */
    private boolean isServiceZero(PortVlan vlan) {
      boolean isTagged = vlan.mode() == PortVlan.Mode.TRUNK || vlan.mode() == PortVlan.Mode.ACCESS;
      return vlan.tag() == 0 && !isTagged;
    }

    private void put(
        Map<String, Map<String, PortConfig>> ports, String bridge, String name, PortConfig port) {
      ports.computeIfAbsent(bridge, any -> new TreeMap<>()).put(name, port);
    }

    private SwitchConfig withFlows(SwitchConfig plain) throws FlowSyntaxException {
      Map<String, BridgeConfig> bridges = new LinkedHashMap<>();
      for (Map.Entry<String, BridgeConfig> one : plain.bridges().entrySet()) {
        Map<String, FlowConfig> flows = new LinkedHashMap<>();
        NamedFlows names = NamedFlows.of(one.getValue().ports().keySet());
        Set<GroupConfig> groups = new LinkedHashSet<>();
        for (int id = 0; id < GROUPS; id++) {
          groups.add(names.config(names.parseGroup(group(one.getValue(), id))));
        }
        for (int i = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(12); i > 0; i--) {
          FlowConfig flow = names.read(flow(one.getValue(), 1000 - i));
          flows.put(flow.key(), flow);
        }
        if (!flows.isEmpty() && random.nextInt(4) > 0) {
          FlowConfig last = names.read("priority=0 actions=NORMAL");
          flows.put(last.key(), last);
        }
        Set<FlowConfig> all = new LinkedHashSet<>(flows.values());
        bridges.put(one.getKey(), one.getValue().withFlows(all).withGroups(groups));
      }
      return new SwitchConfig(bridges);
    }

    /** A select group has one bucket that can be chosen: by which hash does not matter. */
    private String group(BridgeConfig bridge, int id) {
      String type = any("all", "all", "select", "indirect");
      StringBuilder text = new StringBuilder("group_id=" + id + ",type=" + type);
      int buckets = type.equals("indirect") ? 1 : 1 + random.nextInt(3);
      int live = random.nextInt(buckets);
      for (int i = 0; i < buckets; i++) {
        text.append(",bucket=");
        text.append(type.equals("select") ? "weight:" + (i == live ? 3 : 0) + "," : "");
        text.append(any("", "mod_dl_dst:" + host() + ",", "mod_dl_src:" + host() + ","));
        text.append(
            any(
                "NORMAL",
                "FLOOD",
                "IN_PORT",
                "output:" + port(bridge),
                "output:" + port(bridge),
                "resubmit(,3)",
                id == 0 ? "ALL" : "group:" + random.nextInt(id)));
      }
      return text.toString();
    }

    private String any(String... of) {
      return of[random.nextInt(of.length)];
    }

    private String port(BridgeConfig bridge) {
      List<String> names = new ArrayList<>(bridge.ports().keySet());
      return '"' + names.get(random.nextInt(names.size())) + '"';
    }

    private String vlan() {
      return String.valueOf(VLANS[random.nextInt(VLANS.length)]);
    }

    /** A flow; all have other priorities, as those of one priority may be taken in any order. */
    private String flow(BridgeConfig bridge, int priority) {
      String match =
          any(
              "in_port=" + port(bridge),
              "in_port=" + port(bridge) + ",dl_vlan=" + vlan(),
              "dl_vlan=" + vlan(),
              "vlan_tci=0x1000/0x1000",
              "vlan_tci=0",
              "dl_vlan_pcp=3",
              "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00",
              "dl_src=" + host(),
              "dl_dst=" + host(),
              "arp,arp_op=1",
              "arp,arp_tpa=10.0.0.0/31",
              "ip,nw_src=10.0.0.0/31",
              "ip,nw_dst=10.0.0.2/31",
              "ip,nw_ttl=64",
              "ip,nw_tos=32",
              "tcp,tp_dst=0/0x1",
              "udp,tp_src=53",
              "icmp,icmp_type=8",
              "ip,nw_frag=no",
              "ipv6,ipv6_dst=fd00::/127",
              "udp6",
              "reg0=" + random.nextInt(2),
              "reg1=0/2",
              "tun_id=" + random.nextInt(3),
              "metadata=1/1");
      List<String> actions = new ArrayList<>();
      int table = random.nextInt(4);
      if (random.nextInt(6) == 0) {
        return "table=%d,priority=%d,%s actions=%s"
            .formatted(table, priority, match, later(bridge, table));
      }
      if (random.nextInt(6) == 0) {
        actions.add("group:" + random.nextInt(GROUPS));
        for (int i = random.nextInt(3); i > 0; i--) {
          actions.add(any("NORMAL", "output:" + port(bridge), "group:" + random.nextInt(GROUPS)));
        }
      }
      for (int i = random.nextInt(4); i >= 0 && !isGrouped(actions); i--) {
        boolean rewrites = random.nextInt(3) == 0;
        actions.add(rewrites ? rewrite(match) : action(bridge, table));
      }
      if (random.nextInt(8) == 0) {
        actions.clear();
        actions.add("drop");
      }
      return "table=%d,priority=%d,%s actions=%s"
          .formatted(table, priority, match, String.join(",", actions));
    }

    /**
     * Actions some of which OpenFlow 1.0 has not; {@code mod_vlan_vid}, which is not among them,
     * puts on a tag in later ones whether there is one or not.
     */
    private String later(BridgeConfig bridge, int table) {
      List<String> actions = new ArrayList<>();
      String vlan = "set_field:" + (4096 + 10 * (1 + random.nextInt(3))) + "->vlan_vid";
      if (random.nextInt(2) == 0) { // once: there a flow may know of two tags
        String behind = any("", ",output:" + port(bridge)) + ',' + any(vlan, vlan, "strip_vlan");
        actions.add(any("push_vlan:0x8100", "push_vlan:0x88a8") + behind);
      }
      for (int i = random.nextInt(4); i > 0; i--) {
        actions.add(
            any(
                "set_field:" + host() + "->eth_src",
                "set_field:0x" + random.nextInt(4) + "/0x3->metadata",
                "set_field:" + random.nextInt(3) + "->tun_id",
                "NORMAL",
                "FLOOD",
                "output:" + port(bridge)));
      }
      if (random.nextInt(3) == 0) {
        actions.add("write_metadata:" + any("1", "0x2/0x2", "0/1"));
      }
      if (actions.isEmpty() || random.nextInt(2) == 0) {
        actions.add("goto_table:" + (table + 1 + random.nextInt(2)));
      }
      return String.join(",", actions);
    }

    private static boolean isGrouped(List<String> actions) {
      return !actions.isEmpty() && actions.get(0).startsWith("group:");
    }

    private String action(BridgeConfig bridge, int table) {
      return any(
          "NORMAL",
          "NORMAL",
          "FLOOD",
          "ALL",
          "IN_PORT",
          "output:" + port(bridge),
          "output:" + port(bridge),
          "resubmit(,%d)".formatted(table + 1 + random.nextInt(2)),
          "resubmit(%s,%d)".formatted(port(bridge), table + 1),
          "load:1->NXM_NX_REG0[]",
          "load:0x%x->NXM_NX_REG1[],output:NXM_NX_REG1[]".formatted(numberOfPort()),
          "output:NXM_NX_REG1[0..15]",
          "set_tunnel:" + random.nextInt(3),
          "set_tunnel:0x" + (100 + random.nextInt(2)),
          "set_tunnel64:" + random.nextInt(3),
          "set_field:" + random.nextInt(3) + "->tun_id",
          "load:%d->NXM_NX_TUN_ID[0..7]".formatted(random.nextInt(3)),
          "move:NXM_NX_TUN_ID[0..15]->NXM_NX_REG1[0..15]",
          "move:NXM_NX_REG0[]->NXM_NX_REG1[]",
          "mod_vlan_vid:" + vlan(),
          "mod_vlan_pcp:" + random.nextInt(8),
          "strip_vlan",
          "set_field:1->metadata");
    }

    /** Small ones are some bridge's; the others are NORMAL, FLOOD, ALL and IN_PORT. */
    private int numberOfPort() {
      int[] reserved = {0xfff8, 0xfffa, 0xfffb, 0xfffc};
      return random.nextInt(3) == 0 ? reserved[random.nextInt(4)] : 1 + random.nextInt(12);
    }

    /** Changes a header that packets of this match have. */
    private String rewrite(String match) {
      String protocol = match.substring(0, Math.max(0, match.indexOf(',')));
      String port = "0x" + Integer.toHexString(random.nextInt(0x10000));
      String four = "10.0.0." + random.nextInt(4);
      return switch (random.nextInt(3) == 0 ? "" : protocol) {
        case "arp" ->
            any(
                "set_field:" + four + "->arp_spa",
                "set_field:" + four + "->arp_tpa",
                "load:2->NXM_OF_ARP_OP[]",
                "set_field:" + host() + "->arp_sha",
                "move:NXM_OF_ETH_SRC[]->NXM_NX_ARP_THA[]",
                "move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[]");
        case "ip", "tcp", "udp", "icmp" ->
            any(
                "dec_ttl",
                "mod_nw_src:" + four,
                "mod_nw_dst:" + four,
                "mod_nw_tos:" + 4 * random.nextInt(64),
                "mod_nw_ecn:" + random.nextInt(4),
                "mod_nw_ttl:" + (2 + random.nextInt(9)),
                "load:7->NXM_OF_IP_SRC[0..7]",
                "load:0xa09->NXM_OF_IP_DST[16..31]",
                "move:NXM_OF_IP_SRC[]->NXM_OF_IP_DST[]",
                switch (protocol) {
                  case "tcp", "udp" -> any("mod_tp_src:", "mod_tp_dst:") + port;
                  case "icmp" -> "set_field:" + random.nextInt(9) + "->icmp_type";
                  default -> "dec_ttl";
                });
        case "ipv6" ->
            any(
                "dec_ttl",
                "set_field:fd00::" + port.substring(2) + "->ipv6_dst",
                "set_field:fd00::1:" + port.substring(2) + "->ipv6_src",
                "set_field:" + port + "->ipv6_label",
                "load:5->NXM_NX_IPV6_DST[8..15]");
        default ->
            any(
                "mod_dl_src:" + host(),
                "mod_dl_dst:" + host(),
                "load:3->NXM_OF_ETH_DST[0..7]",
                "move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[]");
      };
    }

    private String host() {
      return "02:00:00:00:00:0" + random.nextInt(5);
    }

    void run() throws Exception {
      twin.create();
      for (Map.Entry<String, BridgeConfig> bridge : config.bridges().entrySet()) {
        learn(bridge.getKey(), bridge.getValue());
      }
      boolean isAlike = true; // else both may have learnt other things
      for (int i = 0; i < PACKETS && isAlike; i++) {
        isAlike = compare();
      }
      twin.remove();
    }

    private void learn(String bridge, BridgeConfig value) throws Exception {
      for (int i = random.nextInt(6); i > 0; i--) {
        List<String> names = new ArrayList<>(value.ports().keySet());
        String port = names.get(random.nextInt(names.size()));
        int vlan = VLANS[random.nextInt(VLANS.length)];
        String mac = host();
        if (learnt.add(bridge + vlan + mac)) {
          twin.tell(bridge, port, vlan, mac);
        }
      }
    }

    /** Sends a packet; whether it was the same here and there. */
    private boolean compare() throws Exception {
      List<String> bridges = new ArrayList<>(config.bridges().keySet());
      String bridge = bridges.get(random.nextInt(bridges.size()));
      List<String> devices =
          config.bridges().get(bridge).ports().entrySet().stream()
              .filter(port -> port.getValue() instanceof DevicePort)
              .map(Map.Entry::getKey)
              .toList();
      String in = devices.get(random.nextInt(devices.size()));
      String packet = packet();
      OpenVswitchTwin.Compared both = twin.compare(bridge, in, packet);
      compared++;
      sent += both.ours().isEmpty() ? 0 : 1;
      if (both.ours().equals(both.theirs())) {
        return true;
      }
      String reason = explained(both);
      if (reason != null) {
        found.merge(reason, 1, Integer::sum);
        return false;
      }
      unexplained.add(
          "seed %d: %s %s%nhere:  %s (%s)%nthere: %s%n%s%n%s%n"
              .formatted(
                  seed,
                  bridge,
                  both.packet(),
                  both.ours(),
                  both.decision().dropReason(),
                  both.theirs(),
                  config.bridges().get(bridge),
                  both.trace()));
      return false;
    }

    private String packet() {
      String tag = any("", "", "dl_vlan=" + vlan() + ",dl_vlan_pcp=" + any("0", "3") + ",");
      String macs =
          "dl_src=%s,dl_dst=%s,"
              .formatted(
                  host(), any(host(), host(), "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", bpdu()));
      String four =
          "nw_src=10.0.0.%d,nw_dst=10.0.0.%d".formatted(random.nextInt(4), random.nextInt(4));
      String ip = four + ",nw_ttl=" + any("1", "64") + ",nw_tos=" + any("0", "32");
      return tag
          + macs
          + any(
              "dl_type=0x88b5",
              "arp,arp_op=%d,arp_spa=10.0.0.1,arp_tpa=10.0.0.%d"
                  .formatted(1 + random.nextInt(2), random.nextInt(4)),
              "icmp," + ip + ",icmp_type=8",
              "tcp," + ip + ",tcp_src=99,tcp_dst=" + (80 + random.nextInt(2)),
              "udp," + ip + ",udp_src=" + any("53", "54") + ",udp_dst=5",
              "udp6,ipv6_src=fd00::9,ipv6_dst=fd00::" + random.nextInt(4) + ",udp_dst=5");
    }

    private String bpdu() {
      return "01:80:c2:00:00:0" + random.nextInt(4);
    }

    /** Why it is right that both differ; null: nobody knows. */
    private @Nullable String explained(OpenVswitchTwin.Compared both) {
      List<String> more = ports(both.theirs());
      boolean isPart = ports(both.ours()).stream().allMatch(more::remove);
      if (isPart && both.trace().split("\\n *NORMAL\\n", -1).length > 2) {
        return "twice by NORMAL in one bridge and VLAN by one action, of which nothing is sent here";
      }
      if (both.theirs().isEmpty() && both.trace().contains("Translation failed")) {
        return "too much resubmitted, of which nothing is sent there";
      }
      if (learnsDestination(both)) {
        return "a flow made the destination the source, which is known there at once";
      }
      if (THREE_TAGS.matcher(both.ours()).find()) {
        return "a third tag, which takes the first one's place there";
      }
      if (withoutPriorityTags(both.ours()).equals(withoutPriorityTags(both.theirs()))) {
        return "a tag of VLAN 0 that NORMAL takes off here";
      }
      return null;
    }

    /** Whether NORMAL learnt, there, where the packet was to go, and found it where it was. */
    private boolean learnsDestination(OpenVswitchTwin.Compared both) {
      Matcher destination = DESTINATION.matcher(both.packet());
      if (!destination.find()) {
        return false;
      }
      int learnt = both.trace().indexOf("learned that " + destination.group(1));
      return learnt >= 0 && both.trace().indexOf("learned port is input port", learnt) > 0;
    }

    /** Each with its tags and headers, but for tags of VLAN 0. */
    private List<String> ports(String outputs) {
      String[] each = withoutPriorityTags(outputs).split(" (?=\\w)", -1);
      return new ArrayList<>(outputs.isEmpty() ? List.of() : List.of(each));
    }

    private String withoutPriorityTags(String outputs) {
      return outputs.replaceAll("\\[8100 0 \\d\\]", "");
    }
  }
}
