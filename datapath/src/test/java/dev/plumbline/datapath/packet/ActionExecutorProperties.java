// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowHash;
import dev.plumbline.datapath.flow.FlowKey;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Lists of actions at random against a model that keeps a frame as MAC addresses, a stack of tags
 * and a rest, and builds it anew for every output.
 */
class ActionExecutorProperties {
  private record Sent(String what, String bytes, String vnet) {}

  private final ActionExecutor executor = new ActionExecutor();
  private final PacketParser parser = new PacketParser();

  @Property(tries = 5_000)
  void everyOutputIsWhatTheModelBuilds(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] macs = new byte[12];
    random.nextBytes(macs);
    Deque<Integer> tags = new ArrayDeque<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      tags.push(tag(random));
    }
    byte[] rest = Frames.join(new byte[] {8, 0}, new byte[random.nextInt(100)]);
    boolean beside = !tags.isEmpty() && random.nextBoolean();
    Deque<Integer> inside = new ArrayDeque<>(tags);
    int besideTag = beside ? inside.pop() : 0;
    byte[] bytes = build(macs, inside, rest);
    VnetHeader vnet = vnet(random, bytes.length);
    VnetHeader modelVnet = new VnetHeader();
    modelVnet.set(vnet);
    int offset = ActionExecutor.HEADROOM + random.nextInt(3);
    ByteBuffer buffer =
        random.nextBoolean()
            ? ByteBuffer.allocate(offset + bytes.length)
            : ByteBuffer.allocateDirect(offset + bytes.length);
    buffer.put(offset, bytes);
    FlowKey key = new FlowKey();
    int tpid = besideTag >>> 16;
    int tci = beside ? (besideTag & 0xffff) | FlowKey.VLAN_PRESENT : 0;
    parser.parse(buffer, offset, bytes.length, tpid, tci, key);

    ActionList actions = new ActionList();
    List<Sent> expected = new ArrayList<>();
    int insideTags = inside.size();
    int ended = Integer.MAX_VALUE; // by an upcall
    for (int i = random.nextInt(12); i > 0; i--) {
      switch (random.nextInt(6)) {
        case 0 -> {
          if (tags.size() < 4) {
            int tag = tag(random);
            actions.pushVlan(tag >>> 16, tag);
            tags.push(tag);
          }
        }
        case 1 -> {
          actions.popVlan();
          if (!tags.isEmpty()) {
            tags.pop();
          }
        }
        case 2 -> {
          actions.bond(7, ActionList.BOND_HASH_L2);
          int hash = FlowHash.layer2(key.ethSrc(), vlan(tags));
          expected.add(sent("bond 7 " + hash, macs, tags, rest, modelVnet, insideTags));
        }
        case 3 -> {
          actions.bond(8, ActionList.BOND_HASH_L4);
          int hash = FlowHash.layer4(key, vlan(tags));
          expected.add(sent("bond 8 " + hash, macs, tags, rest, modelVnet, insideTags));
        }
        case 4 -> {
          if (random.nextInt(4) == 0) {
            actions.upcall(2);
            expected.add(sent("upcall 2", macs, tags, rest, modelVnet, insideTags));
            ended = Math.min(ended, expected.size());
          }
        }
        default -> {
          actions.output(i);
          expected.add(sent("output " + i, macs, tags, rest, modelVnet, insideTags));
        }
      }
    }
    if (random.nextBoolean()) {
      actions.drop(40);
      actions.output(99);
      expected.add(new Sent("drop 40", "", ""));
    }
    expected = expected.subList(0, Math.min(ended, expected.size()));
    Recorder recorder = new Recorder();
    executor.execute(actions, key, buffer, offset, bytes.length, tpid, tci, vnet, recorder);
    assertEquals(expected.size(), recorder.sent.size(), actions::toString);
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), recorder.sent.get(i), i + " of " + actions);
    }
  }

  @Property(tries = 3_000)
  void whatIsPutOutParsesToTheFlowWithItsTagsChanged(@ForAll long seed) {
    byte[] bytes = new RandomFrame(seed).bytes();
    ByteBuffer buffer = ByteBuffer.allocate(ActionExecutor.HEADROOM + bytes.length);
    buffer.put(ActionExecutor.HEADROOM, bytes);
    FlowKey before = new FlowKey();
    parser.parse(buffer, ActionExecutor.HEADROOM, bytes.length, before);
    if (before.ethType() == 0x8100 || before.ethType() == 0x88a8) {
      return; // three tags: a pop shows what no key has
    }
    ActionList actions = new ActionList();
    boolean tagged = before.vlanTci() != 0;
    if (tagged) {
      actions.popVlan();
    }
    actions.pushVlan(0x8100, 0x2064);
    actions.output(1);
    List<FlowKey> seen = new ArrayList<>();
    FlowKey after = new FlowKey();
    executor.execute(
        actions,
        before,
        buffer,
        ActionExecutor.HEADROOM,
        bytes.length,
        0,
        0,
        new VnetHeader(),
        new Recorder() {
          @Override
          public void output(int port, ByteBuffer b, int offset, int length, VnetHeader vnet) {
            assertTrue(parser.parse(b, offset, length, after));
            seen.add(after);
          }
        });
    assertEquals(1, seen.size());
    FlowKey expected = new FlowKey();
    expected.set(before);
    expected.set(FlowField.VLAN_TPID, 0x8100);
    expected.set(FlowField.VLAN_TCI, 0x3064);
    assertEquals(KeyText.of(expected), KeyText.of(after));
  }

  private static int tag(Random random) {
    // Without DEI, which is not kept.
    return ((random.nextBoolean() ? 0x8100 : 0x88a8) << 16) | (random.nextInt(0x10000) & 0xefff);
  }

  private static int vlan(Deque<Integer> tags) {
    return tags.isEmpty() ? 0 : tags.peek() & 0xfff;
  }

  private static byte[] build(byte[] macs, Deque<Integer> tags, byte[] rest) {
    ByteBuffer bytes = ByteBuffer.allocate(12 + 4 * tags.size() + rest.length);
    bytes.put(macs);
    tags.forEach(bytes::putInt);
    return bytes.put(rest).array();
  }

  private static VnetHeader vnet(Random random, int length) {
    VnetHeader vnet = new VnetHeader();
    if (random.nextBoolean()) {
      vnet.flags(VnetHeader.NEEDS_CSUM);
      vnet.checksumStart(34 + random.nextInt(20));
      vnet.checksumOffset(16);
      if (random.nextBoolean()) {
        vnet.gsoType(VnetHeader.GSO_TCPV4);
        vnet.gsoSize(length);
        vnet.headerBytes(random.nextBoolean() ? 54 : 0);
      }
    }
    return vnet;
  }

  private static Sent sent(
      String what,
      byte[] macs,
      Deque<Integer> tags,
      byte[] rest,
      VnetHeader original,
      int tagsAtFirst) {
    int shift = 4 * (tags.size() - tagsAtFirst);
    VnetHeader vnet = new VnetHeader();
    vnet.set(original);
    if (vnet.needsChecksum()) {
      vnet.checksumStart(vnet.checksumStart() + shift);
    }
    if (vnet.headerBytes() != 0) {
      vnet.headerBytes(vnet.headerBytes() + shift);
    }
    return new Sent(what, HexFormat.of().formatHex(build(macs, tags, rest)), vnet.toString());
  }

  private static class Recorder implements ActionExecutor.Sink {
    private final List<Sent> sent = new ArrayList<>();
    private String bond = "";

    @Override
    public void output(int port, ByteBuffer buffer, int offset, int length, VnetHeader vnet) {
      add(port == 1000 ? bond : "output " + port, buffer, offset, length, vnet);
    }

    @Override
    public boolean meter(int bridge, long number, int frameBytes, int segments) {
      return true;
    }

    @Override
    public int bondPort(int number, int hash) {
      bond = "bond " + number + " " + hash;
      return 1000;
    }

    @Override
    public void upcall(int reason, ByteBuffer buffer, int offset, int length, VnetHeader vnet) {
      add("upcall " + reason, buffer, offset, length, vnet);
    }

    @Override
    public void drop(int reason) {
      sent.add(new Sent("drop " + reason, "", ""));
    }

    private void add(String what, ByteBuffer buffer, int offset, int length, VnetHeader vnet) {
      byte[] bytes = new byte[length];
      buffer.get(offset, bytes);
      // The room in front of it is the receiver's.
      for (int i = 0; i < offset; i++) {
        buffer.put(i, (byte) 0xee);
      }
      sent.add(new Sent(what, HexFormat.of().formatHex(bytes), vnet.toString()));
    }
  }
}
