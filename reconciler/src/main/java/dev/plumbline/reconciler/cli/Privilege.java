// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.host.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether this process may speak to the kernel about networks. */
final class Privilege {
  /** CAP_NET_ADMIN (linux/capability.h). */
  private static final int NET_ADMIN = 12;

  /** CAP_SYS_ADMIN, which entering a named namespace takes (setns(2)). */
  private static final int SYS_ADMIN = 21;

  private Privilege() {}

  /**
   * Opens the host, or says what to do instead.
   *
   * @param embedded the way to the host's switch
   * @param otherwise what helps a user who has no way to become root; a clause
   */
  static Host open(Path stateDirectory, SwitchAccess embedded, String otherwise)
      throws IOException {
    require(otherwise);
    return Host.open(stateDirectory, embedded);
  }

  /** Refuses to go on without the right to speak to the kernel about networks. */
  static void require(String otherwise) throws IOException {
    if (!suffices(Files.readString(Path.of("/proc/self/status")))) {
      throw new CommandException(
          "reading the host needs root, or CAP_NET_ADMIN and CAP_SYS_ADMIN: run with sudo"
              + otherwise);
    }
  }

  /** Whether the effective capabilities of a {@code /proc/PID/status} are enough (proc(5)). */
  static boolean suffices(String status) {
    for (String line : status.lines().toList()) {
      if (line.startsWith("CapEff:")) {
        long effective = Long.parseUnsignedLong(line.substring("CapEff:".length()).trim(), 16);
        return (effective >> NET_ADMIN & effective >> SYS_ADMIN & 1) == 1;
      }
    }
    throw new IllegalStateException("/proc/self/status has no CapEff");
  }
}
