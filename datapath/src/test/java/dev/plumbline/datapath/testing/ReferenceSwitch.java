// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.testing;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.MacTableConfig.StaticMac;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.BondMode;
import dev.plumbline.datapath.config.PortConfig.BondPort;
import dev.plumbline.datapath.config.PortConfig.PatchPort;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.PortVlan.PriorityTags;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.testing.ReferenceFrame.Tag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A switch that is slow and obvious: a frame in, frames out. It is what the real one is compared
 * with, and so shares no code with it but the configuration. Written from IEEE 802.1Q and Open
 * vSwitch's vswitch.xml and bond documentation; what the real switch promises beyond them (package
 * {@code translate}) it promises too.
 *
 * <p>Ports have names: {@code bridge/port}, a bond's member {@code bridge/port/device}, a tunnel's
 * remote {@code bridge/port/address}. A frame to a bond is sent to {@code bridge/port}: which
 * member that is, the bond knows.
 */
public final class ReferenceSwitch {
  /** A frame that was sent. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Sent(String port, byte[] frame) {}

  private record Address(String bridge, int vlan, long mac) {}

  private static final class Place {
    String port = "";
    long seen;
    long lockedUntil = Long.MIN_VALUE;
  }

  private SwitchConfig config = SwitchConfig.EMPTY;
  private final Map<Address, Place> places = new HashMap<>();
  private final Map<Address, String> statics = new HashMap<>();
  private final Set<String> up = new HashSet<>();
  private final Map<String, String> activeMembers = new HashMap<>();

  // Of the frame that is on its way.
  private final List<Sent> sent = new ArrayList<>();
  private final List<Runnable> lessons = new ArrayList<>();
  private final Set<String> visited = new HashSet<>();
  private boolean loop;
  private long now;

  /** Takes another configuration; ports that are gone or take part in other VLANs forget. */
  public void configure(SwitchConfig newConfig) {
    SwitchConfig old = config;
    config = newConfig;
    places.entrySet().removeIf(known -> !isSamePort(old, newConfig, known.getValue().port));
    statics.clear();
    newConfig.bridges().forEach(this::fix);
    places.keySet().removeAll(statics.keySet());
  }

  /**
   * A static address counts while its port is there; a tunnel's remotes are no port of one name.
   */
  private void fix(String bridge, BridgeConfig of) {
    for (StaticMac one : of.macTable().statics()) {
      PortConfig port = of.ports().get(one.port());
      if (port != null && !(port instanceof TunnelPort)) {
        statics.put(new Address(bridge, one.vlan(), one.mac()), bridge + "/" + one.port());
      }
    }
  }

  private static boolean isSamePort(SwitchConfig old, SwitchConfig now, String name) {
    PortConfig before = port(old, name);
    PortConfig after = port(now, name);
    if (before == null || after == null || !before.vlan().equals(after.vlan())) {
      return false;
    }
    return !(before instanceof PatchPort patch)
        || (before.equals(after) && isPeerThere(old, patch) == isPeerThere(now, patch));
  }

  private static boolean isPeerThere(SwitchConfig in, PatchPort patch) {
    return port(in, patch.peerBridge() + "/" + patch.peerPort()) != null;
  }

  private static PortConfig port(SwitchConfig in, String name) {
    String[] parts = name.split("/", -1);
    BridgeConfig bridge = in.bridges().get(parts[0]);
    return bridge == null ? null : bridge.ports().get(parts[1]);
  }

  public void up(String port, boolean isUp) {
    if (isUp) {
      up.add(port);
    } else {
      up.remove(port);
    }
  }

  /** Says which member of a bond is active. */
  public void active(String bond, String member) {
    activeMembers.put(bond, member);
  }

  /** Forgets what has not been seen for the ageing time. */
  public void age(long nowMillis) {
    places
        .entrySet()
        .removeIf(
            known ->
                nowMillis - known.getValue().seen
                    >= 1000L
                        * config.bridges().get(known.getKey().bridge).macTable().agingSeconds());
  }

  public void flush(String port) {
    places.values().removeIf(place -> place.port.equals(port));
  }

