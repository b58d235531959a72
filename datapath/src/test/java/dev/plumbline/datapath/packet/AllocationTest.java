// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Nothing on the way of a packet allocates: thousands of packets, not one object. */
class AllocationTest implements ActionExecutor.Sink {
  private static final int FRAMES = 512;
  private static final int ROUNDS = 200;

  @Test
  void parsingAndExecutingAllocateNothing() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(0x1000);
    byte[][] frames = new byte[FRAMES][];
    for (int i = 0; i < FRAMES; i++) {
      frames[i] = new RandomFrame(i).bytes();
    }
    ActionList actions = new ActionList();
    actions.pushVlan(0x8100, 10);
    actions.output(1);
    actions.popVlan();
    actions.bond(1, ActionList.BOND_HASH_L4);
    PacketParser parser = new PacketParser();
    ActionExecutor executor = new ActionExecutor();
    FlowKey key = new FlowKey();
    VnetHeader vnet = new VnetHeader();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = 0;
    for (int round = 0; round < 2 * ROUNDS; round++) {
      if (round == ROUNDS) { // all classes are loaded by now, all code has run
        before = threads.getCurrentThreadAllocatedBytes();
      }
      for (byte[] frame : frames) {
        buffer.put(32, frame);
        parser.parse(buffer, 32, frame.length, key);
        executor.execute(actions, key, buffer, 32, frame.length, 0, 0, vnet, this);
      }
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    long packets = (long) FRAMES * ROUNDS;
    assertTrue(allocated < packets, () -> allocated + " bytes for " + packets + " packets");
  }

  @Override
  public void output(int port, ByteBuffer buffer, int offset, int length, VnetHeader vnet) {}

  @Override
  public boolean meter(int bridge, long number, int frameBytes, int segments) {
    return true;
  }

  @Override
  public int bondPort(int bond, int hash) {
    return 1;
  }

  @Override
  public void upcall(int reason, ByteBuffer buffer, int offset, int length, VnetHeader vnet) {}

  @Override
  public void drop(int reason) {}
}
