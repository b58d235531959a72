// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.util.Map;

/** Who runs a command, as the log names them. */
final class Asker {
  private Asker() {}

  /**
   * {@code ann (as root) from 192.0.2.7}.
   *
   * @param environment SUDO_USER (sudo(8)) and SSH_CONNECTION (sshd(8)) tell more than the user
   *     does
   */
  static String of(Map<String, String> environment) {
    String user = System.getProperty("user.name", "?");
    String sudo = environment.getOrDefault("SUDO_USER", "");
    String ssh = environment.getOrDefault("SSH_CONNECTION", "").trim();
    return (sudo.isEmpty() || sudo.equals(user) ? user : sudo + " (as " + user + ")")
        + (ssh.isEmpty() ? "" : " from " + ssh.split("\\s+", -1)[0]);
  }
}
