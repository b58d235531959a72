// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.upcall;

import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.Memory;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The program that chooses the queue of a frame on its way up: the low half of its mark, which is
 * the port it came in by. The kernel takes it modulo the number of queues (tun_ebpf_select_queue,
 * drivers/net/tun.c). Three instructions, so there is nothing to compile and nothing to relocate.
 */
final class SteeringProgram {
  private static final int BPF_PROG_LOAD = 5;
  private static final int BPF_PROG_TYPE_SOCKET_FILTER = 1;
  private static final int ATTRIBUTE_BYTES = 128;
  private static final int INSTRUCTION_BYTES = 8;

  /** Of mark in struct __sk_buff, {@code <linux/bpf.h>}. */
  private static final int MARK_OFFSET = 8;

  private static final int LOAD_WORD = 0x61; // BPF_LDX | BPF_MEM | BPF_W
  private static final int AND_CONSTANT = 0x57; // BPF_ALU64 | BPF_AND | BPF_K
  private static final int EXIT = 0x95; // BPF_JMP | BPF_EXIT
  private static final int R0 = 0;
  private static final int R1 = 1;

  private SteeringProgram() {}

  /**
   * Loads it.
   *
   * @return its descriptor, the caller's to close
   */
  static int load() throws ErrnoException {
    Memory instructions = Memory.allocate(3 * INSTRUCTION_BYTES);
    instruction(instructions.buffer(), 0, LOAD_WORD, R0, R1, MARK_OFFSET, 0);
    instruction(instructions.buffer(), 1, AND_CONSTANT, R0, R0, 0, 0xffff);
    instruction(instructions.buffer(), 2, EXIT, R0, R0, 0, 0);
    byte[] name = "plumbline_steer".getBytes(StandardCharsets.US_ASCII); // 15 bytes and a NUL
    Memory license = Memory.allocate(16);
    license.buffer().put(0, "Apache-2.0".getBytes(StandardCharsets.US_ASCII));
    Memory attribute = Memory.allocate(ATTRIBUTE_BYTES);
    // union bpf_attr of BPF_PROG_LOAD: type, instructions, where they are, licence, …, name at 48.
    attribute
        .buffer()
        .putInt(0, BPF_PROG_TYPE_SOCKET_FILTER)
        .putInt(4, 3)
        .putLong(8, instructions.address())
        .putLong(16, license.address())
        .put(48, name);
    try {
      int fd = Libc.bpf(BPF_PROG_LOAD, attribute);
      if (fd < 0) {
        throw new ErrnoException("load the program that chooses queues", -fd);
      }
      return fd;
    } finally {
      // The kernel has the memory's addresses only: until here it must be reachable.
      Reference.reachabilityFence(instructions);
      Reference.reachabilityFence(license);
    }
  }

  /** struct bpf_insn; its two registers are bit-fields, whose order is that of the bytes. */
  private static void instruction(
      ByteBuffer code, int index, int operation, int to, int from, int offset, int constant) {
    boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    int at = index * INSTRUCTION_BYTES;
    code.put(at, (byte) operation);
    code.put(at + 1, (byte) (little ? from << 4 | to : to << 4 | from));
    code.putShort(at + 2, (short) offset);
    code.putInt(at + 4, constant);
  }
}
