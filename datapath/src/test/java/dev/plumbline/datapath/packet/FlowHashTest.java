// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowHash;
import dev.plumbline.datapath.flow.FlowKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hash against MurmurHash3 as published, and against its own C. */
class FlowHashTest {
  /** Bytes of a key with its VLAN. */
  private static final int PLACE = FlowKey.BYTES + 8;

  private static final int KEYS = 2_000;

  @TempDir Path directory;

  @Test
  void theReferenceHereIsMurmurHash3() {
    // Vectors that other implementations publish.
    assertEquals(0, murmur3(new byte[0]));
    assertEquals(0xba6bd213, murmur3("test".getBytes(StandardCharsets.US_ASCII)));
    assertEquals(0x2e4ff723, murmur3(pangram()));
  }

  private static byte[] pangram() {
    return "The quick brown fox jumps over the lazy dog".getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void hashesAreMurmurHash3OverTheBytesThatAreWrittenDown() {
    Random random = new Random(1);
    for (int i = 0; i < KEYS; i++) {
      FlowKey key = key(random);
      int vlan = random.nextInt(4096);
      byte[] macs = field(key, FlowField.ETH_DST, 12);
      byte[] source = field(key, FlowField.ETH_SRC, 6);
      byte[] vid = {(byte) (vlan >> 8), (byte) vlan};
      byte[] ports =
          key.get(FlowField.IP_FRAG) == 0 ? field(key, FlowField.TP_SRC, 4) : new byte[4];
      assertEquals(murmur3(Frames.join(source, vid)), FlowHash.layer2(key.ethSrc(), vlan | 0xf000));
      byte[] all = Frames.join(macs, field(key, FlowField.IP_SRC, 32), ports, vid, new byte[2]);
      assertEquals(52, all.length);
      assertEquals(murmur3(all), FlowHash.layer4(key, vlan | 0xf000));
    }
  }

  @Test
  void theHashInCIsTheSame() throws Exception {
    Path source = directory.resolve("main.c");
    Files.writeString(
        source,
        """
        #include <stdio.h>
        #include "hash.h"
        int main(void) {
          struct { struct flow_key key; __u8 vid[8]; } in;
          while (fread(&in, sizeof in, 1, stdin) == 1)
            printf("%08x %08x\\n", flow_hash_l2(&in.key, *(__be16 *)in.vid),
                   flow_hash_l4_end(flow_hash_l4_begin(&in.key), *(__be16 *)in.vid));
        }
        """);
    Path program = directory.resolve("hash");
    compile(source, program);
    Random random = new Random(2);
    ByteBuffer input = ByteBuffer.allocate(KEYS * PLACE);
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < KEYS; i++) {
      FlowKey key = key(random);
      int vlan = random.nextInt(4096);
      input.put(key.bytes()).putShort((short) vlan).position((i + 1) * PLACE);
      expected.append(
          String.format(
              "%08x %08x\n", FlowHash.layer2(key.ethSrc(), vlan), FlowHash.layer4(key, vlan)));
    }
    Path keys = directory.resolve("keys");
    Files.write(keys, input.array());
    Path hashes = directory.resolve("hashes");
    Process process =
        new ProcessBuilder(program.toString())
            .redirectInput(keys.toFile())
            .redirectOutput(hashes.toFile())
            .start();
    assertEquals(0, process.waitFor());
    assertEquals(expected.toString(), Files.readString(hashes));
  }

  private static void compile(Path source, Path program) throws Exception {
    StringBuilder missing = new StringBuilder();
    for (String compiler : new String[] {"cc", "gcc", "clang"}) {
      try {
        Process process =
            new ProcessBuilder(
                    compiler,
                    "-O2",
                    "-Wall",
                    "-Werror",
                    "-fno-strict-aliasing",
                    "-I",
                    Path.of("src/main/bpf").toAbsolutePath().toString(),
                    "-o",
                    program.toString(),
                    source.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return;
      } catch (IOException e) {
        missing.append(e.getMessage()).append(' ');
      }
    }
    String reason = "no C compiler: hash.h is not compared with FlowHash here: " + missing;
    System.err.println(reason);
    Assumptions.abort(reason);
  }

  @Test
  void directionsAndPortsAndVlansMakeADifference() {
    FlowKey key = key(new Random(3));
    key.set(FlowField.IP_FRAG, 0);
    FlowKey other = new FlowKey();
    other.set(key);
    other.set(FlowField.TP_SRC, key.get(FlowField.TP_DST));
    other.set(FlowField.TP_DST, key.get(FlowField.TP_SRC));
    assertNotEquals(FlowHash.layer4(key, 1), FlowHash.layer4(other, 1));
    assertNotEquals(FlowHash.layer4(key, 1), FlowHash.layer4(key, 2));
    key.set(FlowField.IP_FRAG, 1);
    other.set(FlowField.IP_FRAG, 3);
    assertEquals(FlowHash.layer4(key, 1), FlowHash.layer4(other, 1), "fragments of one packet");
  }

  @Test
  void addressesInARowFillTheBucketsEvenly() {
    int[] buckets = new int[256];
    for (int i = 0; i < 256 * 100; i++) {
      buckets[FlowHash.layer2(0x0200_0000_0000L + i, 0) & 0xff]++;
    }
    for (int bucket : buckets) {
      assertTrue(bucket > 50 && bucket < 150, "a bucket of " + bucket + ", 100 would be even");
    }
  }

  @Test
  void sourcePortsAreDynamicOnesAndUseAllOfThem() {
    assertEquals(49152, FlowHash.udpSourcePort(0));
    assertEquals(65535, FlowHash.udpSourcePort(-1));
    assertEquals(49153, FlowHash.udpSourcePort(1 << 18));
    assertEquals(49152 + 8192, FlowHash.udpSourcePort(1 << 31));
  }

  private static FlowKey key(Random random) {
    FlowKey key = new FlowKey();
    random.nextBytes(key.bytes());
    key.set(FlowField.IP_FRAG, Math.max(0, random.nextInt(8) - 4));
    return key;
  }

  private static byte[] field(FlowKey key, FlowField from, int length) {
    byte[] bytes = new byte[length];
    System.arraycopy(key.bytes(), from.offset(), bytes, 0, length);
    return bytes;
  }

  /** MurmurHash3_x86_32 with seed 0 of bytes, with their tail. */
  private static int murmur3(byte[] data) {
    int hash = 0;
    ByteBuffer bytes = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.remaining() >= 4) {
      hash ^= scrambled(bytes.getInt());
      hash = Integer.rotateLeft(hash, 13) * 5 + 0xe6546b64;
    }
    int tail = 0;
    for (int shift = 0; bytes.hasRemaining(); shift += 8) {
      tail |= (bytes.get() & 0xff) << shift;
    }
    hash ^= scrambled(tail) ^ data.length;
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    return hash ^ (hash >>> 16);
  }

  private static int scrambled(int word) {
    return Integer.rotateLeft(word * 0xcc9e2d51, 15) * 0x1b873593;
  }
}
