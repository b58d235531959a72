// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.Memory;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;

/**
 * One call of bpf(2) with its attributes: for what is done seldom. Maps have attributes of their
 * own that stay.
 */
final class BpfCall {
  // enum bpf_cmd
  static final int MAP_CREATE = 0;
  static final int MAP_LOOKUP_ELEM = 1;
  static final int MAP_UPDATE_ELEM = 2;
  static final int MAP_DELETE_ELEM = 3;
  static final int MAP_GET_NEXT_KEY = 4;
  static final int PROG_LOAD = 5;
  static final int OBJ_PIN = 6;
  static final int OBJ_GET = 7;
  static final int PROG_TEST_RUN = 10;
  static final int PROG_GET_FD_BY_ID = 13;
  static final int OBJ_GET_INFO_BY_FD = 15;
  static final int PROG_QUERY = 16;
  static final int MAP_LOOKUP_BATCH = 24;
  static final int MAP_LOOKUP_AND_DELETE_BATCH = 25;
  static final int MAP_UPDATE_BATCH = 26;
  static final int MAP_DELETE_BATCH = 27;
  static final int LINK_CREATE = 28;
  static final int LINK_UPDATE = 29;
  static final int LINK_DETACH = 34;

  private final Memory attributes;

  /**
   * A call whose attributes are all 0 at first.
   *
   * @param bytes of union bpf_attr that the kernel is to look at
   */
  BpfCall(int bytes) {
    this.attributes = Memory.allocate(bytes);
  }

  BpfCall u8(int offset, int value) {
    attributes.buffer().put(offset, (byte) value);
    return this;
  }

  BpfCall u32(int offset, int value) {
    attributes.buffer().putInt(offset, value);
    return this;
  }

  BpfCall u64(int offset, long value) {
    attributes.buffer().putLong(offset, value);
    return this;
  }

  /** What the kernel has written. */
  int u32(int offset) {
    return attributes.buffer().getInt(offset);
  }

  /** What the command gives, or the errno as a negative number. */
  int call(int command) {
    return Libc.bpf(command, attributes);
  }

  /**
   * What the command gives.
   *
   * @param what the error message's beginning
   */
  int run(int command, String what) throws ErrnoException {
    int result = call(command);
    if (result < 0) {
      throw new ErrnoException(what, -result);
    }
    return result;
  }

  /** Gives an open map, program or link a file in a bpffs. */
  static void pin(int fd, String path) throws ErrnoException {
    Memory name = string(path);
    try {
      new BpfCall(16).u64(0, name.address()).u32(8, fd).run(OBJ_PIN, "pin " + path);
    } finally {
      Reference.reachabilityFence(name);
    }
  }

  /** Opens what is pinned; a descriptor. */
  static int openPinned(String path) throws ErrnoException {
    Memory name = string(path);
    try {
      return new BpfCall(16).u64(0, name.address()).run(OBJ_GET, "open pinned " + path);
    } finally {
      Reference.reachabilityFence(name);
    }
  }

  /**
   * What the kernel says about an open object.
   *
   * @param bytes at most; what a kernel does not fill stays 0
   */
  static Memory info(int fd, int bytes) throws ErrnoException {
    Memory info = Memory.allocate(bytes);
    new BpfCall(16)
        .u32(0, fd)
        .u32(4, bytes)
        .u64(8, info.address())
        .run(OBJ_GET_INFO_BY_FD, "get information about a BPF object");
    return info;
  }

  /** The bytes and a NUL. */
  static Memory string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Memory memory = Memory.allocate(bytes.length + 1);
    memory.buffer().put(0, bytes);
    return memory;
  }

  /** Up to the first NUL of {@code length} bytes. */
  static String string(Memory memory, int offset, int length) {
    byte[] bytes = new byte[length];
    memory.buffer().get(offset, bytes);
    int end = 0;
    while (end < length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
