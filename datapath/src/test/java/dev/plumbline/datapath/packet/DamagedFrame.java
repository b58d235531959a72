// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/** Frames with mistakes: of others' making, cut off, bits turned over, bytes at random. */
public final class DamagedFrame {
  private static final int[] TELLING = {0, 1, 4, 5, 6, 17, 40, 43, 44, 51, 58, 60, 0x81, 0x88, 255};

  private DamagedFrame() {}

  /**
   * Writes a frame that did harm to the directory whose frames are tried each time.
   *
   * @return the frame in hexadecimal, and where it is, or why it is nowhere: in user-mode Linux
   *     nothing can be written there
   */
  public static String keep(Path directory, byte[] frame) {
    String hex = HexFormat.of().formatHex(frame);
    Path file = directory.resolve(Integer.toHexString(hex.hashCode()) + ".hex");
    try {
      Files.writeString(file, hex + "\n");
      return hex + " kept as " + file;
    } catch (IOException e) {
      return hex + " could not be kept (" + e + ")";
    }
  }

  public static byte[] of(Random random) {
    if (random.nextInt(16) == 0) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      return noise;
    }
    byte[] bytes = new RandomFrame(random.nextLong()).bytes();
    if (random.nextInt(3) == 0) {
      bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
    }
    damage(random, bytes);
    return bytes;
  }

  /** Another one that is damaged once more, or a little longer or shorter, or has bytes twice. */
  public static byte[] again(Random random, byte[] frame) {
    byte[] bytes = frame.clone();
    switch (random.nextInt(4)) {
      case 0 -> bytes = Arrays.copyOf(bytes, Math.max(0, bytes.length + random.nextInt(17) - 8));
      case 1 -> {
        if (bytes.length > 16) {
          int from = 12 + random.nextInt(bytes.length - 12);
          int to = 12 + random.nextInt(bytes.length - 12);
          int length = random.nextInt(bytes.length - Math.max(from, to));
          System.arraycopy(frame, from, bytes, to, length);
        }
      }
      default -> {}
    }
    damage(random, bytes);
    return bytes;
  }

  private static void damage(Random random, byte[] bytes) {
    for (int damages = random.nextInt(4); damages > 0 && bytes.length > 12; damages--) {
      int at = 12 + random.nextInt(Math.min(bytes.length, 150) - 12);
      switch (random.nextInt(3)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) TELLING[random.nextInt(TELLING.length)];
        default -> bytes[at] = (byte) random.nextInt();
      }
    }
  }
}
