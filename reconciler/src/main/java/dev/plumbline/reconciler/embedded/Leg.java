// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.embedded;

import java.nio.charset.StandardCharsets;

/** The switch's half of an internal port's veth pair. */
public final class Leg {
  private static final String PREFIX = "pl-";

  /** 15 bytes are a device's longest name (IFNAMSIZ - 1): 3 of the prefix, 12 of five bits each. */
  private static final int DIGITS = 12;

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Leg() {}

  /**
   * The name of the device, the same at every run: a hash (FNV-1a, 60 of its 64 bits), so that any
   * key gives a name that fits and that people do not take for one of theirs.
   *
   * @param key of the internal port in the file
   */
  public static String of(String key) {
    long hash = FNV_OFFSET;
    for (byte each : key.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (each & 0xff)) * FNV_PRIME;
    }
    StringBuilder name = new StringBuilder(PREFIX);
    for (int i = 0; i < DIGITS; i++) {
      name.append(Character.forDigit((int) (hash >>> (5 * i)) & 31, 32));
    }
    return name.toString();
  }

  /** Whether a device's name is one that {@link #of} gives. */
  public static boolean isOne(String device) {
    return device.matches(PREFIX + "[0-9a-v]{" + DIGITS + "}");
  }
}
