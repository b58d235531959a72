// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.GroupConfig;
import dev.plumbline.datapath.config.PortConfig.PatchPort;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.control.Tracer;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.openflow.FlowText;
import dev.plumbline.datapath.openflow.GroupText;
import dev.plumbline.datapath.openflow.PortNames;
import dev.plumbline.datapath.testing.OpenVswitchDaemon;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A switch's configuration as Open vSwitch has it, with ports of the same numbers, all up. */
final class OpenVswitchTwin {
  /** What tunnels' packets go out by there. */
  private static final String UNDERLAY = "underlay";

  /** Of actions that OpenFlow 1.0 has not. */
  private static final Pattern LATER =
      Pattern.compile("group:|goto_table:|write_metadata:|push_vlan:");

  /** The underlay's, which no host has (RFC 2544); there it is .1, and 2 to 15 are known. */
  static final String NETWORK = "198.18.77.";

  private static final String LAST_LINE = "Datapath actions: ";
  private static final Set<FlowField> ALWAYS =
      EnumSet.of(FlowField.ETH_SRC, FlowField.ETH_DST, FlowField.ETH_TYPE, FlowField.VLAN_TCI);
  private static final Set<FlowField> LAYER3 =
      EnumSet.of(FlowField.IP_PROTO, FlowField.IP_SRC, FlowField.IP_DST);
  private static final Set<FlowField> IP = EnumSet.of(FlowField.IP_TOS, FlowField.IP_TTL);
  private static final Set<FlowField> PORTS = EnumSet.of(FlowField.TP_SRC, FlowField.TP_DST);

  private final OpenVswitchDaemon peer;
  private final SwitchConfig config;
  private SwitchState state;
  private final Decision decision = new Decision();

  /** Ports there that are none here. */
  private final Set<String> uncounted;

  /**
   * What becomes of a packet here and there.
   *
   * @param packet as a match
   * @param ours as {@link SentPackets} has it
   * @param trace all that Open vSwitch says
   */
  record Compared(
      String packet, FlowKey key, Decision decision, String ours, String theirs, String trace) {}

  OpenVswitchTwin(SwitchConfig config, OpenVswitchDaemon peer) {
    this.config = config;
    this.peer = peer;
    PortNumbers numbers = PortNumbers.NONE.assign(config);
    Map<String, MacTable> tables = new HashMap<>();
    config.bridges().keySet().forEach(name -> tables.put(name, new MacTable(8192, 300, 1)));
    SwitchState made = SwitchState.EMPTY.reconfigured(config, numbers, tables);
    for (int number : numbers.ports().values()) {
      made = number < PortNumbers.BONDS ? made.withUp(number, true) : made;
    }
    this.state = made;
    this.uncounted = new TreeSet<>(config.bridges().keySet());
    uncounted.addAll(Set.of(UNDERLAY, UNDERLAY + "0"));
  }

  /** Makes all of it there. */
  void create() throws Exception {
    if (hasTunnels() && !peer.ask("ofproto/list").contains(UNDERLAY)) {
      String made =
          "add-br UL -- set bridge UL datapath_type=dummy"
              + " -- add-port UL UL0 -- set interface UL0 type=dummy";
      peer.vsctl(List.of(made.replace("UL", UNDERLAY).split(" ", -1)));
      String unused = peer.ask("netdev-dummy/ip4addr", UNDERLAY, NETWORK + "1/24");
      unused = peer.ask("ovs/route/add", NETWORK + "0/24", UNDERLAY);
      for (int i = 2; i < 16; i++) {
        String mac = "aa:55:aa:55:00:0" + Integer.toHexString(i);
        unused = peer.ask("tnl/neigh/set", UNDERLAY, NETWORK + i, mac);
      }
    }
    List<String> there = new ArrayList<>(List.of("set", "Open_vSwitch", ".", "other_config:x=1"));
    config.bridges().forEach((name, bridge) -> add(name, bridge, there));
    peer.vsctl(there);
    for (Map.Entry<String, BridgeConfig> bridge : config.bridges().entrySet()) {
      peer.groups(bridge.getKey(), groups(bridge.getKey(), bridge.getValue()));
      // Apart, as others would be written in OpenFlow 1.3, too, where mod_vlan_vid means push_vlan.
      List<String> flows = flows(bridge.getKey(), bridge.getValue());
      for (boolean isLater : List.of(false, true)) {
        peer.flows(
            bridge.getKey(),
            isLater ? "OpenFlow13" : "OpenFlow10",
            flows.stream().filter(flow -> LATER.matcher(flow).find() == isLater).toList());
      }
    }
  }

  private boolean hasTunnels() {
    return config.bridges().values().stream()
        .flatMap(bridge -> bridge.ports().values().stream())
        .anyMatch(TunnelPort.class::isInstance);
  }

