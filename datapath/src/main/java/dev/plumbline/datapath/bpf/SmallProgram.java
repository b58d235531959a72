// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.Memory;
import java.io.IOException;
import java.lang.ref.Reference;

/** A program of type tc with one verdict, which may call one helper before. */
public final class SmallProgram implements AutoCloseable {
  static final int NO_HELPER = 0;

  private static final int TYPE = 3; // BPF_PROG_TYPE_SCHED_CLS
  private static final int LOG_BYTES = 16 * 1024;

  private final int fd;

  private SmallProgram(int fd) {
    this.fd = fd;
  }

  /**
   * Loads a program.
   *
   * @param verdict TC_ACT_* of {@code <linux/pkt_cls.h>}
   * @throws IOException with the verifier's words
   */
  public static SmallProgram load(int verdict) throws IOException {
    return new SmallProgram(load(NO_HELPER, verdict));
  }

  /** Whether a program that calls the helper can be loaded; the exception says why not. */
  static void probe(int helper) throws IOException {
    Libc.close(load(helper, 0));
  }

  private static int load(int helper, int verdict) throws IOException {
    // r1 to r3 = 0, r4 = 0; call; r0 = verdict; exit (struct bpf_insn: code, registers, offset,
    // imm)
    Memory code = Memory.allocate(7 * 8);
    int count = 0;
    for (int register = 1; helper != NO_HELPER && register <= 4; register++) {
      instruction(code, count++, 0xb7, register, 0);
    }
    if (helper != NO_HELPER) {
      instruction(code, count++, 0x85, 0, helper);
    }
    instruction(code, count++, 0xb7, 0, verdict);
    instruction(code, count++, 0x95, 0, 0);
    Memory licence = BpfCall.string("Apache-2.0");
    Memory log = Memory.allocate(LOG_BYTES);
    BpfCall call =
        new BpfCall(72)
            .u32(0, TYPE)
            .u32(4, count)
            .u64(8, code.address())
            .u64(16, licence.address())
            .u32(24, 1)
            .u32(28, LOG_BYTES)
            .u64(32, log.address());
    int fd;
    try {
      fd = call.call(BpfCall.PROG_LOAD);
    } finally {
      Reference.reachabilityFence(code);
      Reference.reachabilityFence(licence);
    }
    if (fd < 0) {
      String words = BpfCall.string(log, 0, LOG_BYTES).strip();
      throw new ErrnoException(
          "load a program" + (words.isEmpty() ? "" : " (" + firstComplaint(words) + ")"), -fd);
    }
    return fd;
  }

  /** Owned by this; a hook that has the program holds it by itself. */
  public int fd() {
    return fd;
  }

  @Override
  public void close() {
    Libc.close(fd);
  }

  private static void instruction(Memory code, int index, int operation, int register, int imm) {
    code.buffer()
        .put(index * 8, (byte) operation)
        .put(index * 8 + 1, (byte) register)
        .putInt(index * 8 + 4, imm);
  }

  /** The line that is neither an instruction nor statistics. */
  private static String firstComplaint(String log) {
    return log.lines()
        .filter(line -> !line.matches("[0-9]+: .*|func#.*|processed .*|; .*"))
        .findFirst()
        .orElse(log);
  }
}
