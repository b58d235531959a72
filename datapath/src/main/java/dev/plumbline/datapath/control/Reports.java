// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.bond.Bond;
import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.datapath.config.PortConfig.BondPort;
import dev.plumbline.datapath.control.SwitchStatus.CachedFlow;
import dev.plumbline.datapath.control.SwitchStatus.DecidedFlow;
import dev.plumbline.datapath.control.SwitchStatus.MacEntry;
import dev.plumbline.datapath.fastpath.FlowVisitor;
import dev.plumbline.datapath.fastpath.PortLink;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.ActionType;
import dev.plumbline.datapath.flow.CtAnswer;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.NatRanges;
import dev.plumbline.datapath.openflow.Action;
import dev.plumbline.datapath.tally.FlowCount;
import dev.plumbline.datapath.translate.DropReason;
import dev.plumbline.datapath.translate.PortId;
import dev.plumbline.datapath.translate.PortKind;
import dev.plumbline.datapath.translate.PortNumbers;
import dev.plumbline.datapath.translate.SwitchState;
import dev.plumbline.netlink.libc.ErrnoException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Says what a switch has; on its thread. */
final class Reports {
  private static final int DROP_REASONS = 64;
  private static final int CONGESTION = 16;

  /** {@code enum drop_reason} of flow.h, below {@code DROP_KERNEL_REASONS}. */
  private static final Map<Integer, String> KERNEL_REASONS =
      Map.ofEntries(
          Map.entry(1, "is shorter than an Ethernet header"),
          Map.entry(2, "came by a device that is no port any more"),
          Map.entry(3, "is of no known flow, and nobody could be asked"),
          Map.entry(4, "is of no known flow, and could not be handed up"),
          Map.entry(5, "is for a port that is down"),
          Map.entry(6, "is longer than the MTU of the port that it is for"),
          Map.entry(7, "met an unknown action"),
          Map.entry(8, "met an action list that has gone"),
          Map.entry(9, "could not be put into a tunnel, or taken out of one"),
          Map.entry(10, "is for a tunnel to which there is no route"),
          Map.entry(11, "could not be copied for one of several outputs"),
          Map.entry(12, "was injected without a slot"),
          Map.entry(13, "could not be given a VLAN tag, or lose one"),
          Map.entry(14, "came by a tunnel from a remote, or with a key, that no port has"),
          Map.entry(15, "is of no known flow, and its port brings more new flows than its share"),
          Map.entry(CONGESTION, "met congestion in a tunnel, and cannot be told so"),
          Map.entry(17, "could not be given the header that its flow says"),
          Map.entry(
              18, "begins a connection, and there is no room for it, or its port has its share"),
          Map.entry(19, "is more than a meter lets through"),
          Map.entry(24, "begins a connection, and nat has no address and port free for it"),
          Map.entry(
              25,
              "is an ICMP error about a translated connection that is a redirect, or cut off too early"));

  private final Engine engine;

  Reports(Engine engine) {
    this.engine = engine;
  }

  SwitchStatus status() throws IOException {
    List<SwitchStatus.Port> ports = new ArrayList<>();
    SwitchState state = engine.state();
    for (Map.Entry<PortId, Integer> one : state.numbers().ports().entrySet()) {
      int number = one.getValue();
      PortKind kind = state.kind(number);
      if (number < PortNumbers.BONDS && kind != PortKind.NONE) {
        ports.add(port(state, one.getKey(), number, kind));
      }
    }
    return new SwitchStatus(
        engine.fast().description(),
        engine.fast().adopted(),
        ports,
        bonds(state),
        engine.revalidator().flows(),
        engine.upcalls().frames(),
        engine.upcalls().decided(),
        engine.revalidator().deletedIdle(),
        engine.revalidator().deletedWrong(),
        engine.fast().full(),
        engine.revalidator().tookNanos() / 1e6,
        drops(),
        engine.fast().lost(),
        engine.fast().errors(),
        engine.tunnels().foreign(),
        engine.warnings());
  }

