// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.value.SysctlKey;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Keys that are no sysctl of a network namespace (those of the whole machine, and paths out), and
 * values that are words where the kernel has numbers.
 */
final class SysctlChecks {
  private static final Set<String> YES = Set.of("true", "yes", "on");
  private static final Set<String> NO = Set.of("false", "no", "off");

  private SysctlChecks() {}

  static void run(Scope scope) {
    scope
        .state
        .namespaces()
        .forEach(
            (name, namespace) -> {
              String object = "namespaces." + name;
              Map<String, String> seen = new HashMap<>();
              for (String key : namespace.sysctl().keySet()) {
                String value = String.valueOf(namespace.sysctl().get(key)).toLowerCase(Locale.ROOT);
                boolean word = YES.contains(value) || NO.contains(value);
                if (word && scope.isSure(object, "sysctl." + key)) {
                  scope.warning(
                      object + ".sysctl." + key,
                      object,
                      "`" + key + "` is `" + value + "`, and the kernel has numbers for that",
                      YES.contains(value) ? "1" : "0");
                }
                String other = seen.putIfAbsent(SysctlKey.dotted(key), key);
                if (other != null) {
                  scope.error(
                      object + ".sysctl." + key,
                      object,
                      "`" + key + "` is the same sysctl as `" + other + "`",
                      "one of them");
                }
                if (!isOfANamespace(key)) {
                  scope.error(
                      object + ".sysctl." + key,
                      object,
                      "`" + key + "` is no sysctl of a network namespace",
                      "a key below net, such as net.ipv4.ip_forward");
                }
              }
            });
  }

  private static boolean isOfANamespace(String key) {
    if (!key.startsWith("net.") && !key.startsWith("net/")) {
      return false;
    }
    // Dots part the words, unless slashes do: then a dot belongs to a word.
    for (String word : key.split(key.startsWith("net/") ? "/" : "[./]", -1)) {
      if (word.isEmpty() || word.equals(".") || word.equals("..") || word.indexOf('\0') >= 0) {
        return false;
      }
    }
    return true;
  }
}
