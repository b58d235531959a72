// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import java.util.regex.Pattern;

/** Patterns of names: {@code *} stands for any characters, {@code ?} for one. */
final class Glob {
  private Glob() {}

  static boolean matches(String glob, String name) {
    return Pattern.compile(
            Pattern.quote(glob).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q"), Pattern.DOTALL)
        .matcher(name)
        .matches();
  }

  /** Whether it is a name. */
  static boolean isPlain(String glob) {
    return !glob.contains("*") && !glob.contains("?");
  }
}