  void remove() throws Exception {
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
              } else if (of instanceof TunnelPort tunnel) {
                command.add("type=vxlan");
                command.add("options:key=" + (tunnel.isKeyOfFlow() ? "flow" : tunnel.key()));
                command.add("options:dst_port=" + tunnel.udpPort());
                command.add(
                    "options:remote_ip="
                        + (tunnel.isRemoteOfFlow()
                            ? "flow"
                            : tunnel.remotes().get(0).getHostAddress()));
              } else {
                command.add("type=dummy");
              }
              command.addAll(List.of("--", "set", "port", name));
              vlan(of.vlan(), command);
            });
  }

  private static void vlan(PortVlan vlan, List<String> command) {
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

  int number(String bridge, String port) {
    int number = state.numbers().port(new PortId(bridge, port, ""));
    return number == 0 ? state.tunnel(bridge, port) : number;
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

  /**
   * With the same numbers. Another hash chooses there, in user space: one of the datapath would
   * have the trace go on in a second one.
   */
  private List<String> groups(String bridge, BridgeConfig value) throws FlowSyntaxException {
    List<String> texts = new ArrayList<>();
    for (GroupConfig group : value.groups()) {
      PortNames names = PacketText.names(state, bridge);
      String text = GroupText.print(GroupText.parse(group.text(), names), PortNames.NUMBERS);
      texts.add(
          text.replace("type=select", "type=select,selection_method=hash,fields(eth_src,eth_dst)"));
    }
    return texts;
  }

  /**
   * Tells both an address for good, if that port carries the VLAN, and is not of those that let in
   * some customer's VLANs alone: else it is not sent to here.
   */
  void tell(String bridge, String port, int vlan, String mac) throws IOException {
    PortVlan of = config.bridges().get(bridge).ports().get(port).vlan();
    boolean some = of.mode() == PortVlan.Mode.DOT1Q_TUNNEL && !of.trunks().isEmpty();
    if (of.carries(vlan) && !some) {
      String unused = peer.ask("fdb/add", bridge, name(bridge, port), String.valueOf(vlan), mac);
      long number = Long.parseLong(mac.replace(":", ""), 16);
      MacTable table = state.table(state.numbers().bridge(bridge));
      table.putStatic(vlan, number, number(bridge, port));
    }
  }

  /**
   * Sends a packet, in words of a match, through both; the decision holds until the next one.
   *
   * @param in the name of a port
   */
  Compared compare(String bridge, String in, String packet)
      throws FlowSyntaxException, IOException {
    return compare(
        bridge, PacketText.parse("in_port=\"" + in + "\"," + packet, state, bridge), packet);
  }

  /** The same with a packet as the switch has it. */
  Compared compare(String bridge, FlowKey key) throws IOException {
    return compare(bridge, key, text(key));
  }

  /** Of what the packet has; ports with the protocol's own names, as a trace wants them. */
  private String text(FlowKey key) {
    Set<FlowField> has = EnumSet.copyOf(ALWAYS);
    boolean isIp = key.ethType() == 0x0800 || key.ethType() == 0x86dd;
    if (isIp || key.ethType() == 0x0806) {
      has.addAll(LAYER3);
    }
    if (isIp) {
      has.addAll(IP);
      has.addAll(PORTS);
    }
    FlowMask mask = new FlowMask();
    for (FlowField field : has) {
      int end = field.offset() + field.length();
      Arrays.fill(mask.bytes(), field.offset(), end, (byte) 0xff);
    }
    int protocol = key.get(FlowField.IP_PROTO);
    String ports = protocol == 6 ? "tcp_" : protocol == 17 ? "udp_" : "sctp_";
    return PacketText.print(key, mask, state)
        .replaceFirst("in_port=[^,]*,?", "")
        .replace("vlan_tci=0x0000,", "")
        .replace("icmp_", protocol == 58 ? "icmpv6_" : "icmp_")
        .replace("tp_src=", ports + "src=")
        .replace("tp_dst=", ports + "dst=");
  }

  /**
   * The same with a packet that comes by a tunnel.
   *
   * @param remote its last byte, 2 to 15
   */
  Compared compare(String bridge, FlowKey key, String tunnel, int remote, long tunnelKey)
      throws IOException, FlowSyntaxException {
    int number = number(bridge, tunnel);
    String outer = "tun_id=" + tunnelKey + ",tun_src=" + NETWORK + remote;
    TunnelEnd.Wanted end = PacketText.end("in_port=" + tunnel + "," + outer, state, bridge);
    key.inPort(number);
    if (end != null) {
      state = Tracer.withEnds(state, List.of(end));
      key.inPort(state.end(end));
    }
    return compare(bridge, key, number, outer + ",tun_dst=" + NETWORK + "1," + text(key));
  }

  private Compared compare(String bridge, FlowKey key, String packet) throws IOException {
    return compare(bridge, key, key.inPort(), packet);
  }

  private Compared compare(String bridge, FlowKey key, int inPort, String packet)
      throws IOException {
    new Translator().translate(key, state, 1, decision);
    if (!decision.wanted().isEmpty()) {
      state = Tracer.withEnds(state, decision.wanted());
      new Translator().translate(key, state, 1, decision);
    }
    for (int i = 0; i < decision.learns(); i++) {
      MacTable.Outcome unused = decision.learn(i, state, 1);
    }
    String of = "in_port=" + inPort + "," + packet;
    String trace = peer.ask("ofproto/trace", bridge, of, "-generate", "--names");
    String last = trace.substring(trace.lastIndexOf(LAST_LINE) + LAST_LINE.length());
    String actions = last.lines().findFirst().orElse("");
    return new Compared(
        of,
        key,
        decision,
        SentPackets.ours(decision, key, number -> name(state.id(number))),
        SentPackets.theirs(actions, key, uncounted),
        trace);
  }

  /** Tunnels by key and remote, as they are told there. */
  private String name(PortId id) {
    if (!(config.bridges().get(id.bridge()).ports().get(id.port()) instanceof TunnelPort tunnel)) {
      return id.port();
    }
    return TunnelEnd.of(id) == null ? tunnel.key() + "@" + id.part() : id.part();
  }
}
