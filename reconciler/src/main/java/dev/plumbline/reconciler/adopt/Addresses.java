// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.adopt;

import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Prefix;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Addresses as entries of {@code addresses}. */
final class Addresses {
  private Addresses() {}

  /** Why the address does not belong into the file; empty where it does. */
  static String obstacle(Resource address, @Nullable String masterKind) {
    if ("bridge".equals(masterKind) || "bond".equals(masterKind)) {
      return "the addresses of a " + masterKind + "'s port would answer nobody";
    }
    if (address.isOurs()) {
      return "";
    }
    if (address.get("dynamic").equals("true") || address.get("validLifetime").equals("running")) {
      return "it is leased; whoever leased it renews it";
    }
    return "";
  }

  /** Whether the kernel keeps the address by itself. */
  static boolean isKernels(Resource address) {
    IpAddress local = IpAddress.parse(AddressText.local(address.id().key()));
    return !address.isOurs() && local.family() == IpFamily.IPV6 && local.isLinkLocal();
  }

  static Object write(Resource address, Notes notes) {
    String key = address.id().key();
    String local = AddressText.local(key);
    Prefix far = AddressText.prefix(key);
    boolean v4 = far.family() == IpFamily.IPV4;
    Tree tree = new Tree();
    tree.put("address", local + "/" + far.length());
    if (AddressText.hasPeer(key)) {
      tree.put("peer", far.address().toString());
    }
    if (v4 && !address.get("broadcast").equals(broadcast(far))) {
      tree.putIfAny("broadcast", address.get("broadcast"));
    }
    String label = address.get("label");
    if (!label.isEmpty() && !label.equals(address.id().device())) {
      if (label.startsWith(address.id().device())) {
        tree.put("label", label);
      } else {
        notes.add(address.id(), "its label does not begin with the device's name");
      }
    }
    if (v4 && !address.get("scope").equals("global")) {
      tree.putIfAny("scope", address.get("scope"));
    }
    tree.putIfAny("metric", address.get("metric"));
    if (address.get("preferredLifetime").equals("0s")) {
      tree.put("preferredLifetime", "0s");
    }
    for (String flag : new String[] {"noPrefixRoute", "noDad"}) {
      if (address.get(flag).equals("true")) {
        tree.put(flag, true);
      }
    }
    return tree.map().size() == 1 ? local + "/" + far.length() : tree.map();
  }

  /** The last address of the network, which changes nothing: the kernel knows it anyway. */
  private static String broadcast(Prefix prefix) {
    byte[] bytes = prefix.address().toInetAddress().getAddress();
    for (int bit = prefix.length(); bit < bytes.length * 8; bit++) {
      bytes[bit / 8] |= (byte) (0x80 >> (bit % 8));
    }
    try {
      return IpAddress.of(InetAddress.getByAddress(bytes)).toString();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
    }
  }
}
