// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.model.Bridge;
import dev.plumbline.spec.model.StpSettings;
import dev.plumbline.spec.model.VlanMode;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bridges: what goes with which datapath, ranges of times, and who may join. */
final class BridgeChecks {
  /** {@code BR_MAX_AGEING_TIME}'s order of magnitude: IEEE 802.1D-2004 table 7-5. */
  private static final Duration LONGEST_AGING = Duration.ofSeconds(1_000_000);

  /** Open vSwitch's range for {@code mac-aging-time} (vswitch.xml). */
  private static final Duration SWITCH_SHORTEST_AGING = Duration.ofSeconds(15);

  private static final Duration SWITCH_LONGEST_AGING = Duration.ofHours(1);

  private BridgeChecks() {}

  static void run(Scope scope) {
    scope.state.bridges().forEach((key, bridge) -> bridge(scope, "bridges." + key, bridge));
    scope
        .state
        .bonds()
        .forEach(
            (key, bond) -> joins(scope, "bonds." + key, key, bond.bridge(), bond.vlan(), true));
    scope
        .state
        .tunnels()
        .forEach(
            (key, tunnel) ->
                joins(scope, "tunnels." + key, key, tunnel.bridge(), tunnel.vlan(), true));
    scope
        .state
        .internalPorts()
        .forEach(
            (key, port) -> {
              String object = "internalPorts." + key;
              joins(scope, object, key, port.bridge(), port.vlan(), false);
              Bridge bridge = scope.bridge(port.bridge());
              if (bridge != null && !bridge.isEmbedded()) {
                scope.error(
                    object + ".bridge",
                    object,
                    "bridges." + port.bridge() + " is a kernel bridge and has no internal ports",
                    "its addresses at the bridge itself");
              }
            });
    scope
        .state
        .patches()
        .forEach(
            (key, patch) -> {
              for (int i = 0; i < patch.bridges().size(); i++) {
                String at = scope.item("patches." + key + ".bridges", i);
                String name = patch.bridges().get(i);
                exists(scope, at, "patches." + key, name);
                Bridge bridge = scope.bridge(name);
                if (bridge != null && !bridge.isEmbedded()) {
                  scope.error(
                      at,
                      "patches." + key,
                      "bridges." + name + " is a kernel bridge",
                      "a pair under `veths` for kernel bridges");
                }
              }
            });
  }

  private static void exists(Scope scope, String at, String object, String bridge) {
    if (!scope.state.bridges().containsKey(bridge) && !scope.doubts.hides(bridge)) {
      scope.error(
          at,
          object,
          "no bridge `" + bridge + "` is in this file",
          null,
          dev.plumbline.spec.problem.NearMiss.find(bridge, scope.state.bridges().keySet()));
    }
  }

  private static void joins(
      Scope scope,
      String object,
      String key,
      @Nullable String name,
      @Nullable VlanMode vlan,
      boolean optional) {
    if (name == null) {
      if (vlan != null && optional && scope.isSure(object, "bridge")) {
        scope.error(
            object + ".vlan",
            object,
            "`vlan` is about a bridge, and none is named",
            "`bridge` too");
      }
      return;
    }
    exists(scope, object + ".bridge", object, name);
    Bridge bridge = scope.bridge(name);
    var listed = bridge == null ? null : bridge.ports().get(key);
    if (vlan != null && listed != null && listed.vlan() != null) {
      scope.error(
          object + ".vlan",
          object,
          "its VLANs are at bridges." + name + ".ports." + key + " already",
          "them at one place");
    }
  }

