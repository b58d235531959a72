// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ChecksumsProperties {
  @Property(tries = 2_000)
  void theSumIsThatOfThePlainLoop(
      @ForAll @Size(max = 200) byte[] bytes, @ForAll @IntRange(max = 7) int offset) {
    ByteBuffer buffer = ByteBuffer.allocate(offset + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.put(offset, bytes);
    assertEquals(
        ~Frames.sum(bytes) & 0xffff, Checksums.finish(Checksums.sum(buffer, offset, bytes.length)));
  }

  @Property(tries = 2_000)
  void updatingIsAsGoodAsSummingAgain(
      @ForAll @Size(min = 20, max = 20) byte[] header,
      @ForAll @IntRange(max = 8) int word,
      @ForAll @IntRange(max = 0xffff) int to) {
    header[0] = 0x45; // no header is all 0, where 0 has two forms
    if (word == 0) {
      return;
    }
    ByteBuffer buffer = ByteBuffer.wrap(header);
    int checksum = Checksums.finish(Checksums.sum(buffer, 0, 20));
    int from = Wire.u16(buffer, 2 * word);
    Wire.u16(buffer, 2 * word, to);
    assertEquals(
        Checksums.finish(Checksums.sum(buffer, 0, 20)), Checksums.update(checksum, from, to));
  }

  @Example
  void longBlocksOfOnesDoNotOverflow() {
    byte[] bytes = new byte[0x20000];
    Arrays.fill(bytes, (byte) 0xff);
    assertEquals(0, Checksums.finish(Checksums.sum(ByteBuffer.wrap(bytes), 0, bytes.length)));
  }

  @Example
  void theExampleOfRfc1071() {
    byte[] bytes = Frames.hex("0001 f203 f4f5 f6f7");
    assertEquals(0xddf2, ~Checksums.finish(Checksums.sum(ByteBuffer.wrap(bytes), 0, 8)) & 0xffff);
  }

  @Example
  void theExampleOfRfc1624() {
    assertEquals(0x0000, Checksums.update(0xdd2f, 0x5555, 0x3285));
  }
}
