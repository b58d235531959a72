// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.value;

/** The two ways to write a sysctl's key, {@code net.ipv4.ip_forward} and {@code net/ipv4/…}. */
public final class SysctlKey {
  private SysctlKey() {}

  /**
   * The key with dots between its words, whichever way it was written: the one of the two
   * characters that comes first parts the words, the other one is part of a word and is swapped
   * (sysctl(8)).
   */
  public static String dotted(String key) {
    int slash = key.indexOf('/');
    int dot = key.indexOf('.');
    if (slash < 0 || (dot >= 0 && dot < slash)) {
      return key;
    }
    return key.replace('/', '\0').replace('.', '/').replace('\0', '.');
  }
}
