// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.model.Bridge;
import dev.plumbline.spec.model.DontFragment;
import dev.plumbline.spec.model.Tunnel;
import dev.plumbline.spec.model.TunnelType;
import dev.plumbline.spec.value.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tunnels: what each type needs and takes, and no two that the kernel could not tell apart. */
final class TunnelChecks {
  private static final long KEY_24_BITS = (1 << 24) - 1;

  private static final int VXLAN_PORT = 4789;
  private static final int GENEVE_PORT = 6081;

  /** The keys that tell tunnels apart. */
  private static final String[] IDENTITY = {
    "namespace", "bridge", "local", "remote", "remotes", "key", "port"
  };

  private TunnelChecks() {}

  /** What the kernel tells tunnels apart by. */
  private record Identity(
      String namespace,
      String type,
      @Nullable IpAddress local,
      List<IpAddress> remotes,
      @Nullable Long key,
      int port,
      boolean keyOfFlow,
      boolean remoteOfFlow) {}

  static void run(Scope scope) {
    Map<Identity, String> seen = new HashMap<>();
    scope
        .state
        .tunnels()
        .forEach(
            (key, tunnel) -> {
              String object = "tunnels." + key;
              String first =
                  scope.isSure(object, IDENTITY)
                      ? seen.putIfAbsent(identity(tunnel), object)
                      : null;
              if (first != null) {
                scope.error(
                    object,
                    object,
                    "it has the type, local, remote and key of " + first,
                    "another key");
              }
              tunnel(scope, object, tunnel);
            });
    vxlanKeys(scope);
  }

  /** As a bridge's port, gre means gretap. */
  static TunnelType effectiveType(Tunnel tunnel) {
    return tunnel.type() == TunnelType.GRE && tunnel.bridge() != null
        ? TunnelType.GRETAP
        : tunnel.type();
  }

  private static Identity identity(Tunnel tunnel) {
    TunnelType type = effectiveType(tunnel);
    List<IpAddress> remotes = new ArrayList<>(tunnel.remotes());
    if (tunnel.remote() != null) {
      remotes.add(tunnel.remote());
    }
    remotes.sort(null);
    int port = port(tunnel);
    return new Identity(
        tunnel.settings().namespace(),
        type.spelling(),
        tunnel.local(),
        remotes,
        tunnel.key(),
        port,
        tunnel.keyOfFlow(),
        tunnel.remoteOfFlow());
  }

  private static int port(Tunnel tunnel) {
    if (tunnel.port() != null) {
      return tunnel.port();
    }
    return tunnel.type() == TunnelType.GENEVE ? GENEVE_PORT : VXLAN_PORT;
  }

  /** The kernel tells VXLAN devices apart by key and port alone ({@code vxlan_vni_in_use}). */
  private static void vxlanKeys(Scope scope) {
    Map<Identity, String> seen = new HashMap<>();
    scope
        .state
        .tunnels()
        .forEach(
            (key, tunnel) -> {
              Bridge bridge = scope.bridge(tunnel.bridge());
              if (tunnel.type() != TunnelType.VXLAN
                  || tunnel.key() == null
                  || !scope.isSure("tunnels." + key, IDENTITY)
                  || (bridge != null && bridge.isEmbedded())) {
                return;
              }
              String object = "tunnels." + key;
              String first =
                  seen.putIfAbsent(
                      new Identity(
                          tunnel.settings().namespace(),
                          "vxlan",
                          null,
                          List.of(),
                          tunnel.key(),
                          port(tunnel),
                          false,
                          false),
                      object);
              if (first != null && !identity(tunnel).equals(identity(other(scope, first)))) {
                scope.error(
                    object + ".key",
                    object,
                    "the kernel has one vxlan device for a key and port, and "
                        + first
                        + " has the same",
                    "another key, or one tunnel with both `remotes`");
              }
            });
  }

  private static Tunnel other(Scope scope, String object) {
    return Objects.requireNonNull(scope.state.tunnels().get(object.substring("tunnels.".length())));
  }

