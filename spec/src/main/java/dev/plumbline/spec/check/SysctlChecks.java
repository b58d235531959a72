// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

/** Keys that are no sysctl of a network namespace: those of the whole machine, and paths out. */
final class SysctlChecks {
  private SysctlChecks() {}

  static void run(Scope scope) {
    scope
        .state
        .namespaces()
        .forEach(
            (name, namespace) -> {
              for (String key : namespace.sysctl().keySet()) {
                if (!isOfANamespace(key)) {
                  String object = "namespaces." + name;
                  scope.error(
                      object + ".sysctl",
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