  /** A frame comes in by a device, a bond's member or a tunnel's remote. */
  public List<Sent> receive(String port, byte[] bytes, long nowMillis) {
    sent.clear();
    lessons.clear();
    visited.clear();
    loop = false;
    now = nowMillis;
    ReferenceFrame frame = ReferenceFrame.of(bytes);
    boolean fromGroup = (frame.source() >> 40 & 1) == 1;
    if (port(config, port) != null && !frame.isTagCutShort() && !fromGroup) {
      enter(port, frame);
    }
    if (loop) {
      return List.of();
    }
    lessons.forEach(Runnable::run);
    return List.copyOf(sent);
  }

  private void enter(String port, ReferenceFrame arrived) {
    String[] parts = port.split("/", -1);
    String bridgeName = parts[0];
    BridgeConfig bridge = config.bridges().get(bridgeName);
    PortConfig in = bridge.ports().get(parts[1]);
    String logical = in instanceof BondPort ? bridgeName + "/" + parts[1] : port;

    if (!mayEnter(in.vlan(), arrived)) {
      return;
    }
    ReferenceFrame frame = arrived.withTags(tagsInside(in.vlan(), arrived.tags()));
    if (frame.tags().size() > 3) {
      return;
    }
    int vlan = vlan(frame, 0);
    boolean isReserved = frame.destination() >> 4 == 0x0180_c200_000L;
    if (isReserved && !bridge.forwardBpdu()) {
      return;
    }
    if (!visited.add(bridgeName + "/" + vlan)) {
      loop = true;
      return;
    }
    Place sourceAt = place(new Address(bridgeName, vlan, frame.source()));
    if (in instanceof BondPort bond && !mayEnterBond(bond, logical, port, frame, sourceAt)) {
      return;
    }
    lessons.add(() -> learn(bridgeName, vlan, logical, in instanceof BondPort, frame));

    String to = null;
    if (!isGroup(frame.destination())) {
      Address destination = new Address(bridgeName, vlan, frame.destination());
      Place place = place(destination);
      boolean isOwn = frame.destination() == frame.source() && !statics.containsKey(destination);
      to = isOwn ? logical : place == null ? null : place.port;
    }
    int priority = arrived.tags().isEmpty() ? 0 : arrived.tags().get(0).priority();
    for (String out : logicalPorts(bridgeName, bridge)) {
      PortConfig outConfig = port(config, out);
      boolean isWanted = to == null || to.equals(out);
      boolean sameMesh = in instanceof TunnelPort && outConfig == in;
      if (isWanted
          && !out.equals(logical)
          && !sameMesh
          && isReady(outConfig, out)
          && mayLeave(outConfig.vlan(), frame)) {
        ReferenceFrame leaving =
            frame.withTags(tagsOutside(outConfig.vlan(), frame.tags(), priority));
        if (outConfig instanceof PatchPort patch) {
          if (isPeerThere(config, patch)) {
            enter(patch.peerBridge() + "/" + patch.peerPort(), leaving);
          }
        } else {
          sent.add(new Sent(out, leaving.bytes()));
        }
      }
    }
  }

  private boolean isReady(PortConfig port, String name) {
    return port instanceof PatchPort || port instanceof BondPort || up.contains(name);
  }

  private static List<String> logicalPorts(String bridgeName, BridgeConfig bridge) {
    List<String> names = new ArrayList<>();
    bridge
        .ports()
        .forEach(
            (name, port) -> {
              if (port instanceof TunnelPort tunnel) {
                tunnel
                    .remotes()
                    .forEach(
                        remote ->
                            names.add(bridgeName + "/" + name + "/" + remote.getHostAddress()));
              } else {
                names.add(bridgeName + "/" + name);
              }
            });
    return names;
  }

  private boolean mayEnterBond(
      BondPort bond, String logical, String member, ReferenceFrame frame, Place sourceAt) {
    boolean isActive = member.equals(activeMembers.get(logical));
    if (bond.mode() != BondMode.BALANCE_SLB) {
      return isActive;
    }
    if (isGroup(frame.destination()) && !isActive) {
      return false;
    }
    if (sourceAt == null || sourceAt.port.equals(logical)) {
      return true;
    }
    return frame.isGratuitousArp() && now >= sourceAt.lockedUntil;
  }

  private Place place(Address address) {
    String fixed = statics.get(address);
    if (fixed == null) {
      return places.get(address);
    }
    Place place = new Place();
    place.port = fixed;
    return place;
  }

