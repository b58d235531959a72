// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import dev.plumbline.datapath.bpf.BpfObject;
import dev.plumbline.datapath.bpf.BpfProgram;
import dev.plumbline.datapath.bpf.TestRun;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.netlink.libc.Memory;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The parser of the eBPF programs, in {@code src/test/bpf/parse.bpf.c}, to be run on bytes
 * (BPF_PROG_TEST_RUN) or to be hooked to a device.
 */
public final class ProgramParser implements AutoCloseable {
  /** Of the shortest frame that a program gets to see: its Ethernet header. */
  public static final int LEAST_BYTES = 14;

  /** The kernel is given that many at least, to be cut in the program. */
  private static final int GIVEN_BYTES = 64;

  // struct parsed
  private static final int FRAMES = 96;
  private static final int L3_OFFSET = 100;
  private static final int VLAN_TCI = 104;
  private static final int LENGTH = 108;

  private final BpfObject object;
  private final BpfProgram given;
  private final Memory parsed;
  private final TestRun run = new TestRun(2048);

  public ProgramParser() throws IOException {
    object = BpfObject.resource(BpfObject.class, "parse.bpf.o").load();
    given = object.program("parse_given");
    parsed = object.map("parsed").mapValues();
  }

  /** For a hook. */
  BpfProgram program() {
    return object.program("parse_only");
  }

  /** Parses it; the tag is beside it if its TPID is not 0. */
  public void parse(byte[] frame, int vlanTpid, int vlanTci, FlowKey key) throws IOException {
    run.in().buffer().put(0, frame);
    run.cb(0, vlanTpid == 0 ? 0 : (vlanTpid << 16) | vlanTci).cb(1, frame.length);
    int verdict = run.run(given, Math.max(GIVEN_BYTES, frame.length), 1);
    if (verdict != 0) {
      throw new AssertionError("verdict " + verdict);
    }
    key(key);
  }

  /** The key of the frame that was parsed last. */
  void key(FlowKey key) {
    key.read(parsed.buffer(), 0);
  }

  /** How many frames were parsed. */
  int frames() {
    return (int) ByteBuffers.INT.getVolatile(parsed.buffer(), FRAMES);
  }

  /** Where its payload begins in its bytes, as {@link PacketParser#networkOffset}. */
  public int networkOffset() {
    return parsed.buffer().getInt(L3_OFFSET);
  }

  /** The tag beside the frame, with {@link FlowKey#VLAN_PRESENT}; 0: none. */
  int vlanTci() {
    return parsed.buffer().getInt(VLAN_TCI);
  }

  /** Bytes of the frame, without the tag beside it. */
  int length() {
    return parsed.buffer().getInt(LENGTH);
  }

  @Override
  public void close() throws IOException {
    parsed.unmap();
    object.close();
  }

  /** Reads what another processor writes. */
  private static final class ByteBuffers {
    static final VarHandle INT =
        MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private ByteBuffers() {}
  }
}
