// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.model.AddressSetting;
import dev.plumbline.spec.model.Devices.Device;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Prefix;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Addresses: no address twice in a namespace, and each setting fits the address. */
final class AddressChecks {
  private AddressChecks() {}

  /**
   * Link-local IPv6 addresses are unique on one device only, and point-to-point ones may repeat.
   */
  private record Owner(String namespace, String device, IpAddress address, @Nullable Object peer) {}

  static void run(Scope scope) {
    Map<Owner, String> owners = new HashMap<>();
    for (Device device : scope.devices.all()) {
      List<AddressSetting> addresses = device.settings().addressesOrNone();
      for (int i = 0; i < addresses.size(); i++) {
        AddressSetting address = addresses.get(i);
        String at = scope.item(device.address() + ".addresses", i);
        IpAddress ip = address.prefix().address();
        boolean perDevice = ip.isLinkLocal() && ip.family() == IpFamily.IPV6;
        Owner owner =
            new Owner(device.namespace(), perDevice ? device.name() : "", ip, address.peer());
        boolean sure =
            scope.isPlaced(device) && scope.isSure(at, "peer") && !scope.doubts.about(at);
        String first = sure ? owners.putIfAbsent(owner, device.address()) : null;
        if (first != null) {
          scope.error(
              at,
              device.address(),
              "the address " + ip + " is that of " + first + " already",
              null);
        }
        shape(scope, device, address, at);
      }
      mtu(scope, device);
    }
  }

  private static void shape(Scope scope, Device device, AddressSetting address, String at) {
    Prefix prefix = address.prefix();
    IpAddress ip = prefix.address();
    String object = device.address();
    if (ip.isUnspecified() || ip.isMulticast()) {
      scope.error(at, object, ip + " cannot be a device's address", "a unicast address");
      return;
    }
    boolean v4 = prefix.family() == IpFamily.IPV4;
    if (device.name().equals("lo") && ip.isLoopback() && prefix.length() == (v4 ? 8 : 128)) {
      scope.error(at, object, "the kernel itself gives lo " + prefix, "the list without it");
    }
    if (v4
        && prefix.length() < 31
        && prefix.isNetwork()
        && address.peer() == null
        && scope.isSure(at, "peer")) {
      scope.error(at, object, prefix + " is the network itself", "the address of a host in it");
    }
    if (address.peer() != null && address.peer().family() != prefix.family()) {
      scope.error(
          at + ".peer",
          object,
          "the peer is not " + prefix.family().prose(),
          "an address as " + ip);
    }
    if (address.broadcast() != null && (!v4 || address.broadcast().family() != IpFamily.IPV4)) {
      scope.error(at + ".broadcast", object, "only IPv4 has broadcast addresses", null);
    }
    String label = address.label();
    if (label != null) {
      if (!v4) {
        scope.error(at + ".label", object, "only IPv4 addresses have labels", null);
      } else if ((!label.startsWith(device.name()) && scope.isPlaced(device))
          || label.getBytes(StandardCharsets.UTF_8).length > 15) {
        scope.error(
            at + ".label",
            object,
            "the label `" + label + "` does not fit",
            "at most 15 bytes that begin with `" + device.name() + "`");
      }
    }
    if (address.noDad() != null && v4) {
      scope.error(at + ".noDad", object, "duplicate address detection is of IPv6", null);
    }
    boolean fraction =
        (address.validLifetime() != null && address.validLifetime().toMillis() % 1000 != 0)
            || (address.preferredLifetime() != null
                && address.preferredLifetime().toMillis() % 1000 != 0);
    if (fraction) {
      scope.error(at, object, "the kernel counts lifetimes in seconds", "whole seconds");
    }
    if (address.validLifetime() != null
        && scope.isSure(at, "preferredLifetime")
        && (address.preferredLifetime() == null
            || address.preferredLifetime().compareTo(address.validLifetime()) > 0)) {
      scope.error(
          at,
          object,
          "it would be preferred for longer than it is valid",
          "a `preferredLifetime` of at most `validLifetime`");
    }
  }

  /** RFC 8200 section 5; the kernel switches IPv6 off on a device below it. */
  private static void mtu(Scope scope, Device device) {
    Integer mtu = device.settings().mtu();
    boolean v6 =
        device.settings().addressesOrNone().stream()
            .anyMatch(address -> address.prefix().family() == IpFamily.IPV6);
    if (mtu != null && mtu < 1280 && v6) {
      scope.error(
          device.address() + ".mtu",
          device.address(),
          "IPv6 needs an MTU of 1280, and this is " + mtu,
          null);
    }
  }
}
