// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The parser against frames whose builder says what is in them, whole and cut off. */
class PacketParserProperties {
  private final PacketParser parser = new PacketParser();

  @Property(tries = 20_000)
  void everyFieldOfAFrameWithoutMistakesIsFound(
      @ForAll long seed, @ForAll boolean direct, @ForAll @IntRange(max = 17) int offset) {
    RandomFrame frame = new RandomFrame(seed);
    byte[] bytes = frame.bytes();
    ByteBuffer buffer =
        direct
            ? ByteBuffer.allocateDirect(offset + bytes.length)
            : ByteBuffer.allocate(offset + bytes.length);
    buffer.put(offset, bytes);
    FlowKey key = new FlowKey();
    Arrays.fill(key.bytes(), (byte) 0x5a);
    parser.parse(buffer, offset, bytes.length, key);
    assertEquals(KeyText.of(frame.expected()), KeyText.of(key), frame::toString);
  }

  @Property(tries = 5_000)
  void aTagBesideTheFrameIsAsGoodAsOneInIt(@ForAll long seed) {
    byte[] bytes = new RandomFrame(seed).bytes();
    FlowKey inside = new FlowKey();
    parser.parse(ByteBuffer.wrap(bytes), 0, bytes.length, inside);
    int network = parser.networkOffset();
    if (inside.vlanTci() == 0) {
      return;
    }
    byte[] untagged =
        Frames.join(Arrays.copyOf(bytes, 12), Arrays.copyOfRange(bytes, 16, bytes.length));
    FlowKey beside = new FlowKey();
    parser.parse(
        ByteBuffer.wrap(untagged),
        0,
        untagged.length,
        inside.get(FlowField.VLAN_TPID),
        inside.vlanTci(),
        beside);
    assertEquals(KeyText.of(inside), KeyText.of(beside));
    assertEquals(network - 4, parser.networkOffset());
  }

  @Property(tries = 5_000)
  void aFrameCutOffHasEachFieldAsBeforeOrNotAtAll(
      @ForAll long seed, @ForAll @IntRange(max = 255) int cut) {
    RandomFrame frame = new RandomFrame(seed);
    byte[] bytes = frame.bytes();
    int length = bytes.length * cut / 256;
    FlowKey key = new FlowKey();
    // Bytes behind the frame that would show if they were read.
    byte[] padded = Frames.join(Arrays.copyOf(bytes, length), new byte[64]);
    Arrays.fill(padded, length, padded.length, (byte) 0xa5);
    boolean whole = parser.parse(ByteBuffer.wrap(padded), 0, length, key);
    assertEquals(length >= 14, whole);
    FlowKey exact = new FlowKey();
    parser.parse(ByteBuffer.wrap(Arrays.copyOf(bytes, length)), 0, length, exact);
    assertEquals(KeyText.of(exact), KeyText.of(key), "bytes behind the frame were read");
    byte[] got = key.bytes();
    byte[] full = frame.expected().bytes();
    for (FlowField field : FlowField.values()) {
      int from = field.offset();
      int to = from + field.length();
      boolean absent = Arrays.equals(got, from, to, new byte[field.length()], 0, field.length());
      // A tag that is cut off is the frame's type.
      boolean cutTag = field == FlowField.ETH_TYPE && Wire.isTag(key.ethType());
      // A frame cut off within SNAP has none.
      boolean cutSnap = field == FlowField.ETH_TYPE && key.ethType() == FlowKey.ETH_TYPE_NONE;
      assertFalse(
          !absent && !cutTag && !cutSnap && !Arrays.equals(got, from, to, full, from, to),
          () -> field + " of " + frame + " cut off after " + length + ": " + KeyText.of(key));
    }
  }
}
