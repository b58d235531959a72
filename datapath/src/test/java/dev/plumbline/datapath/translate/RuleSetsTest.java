// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bench.RuleSet;
import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.PatchPort;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.openflow.Action;
import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.openflow.FlowText;
import dev.plumbline.datapath.openflow.Match;
import dev.plumbline.datapath.openflow.MatchField;
import dev.plumbline.datapath.openflow.PortNames;
import dev.plumbline.datapath.testing.OpenVswitchDaemon;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rules that people have, with packets that are for some rule or nearly so: where Open vSwitch
 * sends each and with which headers, this switch sends it too. {@code -Drulesets.packets=10000} has
 * it do more of them, {@code -Drulesets.rules=100000} has it take more rules of an access list.
 */
class RuleSetsTest {
  private static final int PACKETS = Integer.getInteger("rulesets.packets", 600);
  private static final int EXAMPLE_PACKETS = Integer.getInteger("rulesets.example-packets", 40);
  private static final PortNames NAMES =
      new PortNames() {
        @Override
        public int number(String name) {
          return Integer.parseInt(name.substring(1));
        }

        @Override
        public String name(int number) {
          return "p" + number;
        }

        @Override
        public boolean areNamed() {
          return true;
        }
      };

  private static final int RULES = Integer.getInteger("rulesets.rules", 1_000);

  @TempDir Path directory;

  private final Random random = new Random(Long.getLong("rulesets.seed", 1));
  private final Map<String, Map<String, PortConfig>> ports = new LinkedHashMap<>();
  private final Map<String, Set<FlowConfig>> flows = new LinkedHashMap<>();
  private final List<Match> matches = new ArrayList<>();
  private final List<String[]> learnt = new ArrayList<>();
  private final Set<String> hit = new TreeSet<>();

  @Test
  void faucetsRules() throws Exception {
    read("faucet.flows");
    compare();
  }

  @Test
  void anOpenstackNodesRules() throws Exception {
    read("openstack.flows");
    compare();
  }

  @Test
  void rulesThatSayKeysAndRemotesOfTunnels() throws Exception {
    read("tunnels.flows");
    compare();
  }

  @Test
  void anAccessListsRules() throws Exception {
    bridge("acl");
    for (String port : List.of("a", "b", "c")) {
      ports.get("acl").put(port, new DevicePort(port, PortVlan.TRUNK_ALL));
    }
    for (String flow : new RuleSet(RULES, 7).flows()) {
      flow("acl", flow);
    }
    compare();
  }

  /** Each example that the switch can do, in a bridge of its own; other packets go out by p6. */
  @Test
  void theManualsExamples() throws Exception {
    List<String> unmet = new ArrayList<>();
    int compared = 0;
    try (OpenVswitchDaemon peer = OpenVswitchDaemon.start(directory)) {
      for (String manual : List.of("ovs-actions.7", "ovs-fields.7", "ovs-ofctl.8")) {
        for (String example : lines("/dev/plumbline/datapath/openflow/" + manual)) {
          Flow flow = example.contains(" => ") ? doable(example.split(" => ", -1)[0]) : null;
          if (flow == null) {
            continue;
          }
          List.of(ports, flows).forEach(Map::clear);
          List.of(matches, hit).forEach(Collection::clear);
          bridge("m");
          for (int port = 1; port <= 6; port++) {
            ports.get("m").put("p" + port, new DevicePort("p" + port, PortVlan.TRUNK_ALL));
          }
          boolean drops = flow.actions().isEmpty(); // which would not show what it matches
          flow(
              "m",
              (flow.table() == 0 ? "" : "table=" + flow.table() + ",")
                  + FlowText.printRule(flow, NAMES)
                  + " actions="
                  + (drops ? "p5" : FlowText.printActions(flow, NAMES)));
          if (flow.table() != 0) {
            flow("m", "priority=0 actions=resubmit(,%d)".formatted(flow.table()));
          } else if (flow.priority() != 0) {
            flow("m", "priority=0 actions=output:p6");
          }
          int unused = compare(peer, EXAMPLE_PACKETS);
          compared++;
          if (hit.stream().noneMatch(rule -> rule.contains("priority " + flow.priority()))) {
            unmet.add(example);
          }
        }
      }
    }
    System.err.println(compared + " examples; no packet was for " + unmet);
    assertTrue(compared > 40, compared + " examples");
    assertTrue(unmet.size() < 10, unmet::toString);
  }

