// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

import dev.plumbline.spec.value.Prefix;

/** The key of an address: {@code 10.0.0.1/24}, or {@code 10.0.0.1 peer 10.0.0.2/32}. */
public final class AddressText {
  private static final String PEER = " peer ";

  private AddressText() {}

  public static String of(Prefix prefix) {
    return prefix.toString();
  }

  public static String of(String local, Prefix peer) {
    return local + PEER + peer;
  }

  /** The network that the address connects its device to. */
  public static Prefix network(String key) {
    int at = key.indexOf(PEER);
    return Prefix.parse(at < 0 ? key : key.substring(at + PEER.length())).network();
  }

  /** The host's own address, without a length. */
  public static String local(String key) {
    int at = key.indexOf(PEER);
    return at < 0 ? key.substring(0, key.indexOf('/')) : key.substring(0, at);
  }

  /** The prefix that goes into the message: the peer's where there is one, else the address's. */
  public static Prefix prefix(String key) {
    int at = key.indexOf(PEER);
    return Prefix.parse(at < 0 ? key : key.substring(at + PEER.length()));
  }

  public static boolean hasPeer(String key) {
    return key.contains(PEER);
  }
}
