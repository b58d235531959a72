// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bpf.BpfFs;
import dev.plumbline.datapath.bpf.Hook;
import dev.plumbline.datapath.bpf.Hooks;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The programs take out of every frame what {@link PacketParser} takes out of it: in the kernel, on
 * the same bytes, and by a device where the kernel puts tags beside the frame.
 */
@KernelTest
class ProgramParserTest {
  private static final int FRAMES = 20_000;

  private final PacketParser parser = new PacketParser();
  private final FlowKey javas = new FlowKey();
  private final FlowKey programs = new FlowKey();

  @Test
  void validFramesHaveTheKeyThatTheirBuilderKnows() throws IOException {
    try (ProgramParser program = new ProgramParser()) {
      for (long seed = 0; seed < FRAMES; seed++) {
        RandomFrame frame = new RandomFrame(seed);
        program.parse(frame.bytes(), 0, 0, programs);
        assertEquals(KeyText.of(frame.expected()), KeyText.of(programs), frame::toString);
        compare(program, frame.bytes(), 0, 0);
      }
      assertEquals(2 * FRAMES, program.frames());
    }
  }

  @Test
  void damagedFramesHaveOneKey() throws IOException {
    Random random = new Random(1);
    int parsed = 0;
    try (ProgramParser program = new ProgramParser()) {
      for (int i = 0; i < 2 * FRAMES; i++) {
        parsed += compare(program, DamagedFrame.of(random), 0, 0);
      }
    }
    assertTrue(parsed > FRAMES, parsed + " frames");
  }

  @Test
  void framesWithTagsBesideThemHaveOneKey() throws IOException {
    Random random = new Random(2);
    int parsed = 0;
    try (ProgramParser program = new ProgramParser()) {
      for (int i = 0; i < FRAMES; i++) {
        int tpid = random.nextBoolean() ? 0x8100 : 0x88a8;
        parsed += compare(program, DamagedFrame.of(random), tpid, random.nextInt(0x10000));
      }
    }
    assertTrue(parsed > FRAMES / 2, parsed + " frames");
  }

  /** Every length of every kind of frame, so that each bound is met from both sides. */
  @Test
  void framesCutOffAnywhereHaveOneKey() throws IOException {
    try (ProgramParser program = new ProgramParser()) {
      for (long seed = 0; seed < 200; seed++) {
        byte[] whole = new RandomFrame(seed).bytes();
        for (int length = ProgramParser.LEAST_BYTES; length <= whole.length; length++) {
          assertEquals(1, compare(program, Arrays.copyOf(whole, length), 0, 0));
        }
      }
    }
  }

  @Test
  void chainsOfExtensionHeadersEndAtTheSameOne() throws IOException {
    byte[] payload = Frames.udp(1, 2, new byte[] {3});
    int next = Wire.PROTO_UDP;
    try (ProgramParser program = new ProgramParser()) {
      for (int headers = 0; headers <= 2 * PacketParser.EXTENSION_HEADERS; headers++) {
        byte[] packet = Frames.ipv6(new byte[16], new byte[16], next, 1, 2, 3, payload);
        byte[] frame = Frames.ethernet(new byte[6], new byte[6], new int[0], 0x86dd, packet);
        assertEquals(1, compare(program, frame, 0, 0));
        boolean whole = headers <= PacketParser.EXTENSION_HEADERS;
        assertEquals(whole ? 2 : 0, programs.get(FlowField.TP_DST), headers + " headers");
        payload = Frames.options(next, headers % 3, payload);
        next = Wire.PROTO_DESTINATION_OPTIONS;
      }
    }
  }

  @Test
  void framesOfDevicesHaveTheKeyThatTheirBytesHave(@TempDir Path temporary) throws Exception {
    BpfFs pins = BpfFs.mount(temporary.resolve("bpf"));
    int tagged = 0;
    try (ProgramParser program = new ProgramParser();
        Tap tap = new Tap("tap0");
        Hooks hooks = Hooks.open(pins)) {
      int ifindex = Integer.parseInt(Sh.run("cat /sys/class/net/tap0/ifindex").strip());
      hooks.attach(Hook.ingress(ifindex), program.program());
      for (int seed = 0; seed < 2_000; seed++) {
        RandomFrame frame = new RandomFrame(seed);
        int before = program.frames();
        tap.write(frame.bytes());
        long end = System.nanoTime() + 30_000_000_000L;
        while (program.frames() == before && System.nanoTime() < end) {
          Thread.onSpinWait();
        }
        assertEquals(before + 1, program.frames(), frame::toString);
        program.key(programs);
        assertEquals(KeyText.of(frame.expected()), KeyText.of(programs), frame::toString);
        boolean isTagged = frame.expected().vlanTci() != 0;
        assertEquals(isTagged, program.vlanTci() != 0, "the kernel has the tag beside the frame");
        assertEquals(frame.bytes().length, program.length() + (isTagged ? 4 : 0));
        tagged += isTagged ? 1 : 0;
      }
    } finally {
      pins.unmount();
    }
    assertTrue(tagged > 500, tagged + " with tags");
  }

  /** How many frames were compared: the kernel takes none that are too short. */
  private int compare(ProgramParser program, byte[] frame, int tpid, int tci) throws IOException {
    if (frame.length < ProgramParser.LEAST_BYTES) {
      return 0;
    }
    int present = tpid == 0 ? 0 : tci | FlowKey.VLAN_PRESENT;
    assertTrue(parser.parse(ByteBuffer.wrap(frame), 0, frame.length, tpid, present, javas));
    program.parse(frame, tpid, tci, programs);
    if (!javas.equals(programs) || parser.networkOffset() != program.networkOffset()) {
      String text = HexFormat.of().formatHex(frame) + " with tag " + Integer.toHexString(present);
      assertEquals(KeyText.of(javas), KeyText.of(programs), text);
      assertEquals(parser.networkOffset(), program.networkOffset(), text);
    }
    return 1;
  }
}