  private void learn(String bridge, int vlan, String port, boolean isBond, ReferenceFrame frame) {
    boolean hasBond =
        config.bridges().get(bridge).ports().values().stream().anyMatch(BondPort.class::isInstance);
    if (statics.containsKey(new Address(bridge, vlan, frame.source()))) {
      return;
    }
    Place place =
        places.computeIfAbsent(new Address(bridge, vlan, frame.source()), any -> new Place());
    place.seen = now;
    if (hasBond && frame.isGratuitousArp()) {
      if (!isBond) {
        place.lockedUntil = now + 5000;
      } else if (now < place.lockedUntil) {
        return;
      }
    }
    place.port = port;
  }

  private static boolean isGroup(long mac) {
    return (mac >> 40 & 1) == 1;
  }

  private static int vlan(ReferenceFrame frame, int index) {
    return frame.tags().size() > index ? frame.tags().get(index).vlan() : 0;
  }

  private static boolean isListed(PortVlan port, int vlan) {
    return port.trunks().isEmpty() || port.trunks().get(vlan);
  }

  private static boolean mayEnter(PortVlan port, ReferenceFrame frame) {
    int vlan = vlan(frame, 0);
    return switch (port.mode()) {
      case ACCESS -> vlan == 0;
      case TRUNK, DOT1Q_TUNNEL -> isListed(port, vlan);
      case NATIVE_TAGGED, NATIVE_UNTAGGED ->
          vlan == 0 || vlan == port.tag() || isListed(port, vlan);
    };
  }

  private static List<Tag> tagsInside(PortVlan port, List<Tag> tags) {
    Tag outer = tags.isEmpty() ? new Tag(0x8100, 0, false, 0) : tags.get(0);
    Tag own = new Tag(outer.tpid(), outer.priority(), false, port.tag());
    List<Tag> inside = new ArrayList<>(tags);
    switch (port.mode()) {
      case TRUNK -> {}
      case ACCESS -> {
        inside.clear();
        inside.add(own);
      }
      case NATIVE_TAGGED, NATIVE_UNTAGGED -> {
        if (outer.vlan() == 0) {
          if (!inside.isEmpty()) {
            inside.remove(0);
          }
          inside.add(0, own);
        }
      }
      case DOT1Q_TUNNEL -> inside.add(0, new Tag(0x88a8, 0, false, port.tag()));
    }
    return inside;
  }

  private static boolean mayLeave(PortVlan port, ReferenceFrame frame) {
    int vlan = vlan(frame, 0);
    return switch (port.mode()) {
      case ACCESS -> vlan == port.tag() && vlan(frame, 1) == 0;
      case TRUNK -> isListed(port, vlan);
      case NATIVE_TAGGED, NATIVE_UNTAGGED ->
          vlan == port.tag() || (vlan != 0 && isListed(port, vlan));
      case DOT1Q_TUNNEL -> vlan == port.tag() && isListed(port, vlan(frame, 1));
    };
  }

  private static List<Tag> tagsOutside(PortVlan port, List<Tag> inside, int priority) {
    List<Tag> tags = new ArrayList<>(inside);
    switch (port.mode()) {
      case TRUNK, NATIVE_TAGGED -> {}
      case ACCESS -> tags.clear();
      case NATIVE_UNTAGGED -> {
        if ((tags.isEmpty() ? 0 : tags.get(0).vlan()) == port.tag() && !tags.isEmpty()) {
          tags.remove(0);
        }
      }
      case DOT1Q_TUNNEL -> {
        if (!tags.isEmpty()) {
          tags.remove(0);
        }
      }
    }
    if (port.priorityTags() == PriorityTags.NEVER) {
      if (tags.size() == 1 && tags.get(0).vlan() == 0) {
        tags.clear();
      }
    } else if (!tags.isEmpty()) {
      tags.set(0, tags.get(0).withPriority(priority));
      boolean isEmptyTag = tags.get(0).vlan() == 0 && priority == 0 && tags.size() == 1;
      if (isEmptyTag && port.priorityTags() == PriorityTags.IF_NONZERO) {
        tags.clear();
      }
    } else if (priority != 0) {
      tags.add(new Tag(0x8100, priority, false, 0));
    }
    return tags;
  }
}
