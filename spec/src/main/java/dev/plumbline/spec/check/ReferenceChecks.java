// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.model.Devices.Device;
import dev.plumbline.spec.problem.NearMiss;
import dev.plumbline.spec.value.DeviceName;
import dev.plumbline.spec.value.ValueException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * References that mean nothing in the file.
 *
 * <p>A device that the file does not name may be there already or appear later (a hot-plugged
 * network card, the tap of a virtual machine): that is no error. It is a warning when the name is
 * nearly that of a device in the file, and an error when no device could have the name. A namespace
 * that the file does not name may be there already; nearly the same holds. The name that differs in
 * digits only ({@code vm1}, {@code vm2}) is no near miss: such names come in rows.
 */
final class ReferenceChecks {
  private static final Pattern DIGIT = Pattern.compile("[0-9]");
  private static final Pattern NO_DIGIT = Pattern.compile("[^0-9]");
  private static final int SMALL_ROW = 16;

  private final Scope scope;

  /** Names of each namespace by their row (the name with every digit as 0) and their digits. */
  private final Map<String, Map<String, Map<String, String>>> rows = new HashMap<>();

  private ReferenceChecks(Scope scope) {
    this.scope = scope;
  }

  static void run(Scope scope) {
    new ReferenceChecks(scope).run();
  }

  private void run() {
    scope
        .state
        .bridges()
        .forEach(
            (key, bridge) ->
                bridge
                    .ports()
                    .keySet()
                    .forEach(
                        port -> {
                          String object = "bridges." + key;
                          String at = object + ".ports." + port;
                          device(at, object, "the port", bridge.settings().namespace(), port);
                        }));
    scope
        .state
        .bonds()
        .forEach(
            (key, bond) -> members("bonds." + key, bond.settings().namespace(), bond.members()));
    scope
        .state
        .vrfs()
        .forEach((key, vrf) -> members("vrfs." + key, vrf.settings().namespace(), vrf.members()));
    scope
        .state
        .vlans()
        .forEach(
            (key, vlan) -> {
              String object = "vlans." + key;
              String namespace = vlan.settings().namespace();
              device(object + ".parent", object, "the parent", namespace, vlan.parent());
            });
    scope
        .state
        .tunnels()
        .forEach(
            (key, tunnel) -> {
              String object = "tunnels." + key;
              String namespace = tunnel.settings().namespace();
              device(object + ".parent", object, "the parent", namespace, tunnel.parent());
            });
    routing();
    scope
        .state
        .checks()
        .forEach(
            (key, check) -> {
              String object = "checks." + key;
              namespace(object, check.namespace());
              device(object + ".from", object, "the device", check.namespace(), check.device());
            });
    for (Device device : scope.devices.all()) {
      namespace(device.address(), device.namespace());
    }
  }

  private void members(String object, String namespace, List<String> members) {
    for (int i = 0; i < members.size(); i++) {
      String at = scope.item(object + ".members", i);
      device(at, object, "the member", namespace, members.get(i));
    }
  }

  private void routing() {
    for (int i = 0; i < scope.state.routes().size(); i++) {
      var route = scope.state.routes().get(i);
      String object = scope.item("routes", i);
      namespace(object, route.namespace());
      device(object + ".dev", object, "the device", route.namespace(), route.dev());
      for (int j = 0; j < route.nextHops().size(); j++) {
        String at = scope.item(object + ".nextHops", j) + ".dev";
        device(at, object, "the device", route.namespace(), route.nextHops().get(j).dev());
      }
    }
    for (int i = 0; i < scope.state.rules().size(); i++) {
      var rule = scope.state.rules().get(i);
      String object = scope.item("rules", i);
      namespace(object, rule.namespace());
      device(object + ".iif", object, "the device", rule.namespace(), rule.iif());
      device(object + ".oif", object, "the device", rule.namespace(), rule.oif());
    }
  }

  private void device(
      String at, String object, String what, String namespace, @Nullable String reference) {
    if (reference == null || reference.equals("lo") || !scope.isSure(object, "namespace")) {
      return;
    }
    List<Device> candidates = scope.devices.candidates(namespace, reference);
    if (candidates.size() > 1) {
      if (!scope.isPlaced(candidates.get(0)) || !scope.isPlaced(candidates.get(1))) {
        return;
      }
      scope.error(
          at,
          object,
          what
              + " `"
              + reference
              + "` means both "
              + candidates.get(0).address()
              + " and "
              + candidates.get(1).address(),
          "a key that one of them has alone");
      return;
    }
    if (candidates.size() == 1 || scope.doubts.hides(reference)) {
      return;
    }
    try {
      DeviceName.check(reference);
    } catch (ValueException e) {
      scope.error(
          at, object, what + " " + e.getMessage() + " and is no key of this file", e.expected());
      return;
    }
    String near = near(namespace, reference);
    if (near != null) {
      scope.warning(
          at,
          object,
          what
              + " `"
              + reference
              + "` names no device in this file"
              + " (name it under `interfaces` if it is there already)",
          near);
    }
  }

  /**
   * The nearest name in the namespace. Names that come in rows are compared a row at a time: a file
   * of thousands of devices has thousands of names in few rows, and comparing every reference with
   * every name would take minutes.
   */
  private @Nullable String near(String namespace, String reference) {
    Map<String, Map<String, String>> known = rows.computeIfAbsent(namespace, this::rowsOf);
    if (known.containsKey(row(reference))) {
      return null;
    }
    String row = NearMiss.find(row(reference), known.keySet());
    if (row == null) {
      return null;
    }
    Map<String, String> names = known.getOrDefault(row, Map.of());
    if (names.size() <= SMALL_ROW) {
      return NearMiss.find(reference, names.values());
    }
    String sameDigits = names.get(digits(reference));
    return sameDigits == null ? null : NearMiss.find(reference, List.of(sameDigits));
  }

  private Map<String, Map<String, String>> rowsOf(String namespace) {
    Map<String, Map<String, String>> found = new LinkedHashMap<>();
    for (Device device : scope.devices.all()) {
      if (device.namespace().equals(namespace)) {
        String name = device.key() == null ? device.name() : device.key();
        found.computeIfAbsent(row(name), k -> new LinkedHashMap<>()).put(digits(name), name);
      }
    }
    return found;
  }

  private static String row(String name) {
    return DIGIT.matcher(name).replaceAll("0");
  }

  private static String digits(String name) {
    return NO_DIGIT.matcher(name).replaceAll("");
  }

  private void namespace(String object, String namespace) {
    if (namespace.isEmpty()
        || scope.state.namespaces().containsKey(namespace)
        || scope.doubts.hides(namespace)) {
      return;
    }
    String near = NearMiss.find(namespace, scope.state.namespaces().keySet());
    if (near != null && !row(near).equals(row(namespace))) {
      scope.warning(
          object + ".namespace",
          object,
          "the namespace `" + namespace + "` is not in this file",
          near);
    }
  }
}
