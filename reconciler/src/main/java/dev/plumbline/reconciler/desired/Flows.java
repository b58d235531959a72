// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.desired;

import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.GroupConfig;
import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.datapath.openflow.Action;
import dev.plumbline.datapath.openflow.Action.OutputField;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.FlowGroup;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.translate.FlowTables;
import dev.plumbline.datapath.translate.NamedFlows;
import dev.plumbline.spec.model.Bridge;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.model.Devices;
import dev.plumbline.spec.model.FlowEntry;
import dev.plumbline.spec.model.FlowSource;
import dev.plumbline.spec.value.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The flows, groups and meters of one bridge of a file, read as far as they can be, and what is
 * wrong with others.
 */
final class Flows {
  /**
   * A mistake.
   *
   * @param address of the flow, group or meter: {@code bridges.br0.flows[2]}
   * @param position null: nobody knows where it was written
   */
  record Mistake(String address, @Nullable Position position, String message) {}

  /**
   * A flow of the file.
   *
   * @param address as {@link Mistake#address}
   * @param parsed with numbers for ports that mean something among the bridge's flows alone
   */
  record Entry(String address, @Nullable Position position, FlowConfig flow, Flow parsed) {}

  private final DesiredState state;
  private final String bridge;
  private final List<Entry> entries = new ArrayList<>();
  private final List<Mistake> mistakes = new ArrayList<>();
  private final FlowGroups groups;
  private final FlowMeters meters;

  private Flows(DesiredState state, String bridge) {
    this.state = state;
    this.bridge = bridge;
    this.groups = new FlowGroups(state, bridge);
    this.meters = new FlowMeters(state, bridge);
  }

  /**
   * Reads them.
   *
   * @param ports names of the bridge's ports; null: not all are known, so that any name may be one
   */
  static Flows of(DesiredState state, String key, Bridge of, @Nullable Set<String> ports) {
    Flows flows = new Flows(state, key);
    NamedFlows names = ports == null ? NamedFlows.ofAny() : NamedFlows.of(ports);
    flows.groups.read(of.groups(), names);
    flows.meters.read(of.meters());
    Map<String, String> first = new HashMap<>();
    for (int i = 0; i < of.flows().size(); i++) {
      flows.read(i, of.flows().get(i), names, first);
    }
    return flows;
  }

  /** What flows call the ports of embedded bridges, which is what the switch calls them. */
  static Map<String, Set<String>> ports(DesiredState state) {
    Map<String, Set<String>> ports = new LinkedHashMap<>();
    Devices devices = state.devices();
    state
        .portsByBridge()
        .forEach(
            (bridge, references) -> {
              Set<String> names = ports.computeIfAbsent(bridge, key -> new LinkedHashSet<>());
              references.keySet().forEach(name -> names.add(portName(devices, name)));
            });
    state
        .patches()
        .forEach(
            (key, patch) ->
                patch
                    .bridges()
                    .forEach(
                        bridge ->
                            ports.computeIfAbsent(bridge, any -> new LinkedHashSet<>()).add(key)));
    return ports;
  }

  private static String portName(Devices devices, String reference) {
    Devices.Device device = devices.resolve("", reference);
    if (device == null) {
      return reference;
    }
    String key = device.key();
    return key != null && SwitchGoals.NAMED_BY_KEY.contains(device.kind()) ? key : device.name();
  }

  private void read(int index, FlowEntry entry, NamedFlows names, Map<String, String> first) {
    FlowSource source = entry.source();
    String item = state.sources().item("bridges." + bridge + ".flows", index);
    Position start = state.position(item);
    try {
      Flow parsed = names.parse(source.text());
      FlowConfig flow = names.config(parsed);
      String problem = problem(parsed);
      String other = first.putIfAbsent(flow.key(), item.substring(item.lastIndexOf('.') + 1));
      if (problem == null && other != null) {
        problem = "is for the same packets as " + other + ", with the same priority";
      }
      if (problem == null) {
        entries.add(new Entry(item, start, flow, parsed));
      } else {
        mistakes.add(new Mistake(item, start, problem));
      }
    } catch (FlowSyntaxException e) {
      mistakes.add(mistake(state, item, source, e));
    }
  }

  /** One of the syntax, where it is in the file. */
  static Mistake mistake(
      DesiredState state, String item, FlowSource source, FlowSyntaxException e) {
    Position at =
        source.isAsWritten()
            ? state.sources().inside(item, e.column())
            : state.position(item + source.part(e.column()));
    return new Mistake(item, at, String.valueOf(e.getMessage()));
  }

  private @Nullable String problem(Flow flow) {
    if (flow.idleTimeoutSeconds() != 0 || flow.hardTimeoutSeconds() != 0) {
      return "what the file says is there for good: a flow of it has no timeout";
    }
    for (Action action : flow.actions()) {
      if (action instanceof OutputField) {
        return "the numbers of ports are not the file's to know: " + action + " has no name";
      }
    }
    String missing = groups.use(FlowGroup.named(flow.actions()));
    List<Long> metered = Action.Meter.named(flow.actions());
    String noMeter = meters.use(metered);
    if (missing != null || noMeter != null) {
      return missing != null ? missing : noMeter;
    }
    try {
      FlowTables unused =
          FlowGroups.tables(FlowGroup.named(flow.actions()))
              .withMeters(Set.copyOf(metered))
              .with(List.of(), List.of(flow));
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /** Those without a mistake, in the file's order. */
  List<Entry> entries() {
    return entries;
  }

  /** The meters without a mistake, in the file's order. */
  List<MeterConfig> meters() {
    return meters.good();
  }

  /** The groups without a mistake, in the file's order. */
  List<GroupConfig> groups() {
    return groups.good();
  }

  List<Mistake> mistakes() {
    List<Mistake> all = new ArrayList<>(groups.mistakes());
    all.addAll(meters.mistakes());
    all.addAll(mistakes);
    return all;
  }

  /** What is no mistake, and probably not meant, but for what {@link IdleFlows} finds. */
  List<Mistake> doubts() {
    if (!mistakes().isEmpty()) {
      return List.of();
    }
    List<Mistake> doubts = new ArrayList<>(groups.doubts());
    doubts.addAll(meters.doubts());
    return doubts;
  }
}
