// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bpf.BpfMap;
import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.bpf.MapBatch;
import dev.plumbline.datapath.fastpath.ConnectionTracker.Connection;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.ConnectionKey;
import dev.plumbline.datapath.flow.CtAnswer;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.packet.ConnectionTuple;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.testing.KernelTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Java tracks connections as the programs do: the same packets, one after the other, with time in
 * between; after each of them the answers are the same, and so are all connections with their
 * states, marks and times. A seed replays a sequence.
 */
@KernelTest
@RequiresEbpf
class ConnectionTrackerTest {
  private static final int SEQUENCES = 150;
  private static final int STEPS = 60;
  private static final long SECOND = 1_000_000_000L;

  /** Java's time, which stands still; connections grow older instead. */
  private static final long NOW = 1_000_000 * SECOND;

  /** The coarse clock's step is 10 ms at most. */
  private static final long STEP_NANOS = SECOND / 50;

  /** Whoever takes longer for a step says nothing: a connection's time goes on in half seconds. */
  private static final long SLOW_NANOS = SECOND / 3;

  private final ConnectionTuple tuple = new ConnectionTuple();
  private final ActionList actions = new ActionList();
  private final FlowKey key = new FlowKey();
  private final Memory oneKey = Memory.allocate(ConnectionKey.BYTES);
  private final Memory oneValue = Memory.allocate(Layout.Connection.SIZE);
  private final Map<String, Integer> answers = new TreeMap<>();
  private final Map<Integer, Integer> states = new TreeMap<>();
  private RecordingPath programs;
  private ConnectionTracker java;
  private int compared;

  @Test
  void statesTimesAndAnswersAreThoseOfThePrograms(@TempDir Path temporary) throws IOException {
    try (RecordingPath path = new RecordingPath(temporary.resolve("bpf"))) {
      programs = path;
      for (long seed = 0; seed < SEQUENCES; seed++) {
        java = new ConnectionTracker(1000);
        Random random = new Random(seed);
        RandomPackets packets = new RandomPackets(random);
        for (int step = 0; step < STEPS; step++) {
          step(random, packets.next(), "seed " + seed + ", step " + step);
        }
      }
    }
    assertTrue(compared > SEQUENCES * STEPS / 2, compared + " steps were quick enough");
    for (String each : List.of("+new+trk", "+est+trk", "+est+rpl+trk", "+rel+trk", "+inv+trk")) {
      assertTrue(answers.getOrDefault(each, 0) > 100, answers::toString);
    }
    assertTrue(answers.containsKey("+rel+rpl+trk"), answers::toString);
    assertEquals(1 + Layout.CONNECTION_RESET, states.size(), states::toString);
  }

  private void step(Random random, byte[] frame, String name) throws IOException {
    grow(random);
    int zone = (3 << 16) | (random.nextInt(4) == 0 ? 8 : 7);
    boolean commits = random.nextInt(3) > 0;
    int mark = random.nextInt();
    boolean setsMark = random.nextBoolean();
    long before = handOver();
    actions.clear();
    actions.track(zone);
    key.clear();
    key.inPort(1);
    assertEquals(1, programs.inject(actions, key, frame, 0, 0).size(), name);
    long said = programs.answer();
    tuple.read(ByteBuffer.wrap(frame), 0, frame.length, 0, 0);
    long saidByJava = java.track(tuple, zone, NOW);
    boolean isKept = commits && (CtAnswer.state(said) & CtAnswer.INV) == 0;
    if (isKept) {
      key.ct(0, said);
      actions.clear();
      actions.commit(0, setsMark, mark);
      actions.output(5);
      assertEquals(5, programs.inject(actions, key, frame, 0, 0).get(0).what(), name);
    }
    Map<String, String> there = read(before);
    long took = System.nanoTime() - before;
    if (took > SLOW_NANOS) {
      System.err.println(name + " took " + took / 1_000_000 + " ms and is not compared");
      java.connections().clear();
      return;
    }
    String text = name + ": " + HexFormat.of().formatHex(frame);
    assertEquals(text(said), text(saidByJava), text);
    if (isKept) {
      assertTrue(java.commit(actions, key, tuple, NOW), name);
    }
    assertEquals(expected(there, took), there, text);
    answers.merge(CtAnswer.text(said & 0x3f), 1, Integer::sum);
    java.connections().values().forEach(one -> states.merge(one.state, 1, Integer::sum));
    compared++;
  }

  private static String text(long answer) {
    return CtAnswer.text(answer & 0x3f)
        + " zone "
        + Integer.toHexString(CtAnswer.zone(answer))
        + " mark "
        + CtAnswer.mark(answer);
  }

