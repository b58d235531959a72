// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

@KernelTest
class TestRunTest {
  @Test
  void markAndDevicesReachTheProgram() throws IOException {
    Sh.run("ip link add v0 index 77 type veth peer name v1 index 78");
    try (BpfObject object = Fixture.passing()) {
      Memory shared = object.map("shared").mapValues();
      shared.buffer().putLong(0, 78);
      TestRun run = new TestRun(256).mark(0x1234).ifindex(77).ingressIfindex(78);
      assertEquals(Fixture.TC_ACT_REDIRECT, run.run(object.program("redirect"), 64, 1));
      assertEquals(0x1234, shared.buffer().getLong(8));
      assertEquals(78, shared.buffer().getLong(16));
      assertEquals(0, run.mark(), "the program clears it");
      assertEquals(64, run.outBytes());
      assertEquals(Fixture.TC_ACT_UNSPEC, run.run(object.program("count"), 64, 1));
      assertEquals(1, Fixture.counted(object, 77));
      shared.unmap();
    }
  }

  @Test
  void bytesComeOutAsTheProgramLeavesThem() throws IOException {
    try (BpfObject object = Fixture.passing()) {
      TestRun run = new TestRun(256);
      for (int i = 0; i < 60; i++) {
        run.in().buffer().put(i, (byte) i);
      }
      assertEquals(0, run.run(object.program("tag"), 60, 1));
      assertEquals(64, run.outBytes());
      assertEquals(8, run.cb(0) & 0xfff, "beside the frame");
      ByteBuffer out = run.out().buffer().duplicate().order(ByteOrder.BIG_ENDIAN);
      assertEquals(0x8100_0007, out.getInt(12));
      for (int i = 0; i < 60; i++) {
        assertEquals(i, out.get(i < 12 ? i : i + 4), "byte " + i);
      }
    }
  }

  @Test
  void repeatedRunsAreTimed() throws IOException {
    try (BpfObject object = Fixture.passing()) {
      TestRun run = new TestRun(256);
      int verdict = run.run(object.program("count"), 64, 10_000);
      assertEquals(Fixture.TC_ACT_UNSPEC, verdict);
      assertEquals(10_000, Fixture.counted(object, 1));
      assertTrue(run.nanos() > 0 && run.nanos() < 100_000, run.nanos() + " ns");
    }
  }

  @Test
  void frameThatIsTooShortIsRefused() throws IOException {
    try (BpfObject object = Fixture.passing()) {
      TestRun run = new TestRun(256);
      ErrnoException e =
          assertThrows(ErrnoException.class, () -> run.run(object.program("count"), 13, 1));
      assertTrue(e.getMessage().contains("count"), e.getMessage());
    }
  }
}
