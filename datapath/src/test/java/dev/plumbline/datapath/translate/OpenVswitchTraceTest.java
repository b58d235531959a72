// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.PatchPort;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.openflow.FlowText;
import dev.plumbline.datapath.openflow.PortNames;
import dev.plumbline.datapath.testing.OpenVswitchDaemon;
import dev.plumbline.datapath.testing.RandomSwitch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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

  /** Priority tags (VLAN 0) are not compared: see docs/decisions/open-vswitch-oracle.md. */
  private static final int[] VLANS = {10, 20, 30, 4095};

  @TempDir Path directory;

  private final Map<String, Integer> found = new TreeMap<>();
  private final List<String> unexplained = new ArrayList<>();
  private int compared;
  private int sent;

  @Test
  void packetsGoWhereTheyGoInOpenVswitch() throws Exception {
    try (OpenVswitchDaemon peer = OpenVswitchDaemon.start(directory)) {
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

  /** One configuration, and some packets. */
  private final class Case {
    private final Random random;
    private final long seed;
    private final OpenVswitchDaemon peer;
    private final SwitchConfig config;
    private final SwitchState state;
    private final Map<String, String> learnt = new LinkedHashMap<>();

    Case(long seed, OpenVswitchDaemon peer) throws FlowSyntaxException {
      this.seed = seed;
      this.random = new Random(seed);
      this.peer = peer;
      this.config = withFlows(plain(new RandomSwitch(random).config()));
      PortNumbers numbers = PortNumbers.NONE.assign(config);
      Map<String, MacTable> tables = new HashMap<>();
      config.bridges().keySet().forEach(name -> tables.put(name, new MacTable(64, 300, 1)));
      SwitchState made = SwitchState.EMPTY.reconfigured(config, numbers, tables);
      for (int number : numbers.ports().values()) {
        made = number < PortNumbers.BONDS ? made.withUp(number, true) : made;
      }
      this.state = made;
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
                bridges.put(
                    name, new BridgeConfig(of, MacTableConfig.DEFAULT, bridge.forwardBpdu()));
              });
      return new SwitchConfig(bridges);
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
        for (int i = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(12); i > 0; i--) {
          FlowConfig flow = names.read(flow(one.getValue(), 1000 - i));
          flows.put(flow.key(), flow);
        }
        if (!flows.isEmpty() && random.nextInt(4) > 0) {
          FlowConfig last = names.read("priority=0 actions=NORMAL");
          flows.put(last.key(), last);
        }
        Set<FlowConfig> all = new LinkedHashSet<>(flows.values());
        bridges.put(one.getKey(), one.getValue().withFlows(all));
      }
      return new SwitchConfig(bridges);
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
              "metadata=1/1");
      List<String> actions = new ArrayList<>();
      int table = random.nextInt(3);
      for (int i = random.nextInt(4); i >= 0; i--) {
        actions.add(action(bridge, table));
      }
      if (random.nextInt(8) == 0) {
        actions.clear();
        actions.add("drop");
      }
      return "table=%d,priority=%d,%s actions=%s"
          .formatted(table, priority, match, String.join(",", actions));
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
          "mod_vlan_vid:" + vlan(),
          "mod_vlan_pcp:" + random.nextInt(8),
          "strip_vlan",
          "set_field:1->metadata");
    }

    private String host() {
      return "02:00:00:00:00:0" + random.nextInt(5);
    }

    void run() throws Exception {
      List<String> there = new ArrayList<>(List.of("set", "Open_vSwitch", ".", "other_config:x=1"));
      for (Map.Entry<String, BridgeConfig> bridge : config.bridges().entrySet()) {
        add(bridge.getKey(), bridge.getValue(), there);
      }
      peer.vsctl(there);
      for (Map.Entry<String, BridgeConfig> bridge : config.bridges().entrySet()) {
        peer.flows(bridge.getKey(), flows(bridge.getKey(), bridge.getValue()));
        learn(bridge.getKey(), bridge.getValue());
      }
      for (int i = 0; i < PACKETS; i++) {
        compare();
      }
      List<String> gone = new ArrayList<>();
      for (String bridge : config.bridges().keySet()) {
        gone.addAll(List.of("--", "del-br", bridge));
      }
      peer.vsctl(gone.subList(1, gone.size()));
    }

    /** A patch port has one name in both bridges here, and two there. */
    private String name(String bridge, String port) {
      return config.bridges().get(bridge).ports().get(port) instanceof PatchPort
          ? bridge + port
          : port;
    }

    private void add(String bridge, BridgeConfig value, List<String> command) {
      command.addAll(List.of("--", "add-br", bridge, "--", "set", "bridge", bridge));
      command.addAll(List.of("datapath_type=dummy", "fail-mode=secure"));
      command.add("other_config:forward-bpdu=" + value.forwardBpdu());
      value
          .ports()
          .forEach(
              (port, of) -> {
                String name = name(bridge, port);
                command.addAll(List.of("--", "add-port", bridge, name));
                command.addAll(List.of("--", "set", "interface", name));
                command.add("ofport_request=" + number(bridge, port));
                if (of instanceof PatchPort patch) {
                  command.add("type=patch");
                  command.add("options:peer=" + name(patch.peerBridge(), patch.peerPort()));
                } else {
                  command.add("type=dummy");
                }
                command.addAll(List.of("--", "set", "port", name));
                vlan(of.vlan(), command);
              });
    }

    private void vlan(PortVlan vlan, List<String> command) {
      String mode = vlan.mode().name().toLowerCase(Locale.ROOT).replace('_', '-');
      command.add("vlan_mode=" + mode);
      if (vlan.mode() != PortVlan.Mode.TRUNK) {
        command.add("tag=" + vlan.tag());
      }
      String listed =
          vlan.trunks().stream().mapToObj(String::valueOf).collect(Collectors.joining(","));
      if (!listed.isEmpty()) {
        boolean isTunnel = vlan.mode() == PortVlan.Mode.DOT1Q_TUNNEL;
        command.add((isTunnel ? "cvlans=" : "trunks=") + listed);
      }
      String tags = vlan.priorityTags().name().toLowerCase(Locale.ROOT).replace('_', '-');
      command.add("other_config:priority-tags=" + tags);
    }

    private int number(String bridge, String port) {
      return state.numbers().port(new PortId(bridge, port, ""));
    }

    /** With the numbers that ports have here, and were asked for there. */
    private List<String> flows(String bridge, BridgeConfig value) throws FlowSyntaxException {
      if (value.flows().isEmpty()) {
        return List.of("actions=NORMAL");
      }
      List<String> texts = new ArrayList<>();
      for (FlowConfig flow : value.flows()) {
        PortNames names = PacketText.names(state, bridge);
        texts.add(FlowText.print(FlowText.parse(flow.text(), names), PortNames.NUMBERS));
      }
      return texts;
    }

    /** Where an address is known, its port carries the VLAN: else it is not sent to here. */
    private void learn(String bridge, BridgeConfig value) throws Exception {
      for (int i = random.nextInt(6); i > 0; i--) {
        List<String> names = new ArrayList<>(value.ports().keySet());
        String port = names.get(random.nextInt(names.size()));
        int vlan = VLANS[random.nextInt(VLANS.length)];
        String mac = host();
        boolean isNew = learnt.putIfAbsent(bridge + vlan + mac, port) == null;
        if (isNew && value.ports().get(port).vlan().carries(vlan)) {
          String unused =
              peer.ask("fdb/add", bridge, name(bridge, port), String.valueOf(vlan), mac);
          long number = Long.parseLong(mac.replace(":", ""), 16);
          MacTable table = state.table(state.numbers().bridge(bridge));
          table.learn(vlan, number, number(bridge, port), false, false, 1);
        }
      }
    }

    private void compare() throws Exception {
      List<String> bridges = new ArrayList<>(config.bridges().keySet());
      String bridge = bridges.get(random.nextInt(bridges.size()));
      List<String> devices =
          config.bridges().get(bridge).ports().entrySet().stream()
              .filter(port -> port.getValue() instanceof DevicePort)
              .map(Map.Entry::getKey)
              .toList();
      String in = devices.get(random.nextInt(devices.size()));
      String packet = packet();
      FlowKey key = PacketText.parse("in_port=\"" + in + "\"," + packet, state, bridge);
      Decision decision = new Decision();
      new Translator().translate(key, state, 1, decision);
      String trace =
          peer.ask(
              "ofproto/trace", bridge, "in_port=" + number(bridge, in) + "," + packet, "--names");
      String ours = ours(decision, key);
      String theirs = theirs(trace, key);
      compared++;
      sent += ours.isEmpty() ? 0 : 1;
      if (!ours.equals(theirs)) {
        String reason = explained(decision, key, ours, theirs, trace);
        if (reason == null) {
          unexplained.add(
              "seed %d: %s in_port=%s,%s%nhere:  %s (%s)%nthere: %s%n%s%n%s%n"
                  .formatted(
                      seed,
                      bridge,
                      in,
                      packet,
                      ours,
                      decision.dropReason(),
                      theirs,
                      config.bridges().get(bridge),
                      trace));
          return;
        }
        found.merge(reason, 1, Integer::sum);
      }
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

    private String ours(Decision decision, FlowKey key) {
      List<String> outputs = new ArrayList<>();
      long tags = arrived(key);
      for (int i = 0; i < decision.actions().size(); i++) {
        switch (decision.actions().type(i)) {
          case OUTPUT -> {
            PortId id = state.id(decision.actions().port(i));
            outputs.add(id.port() + tags(tags));
          }
          case PUSH_VLAN -> {
            int arg = decision.actions().arg(i);
            tags = TagStack.push(tags, arg >>> 16, (arg >> 13) & 7, arg & 0xfff);
          }
          case POP_VLAN -> tags = TagStack.pop(tags);
          case DROP -> {}
          default -> throw new AssertionError("no action of these flows");
        }
      }
      Collections.sort(outputs);
      return String.join(" ", outputs);
    }

    private long arrived(FlowKey key) {
      int tci = key.vlanTci();
      return tci == 0
          ? TagStack.EMPTY
          : TagStack.push(TagStack.EMPTY, TagStack.TPID_8021Q, (tci >> 13) & 7, tci & 0xfff);
    }

    private String tags(long tags) {
      StringBuilder text = new StringBuilder();
      for (int depth = TagStack.depth(tags); depth > 0; depth--) {
        long inner = TagStack.inner(tags, depth);
        text.append('[').append(Integer.toHexString(TagStack.tpid(inner))).append(' ');
        text.append(TagStack.vlan(inner, 0)).append(' ').append(TagStack.priority(inner));
        text.append(']');
      }
      return text.toString();
    }

    private String theirs(String trace, FlowKey key) {
      String actions = trace.substring(trace.lastIndexOf("Datapath actions: "));
      actions = actions.substring("Datapath actions: ".length()).lines().findFirst().orElse("");
      List<String> outputs = new ArrayList<>();
      long tags = arrived(key);
      Matcher parts =
          Pattern.compile("(push_vlan|pop_vlan|drop|[\\w-]+)(?:\\(([^)]*)\\))?").matcher(actions);
      while (parts.find()) {
        switch (parts.group(1)) {
          case "push_vlan" -> {
            Map<String, Integer> of = new HashMap<>();
            for (String each : parts.group(2).split(",", -1)) {
              int equals = each.indexOf('=');
              of.put(each.substring(0, equals), Integer.decode(each.substring(equals + 1)));
            }
            tags =
                TagStack.push(
                    tags,
                    of.getOrDefault("tpid", TagStack.TPID_8021Q),
                    of.getOrDefault("pcp", 0),
                    of.getOrDefault("vid", 0));
          }
          case "pop_vlan" -> tags = TagStack.pop(tags);
          case "drop" -> {}
          default -> {
            assertEquals(null, parts.group(2), trace);
            if (!config.bridges().containsKey(parts.group(1))) { // its own LOCAL ports
              outputs.add(parts.group(1) + tags(tags));
            }
          }
        }
      }
      Collections.sort(outputs);
      return String.join(" ", outputs);
    }

    /** Why it is right that both differ; null: nobody knows. */
    private @Nullable String explained(
        Decision decision, FlowKey key, String ours, String theirs, String trace) {
      if (key.ethSrc() == key.ethDst()) {
        return "to its own source, which a trace there does not learn";
      }
      if (decision.dropReason() == DropReason.PATCH_LOOP) {
        return "twice by NORMAL in one bridge and VLAN, of which nothing is sent here";
      }
      if (theirs.isEmpty() && trace.contains("Translation failed")) {
        return "too much resubmitted, of which nothing is sent there";
      }
      if (withoutPriorityTags(ours).equals(withoutPriorityTags(theirs))) {
        return "a tag of VLAN 0 that NORMAL takes off here";
      }
      return null;
    }

    private String withoutPriorityTags(String outputs) {
      return outputs.replaceAll("\\[8100 0 \\d\\]", "");
    }
  }
}
