// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.desired;

import dev.plumbline.spec.model.Bond;
import dev.plumbline.spec.model.BondMode;
import dev.plumbline.spec.model.BondOptions;
import dev.plumbline.spec.model.Bridge;
import dev.plumbline.spec.model.BridgePort;
import dev.plumbline.spec.model.DontFragment;
import dev.plumbline.spec.model.Tunnel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a file may say of embedded bridges and this version's switch does not do: refused, for a
 * setting that is silently without effect is worse.
 */
final class Unsupported {
  private static final Set<BondMode> MODES = Set.of(BondMode.ACTIVE_BACKUP, BondMode.BALANCE_SLB);

  private final Goals goals;
  private final List<String> problems = new ArrayList<>();

  private Unsupported(Goals goals) {
    this.goals = goals;
  }

  /** A sentence each. */
  static List<String> in(Goals goals) {
    Unsupported found = new Unsupported(goals);
    goals.state().bridges().forEach(found::bridge);
    goals.state().bonds().forEach(found::bond);
    goals.state().tunnels().forEach(found::tunnel);
    return found.problems;
  }

  private void refuse(String address, @Nullable Object value, String reason) {
    if (value != null) {
      problems.add(address + ": " + reason);
    }
  }

  private void bridge(String key, Bridge bridge) {
    if (!bridge.isEmbedded()) {
      return;
    }
    String address = "bridges." + key;
    String later = "the embedded switch does not have this yet";
    for (Flows.Mistake mistake : goals.flows(key, bridge).mistakes()) {
      refuse(mistake.address(), mistake, mistake.message());
    }
    refuse(address + ".rstp", bridge.rstp(), later);
    String namespace = bridge.settings().namespace();
    refuse(
        address + ".namespace",
        namespace.isEmpty() ? null : namespace,
        "embedded bridges are in the host's own namespace; their internal ports may be elsewhere");
    goals
        .portsOf(key)
        .forEach(
            (reference, port) ->
                named(port)
                    .forEach(
                        (name, value) ->
                            refuse(
                                address + ".ports." + reference + "." + name,
                                value,
                                "ports of embedded bridges have `vlan` and `filter` alone")));
  }

  /** All that a port can have, beside its VLANs; null where it is not named. */
  private static Map<String, @Nullable Object> named(BridgePort port) {
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    named.put("pathCost", port.pathCost());
    named.put("priority", port.priority());
    named.put("learning", port.learning());
    named.put("flood", port.flood());
    named.put("multicastFlood", port.multicastFlood());
    named.put("broadcastFlood", port.broadcastFlood());
    named.put("hairpin", port.hairpin());
    named.put("isolated", port.isolated());
    named.put("bpduGuard", port.bpduGuard());
    named.put("rootBlock", port.rootBlock());
    named.put("fastLeave", port.fastLeave());
    named.put("neighSuppress", port.neighSuppress());
    return named;
  }

  private void bond(String key, Bond bond) {
    String address = "bonds." + key;
    if (!goals.isInSwitch(address)) {
      return;
    }
    BondMode mode = bond.mode();
    refuse(
        address + ".mode",
        MODES.contains(mode) ? null : mode,
        "bonds of embedded bridges are active-backup or balance-slb in this version");
    BondOptions options = bond.options();
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    named.put("miimon", options.miimon());
    named.put("peerNotifyDelay", options.peerNotifyDelay());
    named.put("primaryReselect", options.primaryReselect());
    named.put("failOverMac", options.failOverMac());
    named.put("xmitHashPolicy", options.xmitHashPolicy());
    named.put("lacpRate", options.lacpRate());
    named.put("adSelect", options.adSelect());
    named.put("minLinks", options.minLinks());
    named.put("arpInterval", options.arpInterval());
    named.put("arpIpTargets", options.arpIpTargets());
    named.put("arpValidate", options.arpValidate());
    named.put("allSlavesActive", options.allSlavesActive());
    named.put("resendIgmp", options.resendIgmp());
    named.put("gratuitousArps", options.gratuitousArps());
    named.forEach(
        (name, value) ->
            refuse(address + "." + name, value, "bonds of embedded bridges do not have this"));
  }

  private void tunnel(String key, Tunnel tunnel) {
    String address = "tunnels." + key;
    if (!goals.isInSwitch(address)) {
      return;
    }
    String routed = "the host's routing chooses the way of an embedded bridge's tunnel";
    refuse(address + ".parent", tunnel.parent(), routed);
    refuse(
        address + ".learning",
        tunnel.learning(),
        "an embedded bridge learns by itself which addresses are behind which remote");
    boolean inherits = tunnel.df() == DontFragment.INHERIT;
    refuse(
        address + ".df",
        inherits ? tunnel.df() : null,
        "tunnels of embedded bridges have `df` set or unset");
    boolean group = tunnel.remote() != null && tunnel.remote().isMulticast();
    refuse(
        address + ".remote",
        group ? tunnel.remote() : null,
        "tunnels of embedded bridges have no multicast group: name `remotes`");
    boolean nobody =
        tunnel.remote() == null && tunnel.remotes().isEmpty() && !tunnel.remoteOfFlow();
    refuse(
        address,
        nobody ? address : null,
        "a tunnel of an embedded bridge needs a `remote`, or `remotes`");
  }
}