  private SwitchStatus.Port port(SwitchState state, PortId id, int number, PortKind kind)
      throws ErrnoException {
    long[] counters = engine.fast().portCounters(number);
    Map<String, Long> seldom = new TreeMap<>(engine.fast().portErrors(number));
    engine.tunnels().counters().addTo(seldom, number);
    return new SwitchStatus.Port(
        id.bridge(),
        id.port(),
        id.part(),
        number,
        kind.name().toLowerCase(Locale.ROOT),
        ifindex(engine.joints().link(number)),
        state.isUp(number),
        counters[0],
        counters[1],
        counters[2],
        counters[3],
        mtu(engine.joints().link(number)),
        seldom,
        engine.joints().failures().get(number));
  }

  private static int mtu(@Nullable PortLink link) {
    if (link instanceof PortLink.Device device) {
      return device.mtu();
    }
    if (link instanceof PortLink.Tunnel tunnel) {
      return tunnel.mtu();
    }
    return link instanceof PortLink.Host host ? host.mtu() : 0;
  }

  private List<SwitchStatus.Bond> bonds(SwitchState state) {
    List<SwitchStatus.Bond> bonds = new ArrayList<>();
    for (int number : engine.bonds().numbers()) {
      Bond bond = engine.bonds().bond(number);
      BondPort config = engine.bonds().config(number);
      PortId id = state.id(number);
      if (bond == null || config == null || id == null) {
        continue;
      }
      PortId active = state.id(bond.activePort());
      List<SwitchStatus.Member> members = new ArrayList<>();
      for (String device : config.members()) {
        int port = state.numbers().port(new PortId(id.bridge(), id.port(), device));
        int buckets = 0;
        for (int i = 0; i < Bond.BUCKETS; i++) {
          buckets += bond.bucketPort(i) == port ? 1 : 0;
        }
        members.add(
            new SwitchStatus.Member(device, state.isUp(port), bond.isEnabled(port), buckets));
      }
      String mode =
          bond.fallsBack()
              ? "active-backup (balance-tcp needs LACP)"
              : config.mode().name().toLowerCase(Locale.ROOT).replace('_', '-');
      bonds.add(
          new SwitchStatus.Bond(
              id.bridge(), id.port(), mode, active == null ? "" : active.part(), members));
    }
    return bonds;
  }

  private static int ifindex(@Nullable PortLink link) {
    if (link instanceof PortLink.Device device) {
      return device.ifindex();
    }
    return link instanceof PortLink.Host host ? host.ifindex() : 0;
  }

  private Map<String, Long> drops() throws ErrnoException {
    Map<String, Long> drops = new TreeMap<>();
    TunnelUpcalls tunnels = engine.tunnelUpcalls();
    for (int reason = 1; reason < DROP_REASONS; reason++) {
      long count = engine.fast().dropped(reason);
      if (count > 0) {
        drops.merge(text(reason), count, Long::sum);
      }
    }
    count(drops, "was too big for its tunnel, and its sender was told", tunnels.told());
    count(drops, "fits no tunnel, and could not be cut", tunnels.lost());
    count(drops, text(CONGESTION), tunnels.congested());
    count(drops, "came by GRE with a wrong checksum", tunnels.broken());
    return drops;
  }

  private static void count(Map<String, Long> drops, String text, long count) {
    if (count > 0) {
      drops.merge(text, count, Long::sum);
    }
  }

  private static String text(int reason) {
    for (DropReason one : DropReason.values()) {
      if (one.code() == reason) {
        return one.text();
      }
    }
    return KERNEL_REASONS.getOrDefault(reason, "for reason " + reason);
  }

