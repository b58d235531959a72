// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.value;

import java.nio.charset.StandardCharsets;

/** The rule for names of network namespaces: each is a file in /run/netns (ip-netns(8)). */
public final class NamespaceName {
  private NamespaceName() {}

  /**
   * Returns the name if it can be a file's name: 1 to 255 bytes without {@code /} and control
   * characters, and neither {@code .} nor {@code ..}.
   *
   * @throws ValueException if it is not
   */
  public static String check(String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    boolean forbidden = name.chars().anyMatch(c -> c == '/' || c <= ' ' || c == 0x7f);
    if (bytes == 0 || bytes > 255 || forbidden || name.equals(".") || name.equals("..")) {
      throw new ValueException(
          "`" + name + "` cannot name a namespace",
          "1 to 255 bytes without `/` and spaces, and other than `.` and `..`");
    }
    return name;
  }
}
