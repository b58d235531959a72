// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.packet.DamagedFrame;
import dev.plumbline.datapath.packet.KeyText;
import dev.plumbline.datapath.packet.ProgramParser;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Noise and frames that are damaged again and again, through the programs and through Java, for
 * {@code -Dplumbline.fuzz.seconds} (2): one key, one set of outputs. {@code datapath/fuzz} does it
 * for ten minutes. Whatever differed once is kept below {@code src/test/resources/fuzz/packet}.
 */
@KernelTest
@RequiresEbpf
class ProgramFuzzTest {
  private static final Path KEPT = Path.of("src/test/resources/fuzz/packet");
  private static final int POOL = 256;
  private static final int MOST_BYTES = 1_500;

  @TempDir Path temporary;
  private RecordingPath programs;
  private ProgramParser parser;
  private final JavaSide java = new JavaSide();
  private final FlowKey key = new FlowKey();
  private final ActionList actions = new ActionList();

  @BeforeEach
  void load() throws IOException {
    parser = new ProgramParser();
    programs = new RecordingPath(temporary.resolve("bpf"));
    for (int bond = 0; bond < RandomActions.BONDS; bond++) {
      for (int bucket = 0; bucket < Layout.BUCKETS; bucket++) {
        programs.path().bucket(bond, bucket, JavaSide.bucketPort(bond, bucket));
      }
    }
  }

  @AfterEach
  void unload() throws IOException {
    parser.close();
    if (programs != null) {
      programs.close();
    }
  }

  @Test
  void whatOnceDifferedIsTheSame() throws IOException {
    int tried = 0;
    try (Stream<Path> list = Files.list(KEPT)) {
      for (Path file : list.filter(one -> one.toString().endsWith(".hex")).sorted().toList()) {
        byte[] frame = HexFormat.of().parseHex(Files.readString(file).replaceAll("\\s", ""));
        for (int seed = 0; seed < 100 && frame.length >= ProgramParser.LEAST_BYTES; seed++) {
          one(frame, new Random(seed));
          tried++;
        }
      }
    }
    assertTrue(tried > 0);
  }

  @Test
  void noFrameIsTwoThings() throws IOException {
    int seconds = Integer.getInteger("plumbline.fuzz.seconds", 2);
    long seed = Long.getLong("plumbline.fuzz.seed", 1);
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    Random random = new Random(seed);
    byte[][] pool = new byte[POOL][];
    long frames = 0;
    while (System.nanoTime() < end) {
      int at = random.nextInt(POOL);
      byte[] frame = pool[at];
      if (frame == null || random.nextInt(8) == 0) {
        frame = DamagedFrame.of(random);
      } else {
        frame = DamagedFrame.again(random, frame);
      }
      if (frame.length < ProgramParser.LEAST_BYTES || frame.length > MOST_BYTES) {
        pool[at] = null;
        continue;
      }
      pool[at] = frame;
      long detail = random.nextLong();
      try {
        one(frame, new Random(detail));
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError(
            DamagedFrame.keep(KEPT, frame) + ", detail " + detail + ", seed " + seed, e);
      }
      frames++;
    }
    System.err.println(
        "fuzz: " + frames + " frames in " + seconds + " s, seed " + seed + ", programs as Java");
    assertTrue(frames > 0);
  }

  private void one(byte[] frame, Random random) throws IOException {
    int tpid = random.nextBoolean() ? 0 : random.nextBoolean() ? 0x8100 : 0x88a8;
    int tci = random.nextInt(0x10000);
    parser.parse(frame, tpid, tci, key);
    FlowKey javas = java.key(frame, tpid, tci);
    if (!javas.equals(key)) {
      assertEquals(KeyText.of(javas), KeyText.of(key), "tag " + tpid + " " + tci);
    }
    byte[] whole = RecordingPath.runnable(frame);
    RandomActions.fill(actions, random, 12, true);
    assertEquals(
        java.execute(actions, whole, tpid, tci),
        programs.inject(actions, whole, tpid, tci),
        () -> actions + " with tag " + tpid + " " + tci);
  }
}
