// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Segments and checksums against the kernel's, byte for byte, from the same big frames. */
@KernelTest
class SegmenterKernelTest {
  private static final int FRAMES = 400;

  private final Segmenter segmenter = new Segmenter();

  @Test
  void segmentsAreTheKernels() throws Exception {
    Random random = new Random(1);
    int segments = 0;
    int unknown = 0;
    try (Tap tap = new Tap("tap0")) {
      for (int n = 0; n < FRAMES; n++) {
        BigFrame big = new BigFrame(random, true);
        byte[] bytes = big.bytes;
        if (!tap.send(big.vnet, bytes)) {
          assertEquals(VnetHeader.GSO_UDP_L4, big.vnet.gsoType(), big::toString);
          unknown++;
          continue;
        }
        List<byte[]> ours = new ArrayList<>();
        int count =
            segmenter.segment(
                ByteBuffer.wrap(bytes), 0, bytes.length, big.vnet, (b, o, l) -> add(ours, b, o, l));
        assertTrue(count > 0, "not cut: " + big);
        assertEquals(count, ours.size());
        List<byte[]> kernels = tap.received(count);
        assertEquals(kernels.size(), count, big::toString);
        for (int i = 0; i < count; i++) {
          assertArrayEquals(kernels.get(i), ours.get(i), "segment " + i + " of " + big);
        }
        segments += count;
      }
    }
    if (unknown > 0) {
      System.err.println(
          "before Linux 6.2 no UDP segmentation by vnet header: " + unknown + " frames left out");
    }
    assertTrue(segments > 5 * FRAMES, "only " + segments);
  }

  @Test
  void completedChecksumsAreTheKernels() throws Exception {
    Random random = new Random(2);
    try (Tap tap = new Tap("tap0")) {
      for (int n = 0; n < FRAMES; n++) {
        BigFrame frame = new BigFrame(random, false);
        assertTrue(tap.send(frame.vnet, frame.bytes), frame::toString);
        byte[] ours = frame.bytes.clone();
        assertTrue(frame.vnet.completeChecksum(ByteBuffer.wrap(ours), 0, ours.length));
        List<byte[]> kernels = tap.received(1);
        assertEquals(1, kernels.size(), frame::toString);
        assertEquals(
            HexFormat.of().formatHex(kernels.get(0)),
            HexFormat.of().formatHex(ours),
            frame::toString);
      }
    }
  }

  private static void add(List<byte[]> frames, ByteBuffer buffer, int offset, int length) {
    byte[] copy = new byte[length];
    buffer.get(offset, copy);
    frames.add(copy);
  }
}
