// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Fragments put together again are the packet. */
class Ipv4FragmenterProperties {
  private final Ipv4Fragmenter fragmenter = new Ipv4Fragmenter();

  private List<byte[]> fragments(byte[] frame, int mtu) {
    List<byte[]> fragments = new ArrayList<>();
    int count =
        fragmenter.fragment(
            ByteBuffer.wrap(frame),
            0,
            frame.length,
            mtu,
            (buffer, offset, length) -> {
              byte[] bytes = new byte[length];
              buffer.get(offset, bytes);
              fragments.add(bytes);
            });
    assertEquals(count, fragments.size());
    return fragments;
  }

  private static byte[] frame(int[] tags, byte[] packet) {
    return Frames.ethernet(new byte[6], new byte[6], tags, 0x0800, packet);
  }

  @Property(tries = 2_000)
  void fragmentsPutTogetherAreThePacket(
      @ForAll long seed,
      @ForAll @IntRange(min = 68, max = 2000) int mtu,
      @ForAll @IntRange(max = 6000) int payloadBytes,
      @ForAll @IntRange(max = 10) int optionWords,
      @ForAll @IntRange(max = 2) int tags,
      @ForAll boolean isFragment) {
    byte[] payload = new byte[payloadBytes];
    new Random(seed).nextBytes(payload);
    int first = isFragment ? 0x2000 | 185 : 0; // the middle of a bigger one, or whole
    byte[] packet =
        Frames.ipv4(
            new byte[] {10, 0, 0, 1},
            new byte[] {10, 0, 0, 2},
            17,
            0xb8,
            64,
            0x1234,
            first,
            optionWords,
            payload);
    int[] tag = new int[tags];
    Arrays.fill(tag, 0x8100_0064);
    byte[] frame = frame(tag, packet);
    int network = 14 + 4 * tags;
    int headers = network + 20 + 4 * optionWords;
    byte[] together = new byte[payloadBytes];
    int next = 0;
    List<byte[]> fragments = fragments(frame, mtu);
    assertTrue(!fragments.isEmpty(), "mtu " + mtu + " is enough");
    for (int i = 0; i < fragments.size(); i++) {
      byte[] fragment = fragments.get(i);
      ByteBuffer bytes = ByteBuffer.wrap(fragment);
      assertTrue(fragment.length - network <= mtu, "fits");
      assertEquals(fragment.length - network, bytes.getShort(network + 2));
      assertEquals(0xffff, Frames.sum(Arrays.copyOfRange(fragment, network, headers)));
      int flagsAndOffset = bytes.getShort(network + 6);
      boolean last = i == fragments.size() - 1;
      assertEquals(!last || isFragment, (flagsAndOffset & 0x2000) != 0, "more fragments");
      assertEquals(next, ((flagsAndOffset & 0x1fff) - (first & 0x1fff)) * 8, "offset");
      System.arraycopy(fragment, headers, together, next, fragment.length - headers);
      next += fragment.length - headers;
      // All else of the header is as it was.
      ByteBuffer restored = ByteBuffer.wrap(Arrays.copyOf(fragment, headers));
      for (int at : new int[] {2, 6, 10}) {
        restored.putShort(network + at, ByteBuffer.wrap(frame).getShort(network + at));
      }
      assertArrayEquals(Arrays.copyOf(frame, headers), restored.array());
    }
    assertEquals(payloadBytes, next);
    assertArrayEquals(payload, together);
  }

  @Example
  void optionsThatAreNotCopiedAreInTheFirstOnly() {
    byte[] packet = Frames.ipv4(new byte[4], new byte[4], 17, 0, 64, 1, 0, 4, new byte[3000]);
    // record route (7, not copied), strict source route (137, copied), no operation, end
    byte[] options = Frames.hex("0707040a000001 8907040a000002 01 00");
    System.arraycopy(options, 0, packet, 20, 16);
    Frames.put16(packet, 10, 0);
    Frames.put16(packet, 10, ~Frames.sum(Arrays.copyOf(packet, 36)));
    List<byte[]> fragments = fragments(frame(new int[0], packet), 1500);
    assertEquals(3, fragments.size());
    assertArrayEquals(options, Arrays.copyOfRange(fragments.get(0), 34, 50));
    byte[] later = Frames.hex("01010101010101 8907040a000002 01 00");
    assertArrayEquals(later, Arrays.copyOfRange(fragments.get(1), 34, 50));
    assertArrayEquals(later, Arrays.copyOfRange(fragments.get(2), 34, 50));
  }

  @Example
  void whatMayNotBeFragmentedIsNot() {
    byte[] four = new byte[4];
    byte[] whole = Frames.ipv4(four, four, 17, 0, 64, 1, 0x4000, 0, new byte[2000]);
    assertEquals(0, fragments(frame(new int[0], whole), 1500).size());
    byte[] small = Frames.ipv4(four, four, 17, 0, 64, 1, 0x4000, 0, new byte[1480]);
    assertEquals(1, fragments(frame(new int[0], small), 1500).size());
    byte[] options = Frames.ipv4(four, four, 17, 0, 64, 1, 0, 10, new byte[100]);
    assertEquals(0, fragments(frame(new int[0], options), 67).size());
    byte[] arp = new byte[60];
    assertEquals(0, fragments(arp, 40).size());
  }
}
