// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.value;

import java.nio.charset.StandardCharsets;

/**
 * The kernel's rules for device names: {@code dev_valid_name} in net/core/dev.c, and {@code
 * sysctl_dev_name_is_allowed} in net/ipv4/devinet.c.
 */
public final class DeviceName {
  private DeviceName() {}

  /**
   * Returns the name if it is 1 to 15 bytes without {@code /}, {@code :}, {@code %} and white
   * space, and none of {@code .}, {@code ..}, {@code all} and {@code default}.
   *
   * @throws ValueException if it is not
   */
  public static String check(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0 || bytes.length > 15) {
      throw new ValueException(
          "`" + name + "` is " + bytes.length + " bytes long and cannot name a device",
          "1 to 15 bytes");
    }
    // A percent sign would make the kernel choose a number in its place.
    boolean forbidden =
        name.chars().anyMatch(c -> c == '/' || c == ':' || c == '%' || c <= ' ' || c == 0x7f);
    if (forbidden || name.equals(".") || name.equals("..")) {
      throw new ValueException(
          "`" + name + "` cannot name a device",
          "a name without `/`, `:`, `%`, spaces, and other than `.` and `..`");
    }
    for (byte each : bytes) {
      // Latin 1's hard space to the kernel, which knows nothing of UTF-8: the second half of `à`.
      if (each == (byte) 0xa0) {
        throw new ValueException(
            "`" + name + "` has a byte 0xa0 in UTF-8 and cannot name a device",
            "a name without that letter, which the kernel takes for a space");
      }
    }
    if (name.equals("all") || name.equals("default")) {
      throw new ValueException(
          "`" + name + "` cannot name a device: the kernel's sysctls have that name",
          "another name");
    }
    return name;
  }
}
