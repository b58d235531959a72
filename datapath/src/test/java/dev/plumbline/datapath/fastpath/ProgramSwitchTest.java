// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.datapath.translate.FrameActions.Output;
import dev.plumbline.datapath.translate.PortNumbers;
import dev.plumbline.datapath.translate.SwitchHarness;
import dev.plumbline.netlink.testing.KernelTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From a topology to the bytes: switches, changes and traffic at random, decided by the translator,
 * installed as flows, done by the programs; what leaves is what leaves the reference switch. That
 * shares no code with any of them.
 */
@KernelTest
@RequiresEbpf
class ProgramSwitchTest {
  private static final int SWITCHES = 100;
  private static final int STEPS = 150;

  private int generation;

  @Test
  void whatLeavesIsWhatLeavesTheReferenceSwitch(@TempDir Path temporary) throws IOException {
    int sent = 0;
    try (RecordingPath programs = new RecordingPath(temporary.resolve("bpf"))) {
      for (int bond = 0; bond < PortNumbers.BOND_LIMIT; bond++) {
        for (int bucket = 0; bucket < Layout.BUCKETS; bucket++) {
          programs.path().bucket(bond, bucket, PortNumbers.BONDS + bond);
        }
      }
      for (long seed = 0; seed < SWITCHES; seed++) {
        SwitchHarness harness =
            new SwitchHarness(
                seed,
                1000,
                (key, mask, bridge, list, frame) -> send(programs, key, mask, bridge, list, frame));
        for (int i = 0; i < STEPS; i++) {
          harness.step();
        }
        sent += harness.sent();
      }
    }
    assertTrue(sent > 20 * SWITCHES, sent + " packets were sent on");
  }

  private List<Output> send(
      RecordingPath programs,
      FlowKey key,
      FlowMask mask,
      int bridge,
      ActionList list,
      byte[] frame) {
    try {
      assertArrayEquals(frame, RecordingPath.runnable(frame));
      // Earlier decisions, of another state and maybe of another mask, are not to be found.
      programs.path().generation(bridge, ++generation);
      programs.install(key, mask, bridge, list);
      List<Output> outputs = new ArrayList<>();
      for (Event event : programs.receive(key.inPort(), bridge, frame)) {
        if (event.isOutput()) {
          byte[] bytes = HexFormat.of().parseHex(event.begin());
          assertEquals(event.bytes(), bytes.length, "a whole frame");
          outputs.add(new Output(event.what(), bytes));
        } else {
          assertEquals(Event.drop(list.arg(list.size() - 1)), event, list::toString);
        }
      }
      return outputs;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
