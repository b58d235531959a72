// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Files that the kernel makes up as they are read. They count as regular ones, and may be without
 * end, or let a reader wait for ever: {@code /proc/kmsg}, {@code trace_pipe}.
 */
public final class KernelFiles {
  /** File systems as mounts name them (proc_mounts(5)). */
  private static final Set<String> TYPES =
      Set.of(
          "proc",
          "sysfs",
          "tracefs",
          "debugfs",
          "securityfs",
          "configfs",
          "cgroup",
          "cgroup2",
          "bpf",
          "pstore",
          "efivarfs",
          "selinuxfs");

  private KernelFiles() {}

  /** Whether a file is one of those, as far as can be found out; it is not opened. */
  public static boolean has(Path file) {
    try {
      return TYPES.contains(Files.getFileStore(file).type());
    } catch (IOException e) {
      return false; // gone, or on a mount that this process does not see: as any other file
    }
  }
}
