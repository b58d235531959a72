// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * When a process was started, which with its number tells it from all others of this start of the
 * host: {@code starttime} of proc_pid_stat(5), in clock ticks since then. {@link
 * ProcessHandle.Info#startInstant} moves when somebody sets the host's clock.
 */
final class ProcessStart {
  /** There is no such process, or it has ended and nobody has asked how. */
  static final long NONE = -1;

  /** Counted after the name, which may have blanks and parentheses in it. */
  private static final int STATE = 0;

  private static final int START = 19;

  private ProcessStart() {}

  static long of(long process) {
    String stat;
    try {
      // The name may be any bytes.
      stat =
          new String(
              Files.readAllBytes(Path.of("/proc", Long.toString(process), "stat")),
              StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return NONE; // ENOENT, or ESRCH if it ends while it is read
    }
    String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return words[STATE].equals("Z") || words[STATE].equals("X")
        ? NONE
        : Long.parseLong(words[START]);
  }
}
