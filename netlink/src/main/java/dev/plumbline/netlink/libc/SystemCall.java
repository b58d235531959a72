// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.libc;

/** Numbers of the system calls that have no function of their own, or none that can be called. */
final class SystemCall {
  static final long BPF = number(321, 280);
  static final long MMAP = number(9, 222);

  private SystemCall() {}

  /**
   * The number here.
   *
   * @param x86 of {@code asm/unistd_64.h}
   * @param generic of {@code asm-generic/unistd.h}, which arm64 and riscv64 have
   */
  private static long number(int x86, int generic) {
    String architecture = System.getProperty("os.arch", "");
    return switch (architecture) {
      case "amd64", "x86_64" -> x86;
      case "aarch64", "riscv64" -> generic;
      default ->
          throw new UnsupportedOperationException(
              "the system calls' numbers on " + architecture + " are not known here");
    };
  }
}