  /** The flow; null: the switch refuses it, or a trace of Open vSwitch would be in two parts. */
  private static Flow doable(String example) throws FlowSyntaxException {
    Flow flow = FlowText.parse(example, PortNames.NUMBERS);
    try {
      FlowTables unused = FlowTables.EMPTY.with(List.of(), List.of(flow));
    } catch (IllegalArgumentException e) {
      return null;
    }
    boolean tracks =
        flow.match().mask(MatchField.CT_STATE) != 0
            || flow.actions().stream().anyMatch(Action.Ct.class::isInstance);
    return tracks ? null : flow;
  }

  private static List<String> lines(String resource) throws IOException {
    try (InputStream in = RuleSetsTest.class.getResourceAsStream(resource)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.startsWith("#")).toList();
    }
  }

  private void bridge(String name) {
    ports.put(name, new LinkedHashMap<>());
    flows.put(name, new LinkedHashSet<>());
  }

  private void flow(String bridge, String text) throws FlowSyntaxException {
    NamedFlows names = NamedFlows.of(ports.get(bridge).keySet());
    Flow flow = names.parse(text);
    flows.get(bridge).add(names.config(flow));
    matches.add(flow.match());
  }

  /**
   * {@code bridge NAME}, its ports ({@code port NAME access VLAN}; {@code tunnel NAME REMOTE KEY
   * UDP-PORT}), what it knows, its flows.
   */
  private void read(String file) throws Exception {
    try (InputStream in = RuleSetsTest.class.getResourceAsStream("rulesets/" + file)) {
      String bridge = "";
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
          case "bridge" -> {
            bridge = words[1];
            bridge(bridge);
          }
          case "port" -> {
            boolean isTrunk = words.length == 2;
            PortVlan vlan =
                isTrunk ? PortVlan.TRUNK_ALL : PortVlan.access(Integer.parseInt(words[3]));
            ports.get(bridge).put(words[1], new DevicePort(words[1], vlan));
          }
          case "tunnel" -> ports.get(bridge).put(words[1], tunnel(words));
          case "patch" ->
              ports
                  .get(bridge)
                  .put(words[1], new PatchPort(words[2], words[3], PortVlan.TRUNK_ALL));
          case "learnt" -> learnt.add(new String[] {bridge, words[1], words[2], words[3]});
          case "flow" -> flow(bridge, line.substring("flow ".length()));
          default -> assertTrue(line.isEmpty() || line.startsWith("#"), line);
        }
      }
    }
  }

  private static TunnelPort tunnel(String[] words) throws UnknownHostException {
    boolean isAny = words[2].equals("flow");
    return new TunnelPort(
        TunnelType.VXLAN,
        null,
        isAny ? List.of() : List.of(InetAddress.getByName(words[2])),
        words[3].equals("flow") ? TunnelPort.KEY_OF_FLOW : Long.decode(words[3]),
        Integer.parseInt(words[4]),
        64,
        0,
        true,
        false,
        PortVlan.TRUNK_ALL);
  }

  private void compare() throws Exception {
    try (OpenVswitchDaemon peer = OpenVswitchDaemon.startWithTunnels(directory)) {
      int sent = compare(peer, PACKETS);
      assertTrue(sent > PACKETS / 20, sent + " packets were sent");
      System.err.println(
          "%d packets, %d sent, by %d of %d rules"
              .formatted(PACKETS, sent, hit.size(), matches.size()));
    }
  }

  /** Sends packets through both; how many went somewhere. */
  private int compare(OpenVswitchDaemon peer, int packets) throws Exception {
    Map<String, BridgeConfig> bridges = new LinkedHashMap<>();
    ports.forEach(
        (name, of) ->
            bridges.put(
                name,
                new BridgeConfig(of, MacTableConfig.DEFAULT, false).withFlows(flows.get(name))));
    List<String> unlike = new ArrayList<>();
    int sent = 0;
    OpenVswitchTwin twin = new OpenVswitchTwin(new SwitchConfig(bridges), peer);
    twin.create();
    for (String[] of : learnt) {
      twin.tell(of[0], of[1], Integer.parseInt(of[2]), of[3]);
    }
    for (int i = 0; i < packets && unlike.size() < 10; i++) {
      String bridge = any(List.copyOf(ports.keySet()));
      FlowKey key = packet(twin, bridge);
      OpenVswitchTwin.Compared both = send(twin, bridge, key);
      sent += both.ours().isEmpty() ? 0 : 1;
      both.trace()
          .lines()
          .filter(line -> line.matches(" *[0-9]+\\. .*"))
          .forEach(line -> hit.add(line.strip()));
      if (!both.ours().equals(both.theirs()) && key.ethSrc() != key.ethDst()) {
        unlike.add(
            "%s%nhere:  %s (%s)%nthere: %s%n%s%n"
                .formatted(
                    both.packet(),
                    both.ours(),
                    both.decision().dropReason(),
                    both.theirs(),
                    both.trace()));
      }
    }
    twin.remove();
    assertEquals("", String.join("\n", unlike));
    return sent;
  }

  private OpenVswitchTwin.Compared send(OpenVswitchTwin twin, String bridge, FlowKey key)
      throws Exception {
    List<String> tunnels =
        ports.get(bridge).entrySet().stream()
            .filter(port -> port.getValue() instanceof TunnelPort)
            .map(Map.Entry::getKey)
            .toList();
    if (tunnels.isEmpty() || random.nextInt(3) == 0) {
      return twin.compare(bridge, key);
    }
    String name = any(tunnels);
    TunnelPort tunnel = (TunnelPort) ports.get(bridge).get(name);
    int remote =
        tunnel.isRemoteOfFlow() ? 2 + random.nextInt(8) : tunnel.remotes().get(0).getAddress()[3];
    long said = any(matches).value(MatchField.TUN_ID) & 0xff_ffff;
    return twin.compare(bridge, key, name, remote, tunnel.isKeyOfFlow() ? said : tunnel.key());
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** By some device of a bridge, with most of its headers from rules. */
  private FlowKey packet(OpenVswitchTwin twin, String bridge) {
    Match rule = any(matches);
    FieldValues fields = new FieldValues();
    for (int word = 0; word < FieldValues.WORDS; word++) {
      Match other = any(matches);
      boolean isAny = random.nextInt(4) == 0;
      long rest = isAny ? random.nextLong() : other.value(word);
      boolean isBeside = random.nextInt(12) == 0;
      long mask = isBeside ? 0 : rule.mask(word);
      fields.word(word, (rest & ~mask) | (rule.value(word) & mask));
    }
    FlowKey key = new FlowKey();
    key.inPort(twin.number(bridge, inPort(bridge)));
    int type = (int) fields.get(MatchField.ETH_TYPE);
    boolean isKnown = type == 0x0800 || type == 0x0806 || type == 0x86dd || type == 0x9000;
    key.set(FlowField.ETH_TYPE, isKnown ? type : 0x88b5);
    int tci = (int) fields.get(MatchField.VLAN_TCI) & 0xffff;
    if ((tci & FlowKey.VLAN_PRESENT) != 0 && (tci & 0xfff) != 0) { // priority tags: see the oracle
      key.set(FlowField.VLAN_TCI, tci);
      key.set(FlowField.VLAN_TPID, 0x8100);
    }
    fields.set(MatchField.ETH_SRC, fields.get(MatchField.ETH_SRC) & ~(1L << 40));
    fields.set(MatchField.IP_FRAG, 0);
    fields.set(MatchField.TCP_FLAGS, 0);
    int protocol = (int) fields.get(MatchField.IP_PROTO);
    if (type == 0x0806) {
      fields.set(MatchField.IP_PROTO, 1 + (protocol & 1));
    } else {
      int icmp = type == 0x0800 ? 1 : 58;
      fields.set(
          MatchField.IP_PROTO, protocol == 6 || protocol == 17 || protocol == icmp ? protocol : 17);
      fields.set(MatchField.NW_TTL, fields.get(MatchField.NW_TTL) | 2);
      if (protocol == icmp) {
        fields.set(MatchField.TCP_SRC, fields.get(MatchField.TCP_SRC) & 0xff);
        fields.set(MatchField.TCP_DST, fields.get(MatchField.TCP_DST) & 0xff);
      }
    }
    FlowKey packet = new FlowKey();
    KeyFields.write(key, fields, packet);
    return packet;
  }

  private String inPort(String bridge) {
    return any(
        ports.get(bridge).entrySet().stream()
            .filter(port -> port.getValue() instanceof DevicePort)
            .map(Map.Entry::getKey)
            .toList());
  }
}