  /** The addresses of a bridge; null: of all. */
  List<MacEntry> addresses(@Nullable String bridge) {
    List<MacEntry> entries = new ArrayList<>();
    SwitchState state = engine.state();
    for (Map.Entry<String, Integer> one : state.numbers().bridges().entrySet()) {
      MacTable table = state.table(one.getValue());
      if (table != null && (bridge == null || bridge.equals(one.getKey()))) {
        table.forEach(
            Engine.millis(),
            (vlan, mac, port, ageMillis, isStatic) ->
                entries.add(
                    new MacEntry(
                        one.getKey(),
                        vlan,
                        mac(mac),
                        name(state, port),
                        ageMillis / 1_000,
                        isStatic)));
      }
    }
    return entries;
  }

  /** The flows that came in by a bridge's ports; null: all. */
  List<CachedFlow> flows(@Nullable String bridge) throws ErrnoException {
    List<CachedFlow> flows = new ArrayList<>();
    SwitchState state = engine.state();
    long now = System.nanoTime();
    int unused =
        engine
            .fast()
            .walk(
                (key, mask, generation, trail, actions, packets, bytes, usedNanos) -> {
                  String of = state.bridgeName(state.bridgeOf(key.inPort()));
                  if (of != null && (bridge == null || bridge.equals(of))) {
                    flows.add(
                        new CachedFlow(
                            of,
                            match(state, key, mask < 0 ? null : engine.fast().mask(mask)),
                            actions(state, engine.fast().ranges(), actions),
                            packets,
                            bytes,
                            Math.max(0, (now - usedNanos) / 1_000_000)));
                  }
                  return FlowVisitor.Verdict.KEEP;
                });
    return flows;
  }

  /** The flows of a bridge's tables, and what they counted; null: of all. */
  List<DecidedFlow> decided(@Nullable String bridge) {
    List<DecidedFlow> decided = new ArrayList<>();
    engine.tallies().addUp();
    long now = System.nanoTime();
    for (Map.Entry<String, BridgeConfig> one : engine.state().config().bridges().entrySet()) {
      if (bridge == null || bridge.equals(one.getKey())) {
        for (FlowConfig flow : one.getValue().flows()) {
          FlowCount count = engine.tallies().count(one.getKey(), flow);
          if (count == null) {
            count = new FlowCount(0, 0, now, now, now);
          }
          decided.add(
              new DecidedFlow(
                  one.getKey(),
                  flow,
                  count.packets(),
                  count.bytes(),
                  millis(now - count.createdNanos()),
                  millis(now - count.changedNanos()),
                  millis(now - count.usedNanos())));
        }
      }
    }
    return decided;
  }

  /** The meters of a bridge, and what they counted; null: of all. */
  List<SwitchStatus.Meter> meters(@Nullable String bridge) throws ErrnoException {
    List<SwitchStatus.Meter> meters = new ArrayList<>();
    SwitchState state = engine.state();
    for (Map.Entry<String, BridgeConfig> one : state.config().bridges().entrySet()) {
      for (MeterConfig meter : one.getValue().meters()) {
        if (bridge == null || bridge.equals(one.getKey())) {
          int number = state.numbers().bridge(one.getKey());
          long[] counters = engine.fast().meterCounters(number, meter.id());
          meters.add(
              new SwitchStatus.Meter(
                  one.getKey(), meter, counters[0], counters[1], counters[2], counters[3]));
        }
      }
    }
    return meters;
  }

  /** Since then; a coarse clock may be behind by some milliseconds, or ahead of one read before. */
  private static long millis(long nanos) {
    return Math.max(0, nanos / 1_000_000);
  }