  private static void tunnel(Scope scope, String object, Tunnel tunnel) {
    TunnelType type = tunnel.type();
    boolean udp = type == TunnelType.VXLAN || type == TunnelType.GENEVE;
    ofFlows(scope, object, tunnel, udp);
    if (udp && tunnel.key() == null && !tunnel.keyOfFlow() && scope.isSure(object, "key")) {
      scope.error(
          object, object, "a " + type.spelling() + " tunnel needs a `key`", "0 to 16777215");
    } else if (udp && tunnel.key() != null && tunnel.key() > KEY_24_BITS) {
      scope.error(object + ".key", object, "the key has more than 24 bits", "0 to 16777215");
    }
    only(scope, object, "port", udp ? null : tunnel.port(), "vxlan and geneve");
    only(scope, object, "learning", type == TunnelType.VXLAN ? null : tunnel.learning(), "vxlan");
    if (type != TunnelType.VXLAN && !tunnel.remotes().isEmpty()) {
      scope.error(
          object + ".remotes", object, "`remotes` is for vxlan", "`remote`, and a tunnel for each");
    }
    if ((tunnel.remote() != null || tunnel.remoteOfFlow()) && !tunnel.remotes().isEmpty()) {
      scope.error(
          object + ".remotes", object, "`remote` and `remotes` exclude each other", "one of them");
    }
    if (type != TunnelType.VXLAN
        && tunnel.remote() == null
        && !tunnel.remoteOfFlow()
        && tunnel.remotes().isEmpty()
        && scope.isSure(object, "remote", "remotes", "local")) {
      boolean lightweight = type == TunnelType.GENEVE;
      if (lightweight || tunnel.local() == null) {
        scope.error(object, object, "a " + type.spelling() + " tunnel needs a `remote`", null);
      }
    }
    if (type == TunnelType.GENEVE && tunnel.local() != null) {
      scope.error(
          object + ".local",
          object,
          "the kernel's geneve takes no `local`",
          "the tunnel without it");
    }
    if (type == TunnelType.GENEVE && tunnel.parent() != null) {
      scope.error(
          object + ".parent",
          object,
          "the kernel's geneve takes no `parent`",
          "the tunnel without it");
    }
    if (!udp && tunnel.df() == DontFragment.INHERIT) {
      scope.error(object + ".df", object, "`df: inherit` is for vxlan and geneve", "set or unset");
    }
    addresses(scope, object, tunnel);
    boolean layer3 =
        type == TunnelType.GRE && tunnel.bridge() == null && scope.isSure(object, "bridge");
    if (layer3 && tunnel.settings().mac() != null) {
      scope.error(
          object + ".mac",
          object,
          "a gre tunnel carries IP packets and has no MAC",
          "`type: gretap`");
    }
    boolean layer3Port =
        layer3
            && scope
                .usesOf(
                    new Scope.DeviceId(tunnel.settings().namespace(), tunnel.settings().device()))
                .stream()
                .anyMatch(use -> use.role() == Scope.Role.BRIDGE_PORT);
    if (layer3Port) {
      scope.error(
          object + ".type",
          object,
          "a gre tunnel carries IP packets and can be no port of a bridge",
          "`type: gretap`");
    }
  }

  /** {@code key: flow} and {@code remote: flow}. */
  private static void ofFlows(Scope scope, String object, Tunnel tunnel, boolean udp) {
    Bridge bridge = scope.bridge(tunnel.bridge());
    boolean knows =
        scope.isSure(object, "bridge")
            && (bridge == null || scope.isSure("bridges." + tunnel.bridge(), "datapath", "flows"));
    for (String key : List.of("key", "remote")) {
      boolean ofFlow = key.equals("key") ? tunnel.keyOfFlow() : tunnel.remoteOfFlow();
      String at = object + "." + key;
      String other = key.equals("key") ? "a number" : "the other end's address";
      if (!ofFlow || !knows) {
        continue;
      }
      if (bridge == null || !bridge.isEmbedded()) {
        scope.error(
            at,
            object,
            "flows say the " + key + " of an embedded bridge's tunnel alone",
            other + ", or `bridge` and `datapath: embedded` there");
      } else if (!udp) {
        scope.error(at, object, "`" + key + ": flow` is for vxlan and geneve", other);
      } else if (bridge.flows().isEmpty()) {
        scope.warning(
            at,
            object,
            "no flow of "
                + tunnel.bridge()
                + " says the "
                + key
                + (key.equals("key") ? ": it is 0" : ": nothing is sent there"),
            null);
      }
    }
  }

  private static void addresses(Scope scope, String object, Tunnel tunnel) {
    List<IpAddress> ends = new ArrayList<>(tunnel.remotes());
    if (tunnel.remote() != null) {
      ends.add(tunnel.remote());
    }
    IpAddress local = tunnel.local();
    for (IpAddress end : ends) {
      IpAddress other = local == null ? ends.get(0) : local;
      if (end.family() != other.family()) {
        scope.error(
            object + (tunnel.remote() == null ? ".remotes" : ".remote"),
            object,
            "the ends are of two families, " + other + " and " + end,
            "all of one");
      } else if (local != null && end.equals(local)) {
        scope.error(object + ".local", object, "both ends are " + end, null);
      }
    }
    if (local != null && local.isMulticast()) {
      scope.error(object + ".local", object, "no host has the address " + local, "its own");
    }
    IpAddress group = tunnel.remote();
    if (group != null && group.isMulticast()) {
      if (tunnel.type() != TunnelType.VXLAN) {
        scope.error(object + ".remote", object, "a group is for vxlan", "the other end's address");
      } else if (tunnel.parent() == null && scope.isSure(object, "parent")) {
        scope.error(
            object + ".remote",
            object,
            "a multicast group needs the device to join on",
            "`parent`");
      }
    }
  }

  private static void only(
      Scope scope, String object, String key, @Nullable Object value, String types) {
    if (value != null) {
      scope.error(object + "." + key, object, "`" + key + "` is for " + types, null);
    }
  }
}
