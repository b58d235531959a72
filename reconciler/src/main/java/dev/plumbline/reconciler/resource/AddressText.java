// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

import dev.plumbline.spec.value.Prefix;
import java.util.Set;

/**
 * The key of an address: {@code 10.0.0.1/24}, or {@code 10.0.0.1 peer 10.0.0.2/32}; and the fields
 * of a live one that nobody can ask for.
 */
public final class AddressText {
  /** A lifetime that runs down. */
  public static final String RUNNING = "running";

  /** What is left of a lifetime that runs down: {@code 3599s}; only where it does. */
  public static final String VALID_LEFT = "validLeft";

  public static final String PREFERRED_LEFT = "preferredLeft";

  /** The place of an IPv4 address among those of its device, from 1. */
  public static final String POSITION = "position";

  /** Fields that tell how things stand and can not be asked for. */
  public static final Set<String> TOLD =
      Set.of("secondary", "dynamic", VALID_LEFT, PREFERRED_LEFT, POSITION);

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
