// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.bpf.BpfFs;
import dev.plumbline.datapath.bpf.Probe;
import java.io.IOException;
import java.nio.file.Path;

/** Chooses the fast path: eBPF where the kernel lets us, else packet sockets. */
public final class FastPaths {
  private FastPaths() {}

  /**
   * Opens the best one, in the calling thread's network namespace. What an earlier process left of
   * the other one is taken away.
   *
   * @param directory for pins
   * @param name of the hidden device, and of the switch in its namespace
   * @param ebpf whether eBPF is tried
   * @throws IOException if the kernel refuses something that both ways need
   */
  public static FastPath open(Path directory, String name, boolean ebpf) throws IOException {
    if (!ebpf) {
      return withoutEbpf(directory, name, "eBPF is switched off");
    }
    EbpfFastPath opened;
    try {
      opened = EbpfFastPath.open(directory, name);
    } catch (NoEbpfException e) {
      return withoutEbpf(directory, name, "no eBPF: " + reason(e));
    }
    try (Screen screen = Screen.open(name)) {
      screen.release();
    }
    return opened;
  }

  /**
   * Whether an earlier process left something there that forwards without one.
   *
   * @param directory for pins
   */
  public static boolean isLeft(Path directory) throws IOException {
    return BpfFs.isMounted(directory) && !BpfFs.mount(directory).pins().isEmpty();
  }

  /** In one line: what the kernel lacks, or else the first that was said about the programs. */
  private static String reason(NoEbpfException refusal) {
    String obstacle = Probe.run().obstacle();
    return obstacle.isEmpty()
        ? String.valueOf(refusal.getMessage()).lines().limit(2).reduce("", FastPaths::join)
        : obstacle;
  }

  private static String join(String first, String second) {
    return first.isEmpty() ? second.strip() : first + ": " + second.strip();
  }

  private static FastPath withoutEbpf(Path directory, String name, String reason)
      throws IOException {
    EbpfFastPath.dismantle(directory);
    return PacketFastPath.open(name, reason);
  }
}