  /** Lets time pass: mostly little, sometimes until something is over. */
  private void grow(Random random) {
    int[] seconds = {1, 5, 8, 11, 20, 40, 100, 200, 500};
    long nanos = random.nextInt(4) > 0 ? 0 : seconds[random.nextInt(seconds.length)] * SECOND;
    for (Connection one : java.connections().values()) {
      long left = one.expiresNanos - NOW - nanos;
      // The programs' clock is coarse: what is over this very moment may not be over yet there.
      one.expiresNanos = NOW + (left < SECOND / 2 ? -SECOND : left);
    }
  }

  /** Gives the programs what Java has; their time now. */
  private long handOver() throws ErrnoException {
    BpfMap map = programs.map("connections");
    MapBatch all = new MapBatch(map, 1024);
    int count = all.lookup();
    assertEquals(count, all.delete(count));
    long now = System.nanoTime();
    for (Map.Entry<ConnectionKey, Connection> each : java.connections().entrySet()) {
      Connection one = each.getValue();
      oneKey.buffer().put(0, each.getKey().bytes());
      oneValue
          .buffer()
          .putLong(Layout.Connection.EXPIRES_NS, now + one.expiresNanos - NOW)
          .putInt(Layout.Connection.MARK, one.mark)
          .putInt(Layout.Connection.STATE, 0)
          .put(Layout.Connection.STATE, (byte) one.state)
          .put(Layout.Connection.FLAGS, (byte) one.flags);
      map.update(oneKey, 0, oneValue, 0, BpfMap.ANY);
    }
    return now;
  }

  /** The programs' connections, by key; the time that they have is the last word. */
  private Map<String, String> read(long since) throws ErrnoException {
    Map<String, String> read = new TreeMap<>();
    MapBatch all = new MapBatch(programs.map("connections"), 1024);
    int count = all.lookup();
    byte[] bytes = new byte[ConnectionKey.BYTES];
    for (int i = 0; i < count; i++) {
      all.keys().buffer().get(i * ConnectionKey.BYTES, bytes);
      ByteBuffer value = all.values().buffer();
      int at = i * Layout.Connection.SIZE;
      read.put(
          HexFormat.of().formatHex(bytes),
          text(
              value.get(at + Layout.Connection.STATE),
              value.get(at + Layout.Connection.FLAGS),
              value.getInt(at + Layout.Connection.MARK),
              value.getLong(at + Layout.Connection.EXPIRES_NS) - since));
    }
    return read;
  }

  private static String text(int state, int flags, int mark, long nanos) {
    return "state " + state + " flags " + flags + " mark " + mark + " for " + nanos;
  }

  /** Java's connections, each with the programs' time if that is as good as its own. */
  private Map<String, String> expected(Map<String, String> there, long took) {
    Map<String, String> expected = new TreeMap<>();
    java.connections()
        .forEach(
            (each, one) -> {
              String name = HexFormat.of().formatHex(each.bytes());
              long nanos = one.expiresNanos - NOW;
              List<String> words = List.of(there.getOrDefault(name, "0").split(" "));
              long off = Long.parseLong(words.get(words.size() - 1)) - nanos;
              boolean isSame = off >= -STEP_NANOS && off <= took + STEP_NANOS;
              expected.put(
                  name, text(one.state, one.flags, one.mark, isSame ? nanos + off : nanos));
            });
    return expected;
  }

  @Test
  void aFullTableRefusesWhatIsNewAndForgetsWhatIsOver() {
    ConnectionTracker tracker = new ConnectionTracker(16);
    List<byte[]> begun = new ArrayList<>();
    for (int port = 1; port <= 17; port++) {
      begun.add(RandomPackets.udp(port, 53));
    }
    for (int i = 0; i < 16; i++) {
      assertTrue(begins(tracker, begun.get(i), NOW));
    }
    assertEquals(false, begins(tracker, begun.get(16), NOW));
    tuple.read(ByteBuffer.wrap(begun.get(3)), 0, begun.get(3).length, 0, 0);
    assertEquals(CtAnswer.NEW | CtAnswer.TRK, CtAnswer.state(tracker.track(tuple, 7, NOW)));
    // Nothing has come back of any of them, and there is no room.
    assertEquals(0, tracker.expire(NOW));
    assertTrue(begins(tracker, begun.get(16), NOW));
    assertEquals(1, tracker.expire(NOW));
    assertEquals(0, tracker.expire(NOW + 31 * SECOND));
  }

  private boolean begins(ConnectionTracker tracker, byte[] frame, long now) {
    key.clear();
    tuple.read(ByteBuffer.wrap(frame), 0, frame.length, 0, 0);
    key.ct(0, tracker.track(tuple, 7, now));
    actions.clear();
    actions.commit(0, false, 0);
    return tracker.commit(actions, key, tuple, now);
  }
}
