// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import dev.plumbline.datapath.packet.RandomFrame;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Flows under masks at random: the programs find one for exactly the frames that agree with it
 * where its mask asks, and none of another generation. The model looks through lists. On a
 * throwaway host, but not in user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
class ProgramMasksTest {
  private static final int BRIDGES = 2;
  private static final int PORTS = 4;

  @SuppressWarnings("ArrayRecordComponent")
  private record Flow(byte[] mask, FlowKey key, int bridge, int generation, int output) {
    boolean matches(FlowKey other, int ofBridge, int now) {
      boolean same = bridge == ofBridge && generation == now;
      for (int i = 0; same && i < FlowKey.BYTES; i++) {
        same = ((key.bytes()[i] ^ other.bytes()[i]) & mask[i]) == 0;
      }
      return same;
    }
  }

  private final JavaSide java = new JavaSide();
  private final List<byte[]> frames = new ArrayList<>();
  private final List<Flow> exact = new ArrayList<>();
  private final List<List<Flow>> masked = new ArrayList<>();
  private final Map<Integer, Integer> generations = new HashMap<>();
  private int hits;
  private int behindOthers;
  private int misses;
  private int outputs;

  @Test
  void programFindsTheFlowsThatAgree(@TempDir Path temporary) throws IOException {
    for (long seed = 0; seed < 25; seed++) {
      try (RecordingPath programs = new RecordingPath(temporary.resolve("bpf" + seed))) {
        one(programs, seed);
      }
    }
    String text = hits + " hits, " + behindOthers + " of them not under the first mask, " + misses;
    System.err.println("masked flows: " + text + " misses");
    assertTrue(hits > 1_500 && behindOthers > 500 && misses > 2_000, text);
  }

  private void one(RecordingPath programs, long seed) throws IOException {
    Random random = new Random(seed);
    MaskTable masks = new MaskTable();
    exact.clear();
    masked.clear();
    for (int i = 0; i < MaskTable.LIMIT; i++) {
      masked.add(new ArrayList<>());
    }
    frames.clear();
    for (int i = 0; i < 6; i++) {
      frames.add(new RandomFrame(random.nextLong()).bytes());
    }
    for (int bridge = 1; bridge <= BRIDGES; bridge++) {
      bump(programs, bridge);
    }
    for (int i = 0; i < 400; i++) {
      byte[] frame = frames.get(random.nextInt(frames.size())).clone();
      if (random.nextBoolean()) {
        frame[random.nextInt(Math.min(90, frame.length))] ^= (byte) (1 << random.nextInt(8));
      }
      int port = 1 + random.nextInt(PORTS);
      int bridge = 1 + port % BRIDGES;
      switch (random.nextInt(8)) {
        case 0 -> install(programs, masks, random, frame, port, bridge);
        case 1 -> {
          if (random.nextInt(8) == 0) {
            bump(programs, bridge);
          }
        }
        default -> look(programs, frame, port, bridge, seed);
      }
    }
  }

  private void bump(RecordingPath programs, int bridge) throws IOException {
    int next = generations.merge(bridge, 1, Integer::sum);
    programs.path().generation(bridge, next);
  }

  private void install(
      RecordingPath programs, MaskTable masks, Random random, byte[] frame, int port, int bridge)
      throws IOException {
    FlowMask mask = mask(random);
    FlowKey key = new FlowKey();
    key.set(java.key(frame, 0, 0));
    key.inPort(port);
    int output = 1 + outputs++ % 0x7000;
    ActionList actions = new ActionList();
    actions.output(output);
    programs.install(key, mask, bridge, actions);
    byte[] bits;
    List<Flow> among;
    if (mask.isLayer2()) {
      FlowMask layer2 = new FlowMask();
      layer2.useLayer2();
      bits = layer2.bytes();
      among = exact;
    } else {
      int index = masks.index(mask);
      bits = masks.bytes(index).clone();
      assertArrayEquals(bits, programs.path().mask(index));
      among = masked.get(index);
    }
    // One entry for what agrees in all that is asked for, whatever its generation.
    among.removeIf(
        old ->
            new Flow(bits, old.key, bridge, old.generation, 0)
                .matches(key, bridge, old.generation));
    among.add(new Flow(bits, key, bridge, generations.getOrDefault(bridge, 0), output));
  }

  /** All of layer 2 or only its port, and fields or bits behind it. */
  private static FlowMask mask(Random random) {
    FlowMask mask = new FlowMask();
    if (random.nextInt(4) > 0) {
      mask.useLayer2();
    } else {
      mask.use(FlowField.IN_PORT);
      mask.use(FlowField.ETH_TYPE);
    }
    if (random.nextInt(6) == 0) {
      return mask;
    }
    for (FlowField field : FlowField.values()) {
      if (random.nextInt(5) == 0) {
        mask.use(field);
      }
    }
    if (random.nextInt(3) == 0) {
      int at = FlowKey.LAYER2_BYTES + random.nextInt(FlowKey.BYTES - FlowKey.LAYER2_BYTES);
      mask.bytes()[at] = (byte) random.nextInt(256);
    }
    return mask;
  }

  private void look(RecordingPath programs, byte[] frame, int port, int bridge, long seed)
      throws IOException {
    byte[] given = RecordingPath.runnable(frame);
    FlowKey key = java.key(given, 0, 0);
    key.inPort(port);
    int now = generations.getOrDefault(bridge, 0);
    int what = Layout.RECORD_UPCALL | Layout.UPCALL_MISS;
    int stage = -1;
    for (int i = -1; i < MaskTable.LIMIT && what > Layout.RECORD_UPCALL; i++) {
      for (Flow flow : i < 0 ? exact : masked.get(i)) {
        if (flow.matches(key, bridge, now)) {
          what = flow.output;
          stage = i;
        }
      }
    }
    if (what > Layout.RECORD_UPCALL) {
      misses++;
    } else {
      hits++;
      behindOthers += stage > 0 ? 1 : 0;
    }
    assertEquals(
        List.of(Event.of(what, given.length, given)),
        programs.receive(port, bridge, given),
        () -> "seed " + seed + ": " + HexFormat.of().formatHex(given));
  }
}
