// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import dev.plumbline.datapath.testing.PeerProgram;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Shows frames to other programs: the classic capture format, pcap-savefile(5). */
final class Pcap {
  private static final int LINK_ETHERNET = 1;

  private Pcap() {}

  static void write(Path path, List<byte[]> frames) throws IOException {
    int size = 24 + frames.stream().mapToInt(frame -> 16 + frame.length).sum();
    ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    file.putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4).putLong(0);
    file.putInt(0xffff).putInt(LINK_ETHERNET);
    for (byte[] frame : frames) {
      file.putLong(0).putInt(frame.length).putInt(frame.length).put(frame);
    }
    Files.write(path, file.array());
  }

  /**
   * The lines that the command writes. The test is skipped, with the reason on standard error, if
   * there is no such command here.
   */
  static List<String> lines(Path directory, List<String> command) throws Exception {
    if (PeerProgram.run(directory, command, "the parser is not compared with it here") != 0) {
      throw new AssertionError(command + ": " + Files.readString(directory.resolve("errors")));
    }
    return Files.readAllLines(directory.resolve("output"));
  }
}
