// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Throws noise and damaged frames at all that reads frames, for {@code -Dplumbline.fuzz.seconds}
 * (2); {@code datapath/fuzz} does it for ten minutes. Whatever an input did wrong once is kept
 * below {@code src/test/resources/fuzz/packet} and tried again each time.
 */
class PacketParserFuzzTest implements ActionExecutor.Sink {
  private static final Path KEPT = Path.of("src/test/resources/fuzz/packet");

  private final PacketParser parser = new PacketParser();
  private final ActionExecutor executor = new ActionExecutor();
  private final Segmenter segmenter = new Segmenter();
  private final Ipv4Fragmenter fragmenter = new Ipv4Fragmenter();
  private final Icmp icmp = new Icmp();
  private final FlowKey key = new FlowKey();
  private final FlowKey again = new FlowKey();
  private final ByteBuffer answer = ByteBuffer.allocate(Icmp.FRAME_BYTES);
  private final ByteBuffer roomy = ByteBuffer.allocateDirect(0x10000);
  private final VnetHeader vnet = new VnetHeader();

  @Test
  void whatOnceWentWrongIsRight() throws IOException {
    List<Path> files;
    try (Stream<Path> list = Files.list(KEPT)) {
      files = list.filter(file -> file.toString().endsWith(".hex")).sorted().toList();
    }
    assertFalse(files.isEmpty());
    for (Path file : files) {
      byte[] frame = Frames.hex(Files.readString(file));
      for (int seed = 0; seed < 100; seed++) {
        one(frame, new Random(seed));
      }
    }
  }

  @Test
  void noFrameDoesHarm() throws IOException {
    int seconds = Integer.getInteger("plumbline.fuzz.seconds", 2);
    long seed = Long.getLong("plumbline.fuzz.seed", 1);
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    Random random = new Random(seed);
    long frames = 0;
    while (System.nanoTime() < end) {
      byte[] frame = DamagedFrame.of(random);
      long vnetSeed = random.nextLong();
      try {
        one(frame, new Random(vnetSeed));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            DamagedFrame.keep(KEPT, frame) + ", vnet seed " + vnetSeed + ", seed " + seed, e);
      }
      frames++;
    }
    System.err.println(
        "fuzz: " + frames + " frames in " + seconds + " s, seed " + seed + ", no harm done");
    assertTrue(frames > 0);
  }

  /** A frame that ends where its buffer ends, so that no byte behind it can be read. */
  private void one(byte[] frame, Random random) {
    ByteBuffer exact = ByteBuffer.wrap(frame);
    boolean whole = parser.parse(exact, 0, frame.length, key);
    assertEquals(frame.length >= 14, whole);
    within(parser.networkOffset(), frame.length);
    within(parser.transportOffset(), frame.length);
    within(parser.packetEnd(), frame.length);

    // The same bytes in the middle of others, off the heap.
    int start = ActionExecutor.HEADROOM;
    roomy.limit(start + frame.length + 32);
    for (int i = 0; i < 32; i++) {
      roomy.put(i, (byte) random.nextInt());
      roomy.put(start + frame.length + i, (byte) random.nextInt());
    }
    roomy.put(start, frame);
    assertEquals(whole, parser.parse(roomy, start, frame.length, again));
    assertEquals(key, again, "it depends on what is around the frame");

    randomVnet(random);
    int count = segmenter.segment(exact, 0, frame.length, vnet, PacketParserFuzzTest::drop);
    assertTrue(count >= 0 && count <= frame.length);
    int mtu = random.nextInt(200);
    assertTrue(fragmenter.fragment(exact, 0, frame.length, mtu, PacketParserFuzzTest::drop) >= 0);
    int length = icmp.tooBig(exact, 0, frame.length, mtu, answer, 0);
    if (length > 0) {
      assertTrue(parser.parse(answer, 0, length, again));
      assertTrue(parser.transportOffset() > 0, "the answer is an IP packet");
      assertEquals(key.ethSrc(), again.ethDst());
    }
    vnet.completeChecksum(ByteBuffer.wrap(frame.clone()), 0, frame.length);
    ActionList actions = new ActionList();
    for (int i = random.nextInt(10); i > 0; i--) {
      switch (random.nextInt(4)) {
        case 0 -> actions.pushVlan(0x8100, random.nextInt());
        case 1 -> actions.popVlan();
        case 2 -> actions.bond(1, random.nextInt(2));
        default -> actions.output(1);
      }
    }
    executor.execute(
        actions, key, roomy, start, frame.length, 0x88a8, random.nextInt(), vnet, this);
  }

  private static void within(int offset, int length) {
    assertTrue(offset >= -1 && offset <= length, () -> offset + " is not in the frame");
  }

  private void randomVnet(Random random) {
    int[] types = {0, 1, 3, 4, 5, 0x81, 0x84};
    vnet.flags(random.nextInt(4));
    vnet.gsoType(types[random.nextInt(types.length)]);
    vnet.gsoSize(random.nextInt(64));
    vnet.headerBytes(random.nextInt(0x10000));
    int mask = random.nextBoolean() ? 0xffff : 0x3f;
    vnet.checksumStart(random.nextInt(0x10000) & mask);
    vnet.checksumOffset(random.nextInt(0x10000) & mask);
  }

  private static void drop(ByteBuffer buffer, int offset, int length) {
    assertTrue(offset >= ActionExecutor.HEADROOM && length > 14);
    assertTrue(offset + length <= buffer.capacity());
  }

  @Override
  public void output(int port, ByteBuffer buffer, int offset, int length, VnetHeader header) {
    assertTrue(offset >= 0 && length >= 14 && offset + length <= buffer.limit());
  }

  @Override
  public boolean meter(int bridge, long number, int frameBytes, int segments) {
    return true;
  }

  @Override
  public int bondPort(int bond, int hash) {
    return hash & 1;
  }

  @Override
  public void upcall(int reason, ByteBuffer buffer, int offset, int length, VnetHeader header) {
    throw new AssertionError("no action asks for one");
  }

  @Override
  public void drop(int reason) {
    assertTrue(reason > 0);
  }
}