  static String match(SwitchState state, FlowKey key, byte @Nullable [] mask) {
    StringBuilder text = new StringBuilder("in_port(" + name(state, key.inPort()) + ")");
    text.append(",eth(src=").append(mac(key.ethSrc())).append(",dst=").append(mac(key.ethDst()));
    text.append("),eth_type(0x").append(hex4(key.ethType())).append(')');
    tag(text, key.vlanTci(), key.get(FlowField.VLAN_TPID));
    tag(text, key.get(FlowField.INNER_TCI), key.get(FlowField.INNER_TPID));
    for (FlowField field : FlowField.values()) {
      if (field == FlowField.CT || field == FlowField.CT_2) {
        connection(
            text, key.ct(field == FlowField.CT ? 0 : 1), mask != null && isUsed(field, mask));
      } else if (!field.isLayer2() && mask != null && isUsed(field, mask)) {
        text.append(',').append(field.name().toLowerCase(Locale.ROOT)).append("(0x");
        for (int i = 0; i < field.length(); i++) {
          text.append(String.format(Locale.ROOT, "%02x", key.bytes()[field.offset() + i]));
        }
        text.append(')');
      }
    }
    return text.toString();
  }

  private static void connection(StringBuilder text, long answer, boolean isUsed) {
    if (isUsed && answer == 0) {
      text.append(",ct_state(-trk)");
    } else if (isUsed) {
      text.append(",ct_state(").append(CtAnswer.text(answer));
      text.append("),ct_zone(").append(CtAnswer.zone(answer) & 0xffff);
      text.append("),ct_mark(0x").append(Integer.toHexString(CtAnswer.mark(answer))).append(')');
    }
  }

  private static boolean isUsed(FlowField field, byte[] mask) {
    for (int i = 0; i < field.length(); i++) {
      if (mask[field.offset() + i] != 0) {
        return true;
      }
    }
    return false;
  }

  private static void tag(StringBuilder text, int tci, int tpid) {
    if ((tci & FlowKey.VLAN_PRESENT) != 0) {
      text.append(",vlan(tpid=0x").append(hex4(tpid));
      text.append(",vid=").append(tci & 0xfff).append(",pcp=").append((tci >> 13) & 7).append(')');
    }
  }

  private static String hex4(int value) {
    return String.format(Locale.ROOT, "%04x", value);
  }

  /**
   * As {@code commit,nat(src=192.0.2.9),eth1}.
   *
   * @param ranges that the actions name
   */
  static String actions(SwitchState state, NatRanges ranges, ActionList actions) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < actions.size(); i++) {
      text.append(i == 0 ? "" : ",");
      switch (actions.type(i)) {
        case OUTPUT -> text.append(name(state, actions.port(i)));
        case BOND -> text.append(name(state, PortNumbers.BONDS + actions.arg(i)));
        case DROP -> text.append("drop");
        case PUSH_VLAN ->
            text.append("push_vlan(vid=")
                .append(actions.arg(i) & 0xfff)
                .append(",pcp=")
                .append((actions.arg(i) >> 13) & 7)
                .append(')');
        case POP_VLAN -> text.append("pop_vlan");
        case UPCALL -> text.append("userspace");
        case SET -> text.append(actions.setText(i));
        case TRACK, COMMIT -> text.append(actions.ctText(i, range(ranges, actions, i)));
        case METER -> text.append(actions.meterText(i));
        case END, LIST -> text.append('?');
      }
    }
    return text.isEmpty() ? "drop" : text.toString();
  }

  private static String range(NatRanges ranges, ActionList actions, int index) {
    int number = actions.type(index) == ActionType.COMMIT ? actions.port(index) : 0;
    return number == 0 ? "" : new Action.Nat(ranges.get(number)).toString();
  }

  /** Bridge and port, for what leaves by several bridges. */
  static String place(SwitchState state, int number) {
    PortId id = state.id(number);
    return (id == null ? "" : id.bridge() + "/") + name(state, number);
  }

  static String name(SwitchState state, int number) {
    PortId id = state.id(number);
    return id == null
        ? "#" + number
        : id.part().isEmpty() ? id.port() : id.port() + "/" + id.part();
  }

  private static String mac(long mac) {
    StringBuilder text = new StringBuilder();
    for (int shift = 40; shift >= 0; shift -= 8) {
      text.append(String.format(Locale.ROOT, "%02x", (mac >> shift) & 0xff));
      text.append(shift == 0 ? "" : ":");
    }
    return text.toString();
  }
}
