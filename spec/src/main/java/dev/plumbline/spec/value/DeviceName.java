// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.value;

import java.nio.charset.StandardCharsets;

/** The kernel's rule for device names ({@code dev_valid_name} in net/core/dev.c). */
public final class DeviceName {
  private DeviceName() {}

  /**
   * Returns the name if it is 1 to 15 bytes without {@code /}, {@code :} and white space, and
   * neither {@code .} nor {@code ..}.
   *
   * @throws ValueException if it is not
   */
  public static String check(String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > 15) {
      throw new ValueException(
          "`" + name + "` is " + bytes + " bytes long and cannot name a device", "1 to 15 bytes");
    }
    boolean forbidden =
        name.chars().anyMatch(c -> c == '/' || c == ':' || c <= ' ' || c == 0x7f || c == 0xa0);
    if (forbidden || name.equals(".") || name.equals("..") || name.contains("%")) {
      // A percent sign would make the kernel choose a number in its place.
      throw new ValueException(
          "`" + name + "` cannot name a device",
          "a name without `/`, `:`, `%`, spaces, and other than `.` and `..`");
    }
    return name;
  }
}
