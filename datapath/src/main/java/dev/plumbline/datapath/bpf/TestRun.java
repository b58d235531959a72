// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.Memory;

/**
 * Runs a program of type tc on a frame (BPF_PROG_TEST_RUN): nothing is sent but what {@code
 * bpf_clone_redirect} sends. Reused for many runs without allocation.
 *
 * <p>Of struct __sk_buff the kernel takes only some fields (convert___skb_to_skb,
 * net/bpf/test_run.c), EINVAL else: mark, priority, ifindex, ingress_ifindex, cb, tstamp, wire_len,
 * gso_segs, gso_size, hwtstamp. The protocol is that of the frame's Ethernet header, and a VLAN tag
 * can only be in the frame's bytes. A tag that the program has pushed last is beside the frame and
 * is seen nowhere after the run, unless the program puts it into its control block.
 */
public final class TestRun {
  // struct bpf_attr.test
  private static final int PROGRAM = 0;
  private static final int VERDICT = 4;
  private static final int IN_BYTES = 8;
  private static final int OUT_BYTES = 12;
  private static final int IN = 16;
  private static final int OUT = 24;
  private static final int REPEAT = 32;
  private static final int NANOS = 36;
  private static final int CONTEXT_IN_BYTES = 40;
  private static final int CONTEXT_OUT_BYTES = 44;
  private static final int CONTEXT_IN = 48;
  private static final int CONTEXT_OUT = 56;
  private static final int ATTRIBUTE_BYTES = 80;

  // struct __sk_buff
  private static final int MARK = 8;
  private static final int PRIORITY = 32;
  private static final int INGRESS_IFINDEX = 36;
  private static final int IFINDEX = 40;
  private static final int CB = 48;
  private static final int WIRE_LENGTH = 160;
  private static final int GSO_SEGMENTS = 164;
  private static final int GSO_BYTES = 176;
  private static final int CONTEXT_BYTES = 192;

  private final Memory attributes = Memory.allocate(ATTRIBUTE_BYTES);
  private final Memory contextIn = Memory.allocate(CONTEXT_BYTES);
  private final Memory contextOut = Memory.allocate(CONTEXT_BYTES);
  private final Memory in;
  private final Memory out;

  /**
   * Room for frames.
   *
   * @param bytes of the longest, in and out; the kernel takes up to about a page
   */
  public TestRun(int bytes) {
    this.in = Memory.allocate(bytes);
    this.out = Memory.allocate(bytes);
  }

  /** Where the frame is put before a run, from offset 0. */
  public Memory in() {
    return in;
  }

  /** The frame after a run. */
  public Memory out() {
    return out;
  }

  /** Forgets all context. */
  public TestRun clear() {
    contextIn.clear();
    return this;
  }

  public TestRun mark(int mark) {
    return context(MARK, mark);
  }

  public TestRun priority(int priority) {
    return context(PRIORITY, priority);
  }

  /**
   * The device that the frame is on, of the calling thread's namespace; 0 or 1: the loopback
   * device.
   */
  public TestRun ifindex(int ifindex) {
    return context(IFINDEX, ifindex);
  }

  /** The device that the frame came in by. */
  public TestRun ingressIfindex(int ifindex) {
    return context(INGRESS_IFINDEX, ifindex);
  }

  /**
   * A word of the control block.
   *
   * @param index 0 to 4
   */
  public TestRun cb(int index, int value) {
    return context(CB + 4 * index, value);
  }

  /** Makes it a GSO frame of that many payload bytes in each of its segments. */
  public TestRun gso(int bytes, int segments) {
    return context(GSO_BYTES, bytes).context(GSO_SEGMENTS, segments);
  }

  /** What the frame has on the wire, headers of all its segments included. */
  public TestRun wireLength(int bytes) {
    return context(WIRE_LENGTH, bytes);
  }

  private TestRun context(int offset, int value) {
    contextIn.buffer().putInt(offset, value);
    return this;
  }

  /**
   * Runs the program.
   *
   * @param bytes of the frame in {@link #in}, at least 14
   * @param repeat how often; the frame is not restored in between
   * @return TC_ACT_* or whatever the program gives
   * @throws ErrnoException ENOSPC if the frame has become longer than {@link #out}
   */
  public int run(BpfProgram program, int bytes, int repeat) throws ErrnoException {
    attributes
        .buffer()
        .putInt(PROGRAM, program.fd())
        .putInt(VERDICT, 0)
        .putInt(IN_BYTES, bytes)
        .putInt(OUT_BYTES, out.bytes())
        .putLong(IN, in.address(0, bytes))
        .putLong(OUT, out.address())
        .putInt(REPEAT, repeat)
        .putInt(NANOS, 0)
        .putInt(CONTEXT_IN_BYTES, CONTEXT_BYTES)
        .putInt(CONTEXT_OUT_BYTES, CONTEXT_BYTES)
        .putLong(CONTEXT_IN, contextIn.address())
        .putLong(CONTEXT_OUT, contextOut.address());
    int result = Libc.bpf(BpfCall.PROG_TEST_RUN, attributes);
    if (result < 0) {
      throw new ErrnoException("test run of " + program.name(), -result);
    }
    return attributes.buffer().getInt(VERDICT);
  }

  /** Bytes of the frame in {@link #out}. */
  public int outBytes() {
    return attributes.buffer().getInt(OUT_BYTES);
  }

  /** Mean time of a run in nanoseconds. */
  public int nanos() {
    return attributes.buffer().getInt(NANOS);
  }

  /** The mark after the run. */
  public int mark() {
    return contextOut.buffer().getInt(MARK);
  }

  /** A word of the control block after the run. */
  public int cb(int index) {
    return contextOut.buffer().getInt(CB + 4 * index);
  }
}
