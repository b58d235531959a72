// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.model.Bond;
import dev.plumbline.spec.model.Bridge;
import dev.plumbline.spec.model.Check;
import dev.plumbline.spec.model.Devices.Device;
import dev.plumbline.spec.model.Tunnel;
import dev.plumbline.spec.value.IpAddress;
import org.jspecify.annotations.Nullable;

/** Checks that can never hold, whatever the network is like. */
final class ReachabilityChecks {
  private ReachabilityChecks() {}

  static void run(Scope scope) {
    scope.state.checks().forEach((key, check) -> run(scope, "checks." + key, check));
  }

  private static void run(Scope scope, String object, Check check) {
    String target = object + (check.port() == null ? ".ping" : ".tcp");
    IpAddress address = check.address();
    if (address.isUnspecified() || address.isMulticast()) {
      scope.error(
          target, object, "`" + address + "` is no host's address", "the address of one host");
    }
    boolean needsDevice =
        address.isLinkLocal() && address.bytes().length == 16 && check.device() == null;
    if (needsDevice && scope.isSure(object, "from")) {
      scope.error(
          target,
          object,
          "`" + address + "` is another host on each link",
          "`from` with the device that leads to it");
    }
    source(scope, object, check);
    device(scope, object, check);
  }

  private static void source(Scope scope, String object, Check check) {
    IpAddress source = check.source();
    if (source == null) {
      return;
    }
    String at = object + ".from";
    if (source.isUnspecified() || source.isMulticast()) {
      scope.error(at, object, "nothing is sent from `" + source + "`", "an address of this host");
    } else if (source.family() != check.address().family()) {
      scope.error(
          at,
          object,
          "`from` is an "
              + source.family().prose()
              + " address, and "
              + check.address().family().prose()
              + " is asked for",
          "an " + check.address().family().prose() + " address");
    }
  }

  private static void device(Scope scope, String object, Check check) {
    String reference = check.device();
    if (reference == null || !scope.isSure(object, "namespace", "from")) {
      return;
    }
    @Nullable Device device = scope.devices.resolve(check.namespace(), reference);
    if (device != null && isInSwitch(scope, device)) {
      scope.error(
          object + ".from",
          object,
          "`" + reference + "` is inside an embedded bridge, and no device of the host",
          "an internal port of the bridge");
    }
    if (device != null && scope.isPlaced(device) && !device.namespace().equals(check.namespace())) {
      scope.error(
          object + ".from",
          object,
          "`"
              + reference
              + "` is in "
              + (device.namespace().isEmpty()
                  ? "the host's own namespace"
                  : "the namespace `" + device.namespace() + "`")
              + ", and the check is not",
          device.namespace().isEmpty()
              ? "no `namespace`"
              : "`namespace: " + device.namespace() + "`");
    }
  }

  /** Bonds and tunnels of an embedded bridge are its switch's own. */
  private static boolean isInSwitch(Scope scope, Device device) {
    String key = device.key();
    Bond bond = device.kind().equals("bonds") ? scope.state.bonds().get(key) : null;
    Tunnel tunnel = device.kind().equals("tunnels") ? scope.state.tunnels().get(key) : null;
    String named = bond != null ? bond.bridge() : tunnel != null ? tunnel.bridge() : null;
    Bridge bridge = scope.bridge(named);
    return bridge != null && bridge.isEmbedded() && scope.isSure(device.address(), "bridge");
  }
}