  private static void bridge(Scope scope, String object, Bridge bridge) {
    if (!scope.isSure(object, "datapath")) {
      // What it may have is not known.
    } else if (bridge.isEmbedded()) {
      String expected = "`datapath: kernel`, or without it";
      var settings = bridge.settings();
      if (settings.addresses() != null) {
        scope.error(
            object + ".addresses",
            object,
            "an embedded bridge has no device that could have addresses",
            "them at an entry of `internalPorts` with bridge: "
                + object.substring("bridges.".length()));
      }
      if (object.indexOf('/') >= 0) {
        scope.error(object, object, "an embedded bridge's name has no slash", "another name");
      }
      kernelOnly(scope, object, "device", null, expected);
      kernelOnly(scope, object, "mac", settings.mac(), expected);
      kernelOnly(scope, object, "up", settings.up(), expected);
      kernelOnly(scope, object, "txQueueLength", settings.txQueueLength(), expected);
      kernelOnly(scope, object, "vlan", bridge.vlan(), expected);
      kernelOnly(scope, object, "vlanFiltering", bridge.vlanFiltering(), expected);
      kernelOnly(scope, object, "vlanProtocol", bridge.vlanProtocol(), expected);
      kernelOnly(scope, object, "defaultPvid", bridge.defaultPvid(), expected);
      kernelOnly(scope, object, "stp", bridge.stp(), "`rstp`, or `datapath: kernel`");
      kernelOnly(scope, object, "multicastSnooping", bridge.multicastSnooping(), expected);
      kernelOnly(scope, object, "groupForwardMask", bridge.groupForwardMask(), expected);
    } else {
      embeddedOnly(scope, object, "rstp", bridge.rstp(), "`stp`, or `datapath: embedded`");
      embeddedOnly(scope, object, "forwardBpdu", bridge.forwardBpdu(), "`datapath: embedded`");
      embeddedOnly(
          scope,
          object,
          "flows",
          bridge.flows().isEmpty() ? null : bridge.flows(),
          "`datapath: embedded`");
      embeddedOnly(
          scope,
          object,
          "groups",
          bridge.groups().isEmpty() ? null : bridge.groups(),
          "`datapath: embedded`");
      embeddedOnly(
          scope,
          object,
          "meters",
          bridge.meters().isEmpty() ? null : bridge.meters(),
          "`datapath: embedded`");
      filtering(scope, object, bridge);
      bridge
          .ports()
          .forEach(
              (name, port) -> {
                String at = object + ".ports." + name;
                tunnelled(scope, at, object, port.vlan());
                embeddedOnly(scope, at, "filter", port.filter(), "`datapath: embedded`");
              });
      tunnelled(scope, object, object, bridge.vlan());
    }
    Integer mask = bridge.groupForwardMask();
    if (mask != null && (mask & 7) != 0) {
      scope.error(
          object + ".groupForwardMask",
          object,
          "the kernel refuses bits 0 to 2 (STP, pause frames, LACP)",
          "a multiple of 8");
    }
    if (bridge.macTable() != null) {
      within(
          scope,
          object + ".macTable.aging",
          object,
          bridge.macTable().aging(),
          bridge.isEmbedded() ? SWITCH_SHORTEST_AGING : Duration.ZERO,
          bridge.isEmbedded() ? SWITCH_LONGEST_AGING : LONGEST_AGING);
      Duration aging = bridge.macTable().aging();
      if (bridge.isEmbedded() && aging != null && aging.toMillis() % 1000 != 0) {
        scope.error(
            object + ".macTable.aging", object, "the switch counts whole seconds", "15s to 3600s");
      }
    }
    times(scope, object, "stp", bridge.stp());
    times(scope, object, "rstp", bridge.rstp());
  }

  private static void kernelOnly(
      Scope scope, String object, String key, @Nullable Object value, String expected) {
    if (value != null) {
      scope.error(object + "." + key, object, "`" + key + "` is for kernel bridges", expected);
    }
  }

  private static void embeddedOnly(
      Scope scope, String object, String key, @Nullable Object value, String expected) {
    if (value != null) {
      scope.error(object + "." + key, object, "`" + key + "` is for embedded bridges", expected);
    }
  }

  /**
   * The kernel's bridge has no such mode; its provider bridges ({@code vlanProtocol}) are another.
   */
  private static void tunnelled(Scope scope, String at, String object, @Nullable VlanMode mode) {
    if (mode instanceof VlanMode.Dot1qTunnel) {
      scope.error(
          at + ".vlan",
          object,
          "a kernel bridge has no dot1q-tunnel ports",
          "`vlanProtocol: 802.1ad` with `access`, or `datapath: embedded`");
    }
  }

  private static void filtering(Scope scope, String object, Bridge bridge) {
    String key = object.substring("bridges.".length());
    boolean anyVlan =
        bridge.vlan() != null
            || scope.ports.getOrDefault(key, Map.of()).values().stream()
                .anyMatch(port -> port.vlan() != null);
    if (Boolean.FALSE.equals(bridge.vlanFiltering()) && anyVlan) {
      scope.error(
          object + ".vlanFiltering",
          object,
          "ports have `vlan`, and without filtering it would mean nothing",
          "`vlanFiltering: true`, or no `vlan`");
    }
  }

  private static void times(Scope scope, String object, String key, @Nullable StpSettings stp) {
    if (stp == null) {
      return;
    }
    String at = object + "." + key;
    seconds(scope, at + ".forwardDelay", object, stp.forwardDelay(), 2, 30);
    seconds(scope, at + ".helloTime", object, stp.helloTime(), 1, 10);
    seconds(scope, at + ".maxAge", object, stp.maxAge(), 6, 40);
  }

  private static void seconds(
      Scope scope, String at, String object, @Nullable Duration value, int low, int high) {
    within(scope, at, object, value, Duration.ofSeconds(low), Duration.ofSeconds(high));
  }

  private static void within(
      Scope scope,
      String at,
      String object,
      @Nullable Duration value,
      Duration low,
      Duration high) {
    if (value != null && (value.compareTo(low) < 0 || value.compareTo(high) > 0)) {
      scope.error(
          at,
          object,
          "`" + at.substring(at.lastIndexOf('.') + 1) + "` is out of range",
          low.toSeconds() + "s to " + high.toSeconds() + "s");
    }
  }
}
