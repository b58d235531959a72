// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import dev.plumbline.datapath.packet.DamagedFrame;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.KernelTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The programs do with a frame what Java's executor does with it, action by action: frames and
 * lists at random, a seed replays one.
 */
@KernelTest
@RequiresEbpf
class ProgramActionsTest {
  private static final int PORT = 9;
  private static final int BRIDGE = 3;

  @TempDir Path temporary;
  private RecordingPath programs;
  private final JavaSide java = new JavaSide();
  private final ActionList actions = new ActionList();
  private int outputs;

  @BeforeEach
  void load() throws IOException {
    programs = new RecordingPath(temporary.resolve("bpf"));
    for (int bond = 0; bond < RandomActions.BONDS; bond++) {
      for (int bucket = 0; bucket < Layout.BUCKETS; bucket++) {
        programs.path().bucket(bond, bucket, JavaSide.bucketPort(bond, bucket));
      }
    }
    programs.path().generation(BRIDGE, 77);
  }

  @AfterEach
  void unload() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @Test
  void injectedFramesMeetTheActionsThatJavaWouldDo() throws IOException {
    for (long seed = 0; seed < 10_000; seed++) {
      Random random = new Random(seed);
      byte[] frame = RecordingPath.runnable(DamagedFrame.of(random));
      int tpid = random.nextInt(3) == 0 ? 0 : random.nextBoolean() ? 0x8100 : 0x88a8;
      int tci = random.nextInt(0x10000);
      RandomActions.fill(actions, random, ActionList.LIMIT, true);
      List<Event> expected = java.execute(actions, frame, tpid, tci);
      String text = text(seed, frame) + " tag " + Integer.toHexString((tpid << 16) | tci);
      assertEquals(expected, programs.inject(actions, frame, tpid, tci), text);
      outputs += expected.size();
    }
    assertTrue(outputs > 20_000, outputs + " outputs");
  }

  @Test
  void flowsWithFewActionsDoWhatJavaWouldDo() throws IOException {
    flows(FlowTable.INLINE, 5_000);
    assertTrue(outputs > 5_000, outputs + " outputs");
  }

  @Test
  void flowsWithListsDoWhatJavaWouldDo() throws IOException {
    flows(ActionList.LIMIT, 3_000);
    assertTrue(outputs > 10_000, outputs + " outputs");
  }

  private void flows(int mostActions, int count) throws IOException {
    FlowMask mask = new FlowMask();
    mask.useLayer2();
    for (long seed = 0; seed < count; seed++) {
      Random random = new Random(seed);
      byte[] frame = RecordingPath.runnable(DamagedFrame.of(random));
      RandomActions.fill(actions, random, mostActions, false);
      FlowKey key = java.key(frame, 0, 0);
      key.inPort(PORT);
      programs.install(key, mask, BRIDGE, actions);
      List<Event> expected = java.execute(actions, frame, 0, 0);
      assertEquals(expected, programs.receive(PORT, BRIDGE, frame), text(seed, frame));
      outputs += expected.size();
    }
  }

  private String text(long seed, byte[] frame) {
    return "seed " + seed + ": " + actions + " on " + HexFormat.of().formatHex(frame);
  }
}
