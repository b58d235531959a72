// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import dev.plumbline.netlink.libc.Memory;
import java.io.IOException;

/** The object file of {@code src/test/bpf/fixture.bpf.c}, and keys and values for its maps. */
final class Fixture {
  /** "Next": the frame goes its way. */
  static final int TC_ACT_UNSPEC = -1;

  static final int TC_ACT_REDIRECT = 7;

  private Fixture() {}

  static BpfObject.Spec spec() throws IOException {
    return BpfObject.resource(Fixture.class, "fixture.bpf.o");
  }

  /** With programs that let every frame go its way. */
  static BpfObject passing() throws IOException {
    return spec().constant("verdict", 255).load();
  }

  static Memory u32(int value) {
    Memory memory = Memory.allocate(4);
    memory.buffer().putInt(0, value);
    return memory;
  }

  static Memory u64(long value) {
    Memory memory = Memory.allocate(8);
    memory.buffer().putLong(0, value);
    return memory;
  }

  /** The frames that the programs have counted on a device; 0 if none. */
  static long counted(BpfObject object, int ifindex) throws IOException {
    Memory value = u64(0);
    boolean unused = object.map("counts").lookup(u32(ifindex), 0, value, 0);
    return value.buffer().getLong(0);
  }
}
