// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import dev.plumbline.netlink.libc.Descriptor;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.Memory;

/** A program in the kernel. */
public final class BpfProgram implements AutoCloseable {
  private static final int INFO_BYTES = 80; // struct bpf_prog_info up to its name

  private final String name;
  private final int id;
  private final Descriptor descriptor;

  /** Takes over the descriptor, even if this fails. */
  private BpfProgram(int fd, String name, int id) {
    this.descriptor = new Descriptor(fd, "the program " + name);
    this.name = name;
    this.id = id;
  }

  /**
   * Of a descriptor, which it takes over even if this fails.
   *
   * @param name the function's whole name; the kernel knows 15 characters of it
   */
  static BpfProgram of(int fd, String name) throws ErrnoException {
    return new BpfProgram(fd, name, info(fd).buffer().getInt(4));
  }

  /** A program that somebody has loaded, by the kernel's number. */
  static BpfProgram byId(int id) throws ErrnoException {
    int fd = new BpfCall(12).u32(0, id).run(BpfCall.PROG_GET_FD_BY_ID, "open BPF program " + id);
    return new BpfProgram(fd, BpfCall.string(info(fd), 64, 16), id);
  }

  private static Memory info(int fd) throws ErrnoException {
    boolean done = false;
    try {
      Memory info = BpfCall.info(fd, INFO_BYTES);
      done = true;
      return info;
    } finally {
      if (!done) {
        Libc.close(fd);
      }
    }
  }

  /** The name of the C function; of one that somebody else loaded its first 15 characters. */
  public String name() {
    return name;
  }

  /** The kernel's number, as {@code bpftool prog} shows it. */
  public int id() {
    return id;
  }

  /** The descriptor, owned by this program. */
  public int fd() {
    return descriptor.fd();
  }

  /** Closes the descriptor; an attached program stays. */
  @Override
  public void close() {
    descriptor.close();
  }

  @Override
  public String toString() {
    return name + " (program " + id + ")";
  }
}
