// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bpf.BpfMap;
import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.bpf.MapBatch;
import dev.plumbline.datapath.fastpath.ConnectionTracker.Connection;
import dev.plumbline.datapath.fastpath.ConnectionTracker.Translation;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.ConnectionKey;
import dev.plumbline.datapath.flow.CtAnswer;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.NatRange;
import dev.plumbline.datapath.flow.NatRanges;
import dev.plumbline.datapath.packet.ConnectionTuple;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.testing.KernelTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
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
  private static final int SEQUENCES = 80;
  private static final int STEPS = 60;
  private static final long SECOND = 1_000_000_000L;

  /** Java's time, which stands still; connections grow older instead. */
  private static final long NOW = 1_000_000 * SECOND;

  /** The coarse clock's step is 10 ms at most. */
  private static final long STEP_NANOS = SECOND / 50;

  /** Whoever takes longer for a step says nothing: a connection's time goes on in half seconds. */
  private static final long SLOW_NANOS = SECOND / 3;

  /** Ports that packets come in by. */
  private static final int PORTS = 3;

  private static final List<NatRange> RANGES =
      List.of(
          new NatRange(true, 4, 0, 0xc0000201L, 1, 0, 0),
          new NatRange(true, 4, 0, 0xc0000201L, 3, 2000, 2001),
          new NatRange(true, 4, 0, 0x0a000001L, 1, 0, 0), // an address that is in use
          new NatRange(false, 4, 0, 0xc0000209L, 2, 8080, 8080),
          new NatRange(false, 4, 0, 0x0a000002L, 1, 0, 0),
          new NatRange(true, 6, 0xfdL << 56, 0x99, 2, 0, 0),
          new NatRange(true, 6, 0xfdL << 56, 0x98, 1, 70, 75),
          new NatRange(false, 6, 0xfdL << 56, 0x90, 1, 90, 99));

  private static final byte[] OUTSIDE = {(byte) 192, 0, 2, 1};

  private final ConnectionTuple tuple = new ConnectionTuple();
  private final ActionList actions = new ActionList();
  private final FlowKey key = new FlowKey();
  private final Memory index = Memory.allocate(Integer.BYTES);
  private final Memory oneKey = Memory.allocate(ConnectionKey.BYTES);
  private final Memory oneValue = Memory.allocate(Layout.Connection.SIZE);
  private final Map<String, Integer> answers = new TreeMap<>();
  private final Map<Integer, Integer> states = new TreeMap<>();
  private final Map<Integer, Integer> ends = new TreeMap<>();
  private final ActionList sets = new ActionList();
  private final JavaSide executor = new JavaSide();
  private final Memory oneTranslation = Memory.allocate(Layout.Translation.SIZE);
  private final Memory count = Memory.allocate(Integer.BYTES);
  private NatRanges ranges = new NatRanges();
  private RecordingPath programs;
  private ConnectionTracker java;
  private int inPort = 1;
  private int compared;
  private int translated;

  /** Of those, ICMP errors. */
  private int errors;

  @Test
  void statesTimesAndAnswersAreThoseOfThePrograms(@TempDir Path temporary) throws IOException {
    try (RecordingPath path = new RecordingPath(temporary.resolve("bpf"))) {
      programs = path;
      ranges = path.path().ranges();
      RANGES.forEach(range -> assertTrue(ranges.number(range) > 0));
      path.path().flush();
      for (long seed = 0; seed < SEQUENCES; seed++) {
        java = new ConnectionTracker(1000, ranges);
        Random random = new Random(seed);
        RandomPackets packets = new RandomPackets(random);
        for (int step = 0; step < STEPS; step++) {
          step(random, packets, "seed " + seed + ", step " + step);
        }
      }
    }
    assertTrue(compared > SEQUENCES * STEPS / 2, compared + " steps were quick enough");
    for (String each : List.of("+new+trk", "+est+trk", "+est+rpl+trk", "+rel+trk", "+inv+trk")) {
      assertTrue(answers.getOrDefault(each, 0) > 20, answers::toString);
    }
    assertTrue(answers.containsKey("+rel+rpl+trk"), answers::toString);
    assertEquals(1 + Layout.CONNECTION_RESET, states.size(), states::toString);
    assertTrue(translated > 200, translated + " packets were translated");
    assertTrue(errors > 8, errors + " ICMP errors were translated");
    assertTrue(ends.containsKey(Layout.RECORD_DROP | Layout.DROP_NAT), ends::toString);
    assertTrue(ends.containsKey(Layout.RECORD_DROP | Layout.DROP_NAT_ERROR), ends::toString);
  }

  private void step(Random random, RandomPackets packets, String name) throws IOException {
    byte[] frame = packets.next();
    grow(random);
    sweep(random);
    int zone = (3 << 16) | (random.nextInt(4) == 0 ? 8 : 7);
    boolean commits = random.nextInt(3) > 0;
    int mark = random.nextInt();
    boolean setsMark = random.nextBoolean();
    int flags = random.nextInt(3) > 0 ? ActionList.COMMIT_NAT : 0;
    flags |= setsMark ? ActionList.COMMIT_MARK : 0;
    flags |= random.nextInt(8) == 0 ? ActionList.COMMIT_NOTHING : 0;
    int range = random.nextInt(3) > 0 ? 1 + random.nextInt(RANGES.size()) : 0;
    long before = handOver();
    actions.clear();
    actions.track(zone);
    key.clear();
    key.inPort(1 + random.nextInt(PORTS));
    assertEquals(1, programs.inject(actions, key, frame, 0, 0).size(), name);
    long said = programs.answer();
    tuple.read(ByteBuffer.wrap(frame), 0, frame.length, 0, 0);
    long saidByJava = java.track(tuple, zone, NOW);
    boolean isKept = commits && (CtAnswer.state(said) & CtAnswer.INV) == 0;
    List<Event> done = List.of();
    if (isKept) {
      key.ct(0, said);
      actions.clear();
      actions.commit(0, flags, mark, range);
      actions.output(5);
      done = programs.inject(actions, key, frame, 0, 0);
    }
    Map<String, String> there = read(before);
    Map<String, String> otherSide = readTranslations();
    List<Integer> shares = readShares();
    long took = System.nanoTime() - before;
    if (took > SLOW_NANOS) {
      System.err.println(name + " took " + took / 1_000_000 + " ms and is not compared");
      java.connections().clear();
      return;
    }
    String text = name + ": " + HexFormat.of().formatHex(frame);
    assertEquals(text(said), text(saidByJava), text);
    if (isKept) {
      assertEquals(commit(frame), done, text + " " + actions);
      done.forEach(event -> ends.merge(event.what(), 1, Integer::sum));
      done.stream().filter(Event::isOutput).forEach(packets::saw);
    }
    assertEquals(expected(there, took), there, text);
    assertEquals(translations(), otherSide, text);
    assertBothWays(text);
    assertEquals(IntStream.range(0, 1 + PORTS).mapToObj(this::share).toList(), shares, text);
    answers.merge(CtAnswer.text(said & 0x3f), 1, Integer::sum);
    java.connections().values().forEach(one -> states.merge(one.state, 1, Integer::sum));
    compared++;
  }

  /** What Java does with the frame. */
  private List<Event> commit(byte[] frame) {
    sets.clear();
    int refused = java.commit(actions, key, tuple, NOW, sets);
    if (refused != 0) {
      return List.of(Event.drop(refused));
    }
    translated += sets.size() > 0 ? 1 : 0;
    byte[] now = frame.clone();
    if (java.inner().isSet()) {
      if (!java.inner().translate(ByteBuffer.wrap(now), 0, now.length, 0, 0)) {
        return List.of(Event.drop(Layout.DROP_NAT_ERROR));
      }
      errors++;
    }
    sets.output(5);
    return executor.execute(sets, now, 0, 0);
  }

  private int share(int port) {
    return port == 0 ? java.connections().size() : java.shares().getOrDefault(port, 0);
  }

  private List<Integer> readShares() throws ErrnoException {
    List<Integer> shares = new ArrayList<>();
    for (int port = 0; port <= PORTS; port++) {
      index.buffer().putInt(0, port);
      assertTrue(programs.map("connection_shares").lookup(index, 0, count, 0));
      shares.add(count.buffer().getInt(0));
    }
    return shares;
  }

  private Map<String, String> translations() {
    Map<String, String> all = new TreeMap<>();
    java.translations()
        .forEach(
            (each, to) ->
                all.put(
                    HexFormat.of().formatHex(each.bytes()),
                    HexFormat.of().formatHex(to.other().bytes())
                        + bit(to.fromHigh())
                        + bit(to.otherFromHigh())
                        + bit(to.isOriginal())
                        + "00"));
    return all;
  }

  private static String bit(boolean isSet) {
    return isSet ? "01" : "00";
  }

  private Map<String, String> readTranslations() throws ErrnoException {
    Map<String, String> read = new TreeMap<>();
    MapBatch all = new MapBatch(programs.map("translations"), 1024);
    int found = all.lookup();
    for (int i = 0; i < found; i++) {
      read.put(hex(all.keys(), i, ConnectionKey.BYTES), hex(all.values(), i, 48));
    }
    return read;
  }

  private static String hex(Memory memory, int index, int bytes) {
    byte[] one = new byte[bytes];
    memory.buffer().get(index * bytes, one);
    return HexFormat.of().formatHex(one);
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

  /**
   * Now and then takes out what is over, or a connection without its translation: so it is when a
   * packet begins it anew that very moment.
   */
  private void sweep(Random random) {
    if (random.nextInt(8) == 0) {
      java.expire(NOW);
    } else if (random.nextInt(16) == 0) {
      List<ConnectionKey> keys = new ArrayList<>(java.connections().keySet());
      keys.sort((one, other) -> Arrays.compare(one.bytes(), other.bytes()));
      Connection gone = keys.isEmpty() ? null : java.connections().remove(keys.get(0));
      if (gone != null) {
        java.shares().merge(gone.port, -1, (a, b) -> a + b == 0 ? null : a + b);
      }
    }
  }

  /** What one side's ends lead to leads back to them. */
  private void assertBothWays(String text) {
    java.translations()
        .forEach(
            (each, to) -> {
              Translation back = java.translations().get(to.other());
              assertTrue(back != null && back.other().equals(each), text);
              assertEquals(to.isOriginal(), !back.isOriginal(), text);
            });
  }

  /** Gives the programs what Java has; their time now. */
  private long handOver() throws ErrnoException {
    BpfMap map = programs.map("connections");
    empty(map);
    handOverTranslations();
    for (int port = 0; port <= PORTS; port++) {
      index.buffer().putInt(0, port);
      count.buffer().putInt(0, share(port));
      programs.map("connection_shares").update(index, 0, count, 0, BpfMap.ANY);
    }
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
          .put(Layout.Connection.FLAGS, (byte) one.flags)
          .putShort(Layout.Connection.PORT, (short) one.port);
      map.update(oneKey, 0, oneValue, 0, BpfMap.ANY);
    }
    return now;
  }

  private void handOverTranslations() throws ErrnoException {
    BpfMap map = programs.map("translations");
    empty(map);
    for (Map.Entry<String, String> each : translations().entrySet()) {
      oneKey.buffer().put(0, HexFormat.of().parseHex(each.getKey()));
      oneTranslation.buffer().put(0, HexFormat.of().parseHex(each.getValue()));
      map.update(oneKey, 0, oneTranslation, 0, BpfMap.ANY);
    }
  }

  private static void empty(BpfMap map) throws ErrnoException {
    MapBatch all = new MapBatch(map, 1024);
    int found = all.lookup();
    assertEquals(found, all.delete(found));
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
    ConnectionTracker tracker = new ConnectionTracker(16, ranges);
    List<byte[]> begun = new ArrayList<>();
    for (int port = 1; port <= 17; port++) {
      begun.add(RandomPackets.udp(port, 53));
    }
    for (int i = 0; i < 16; i++) {
      inPort = i; // each port has its share
      assertTrue(begins(tracker, begun.get(i), NOW));
    }
    assertFalse(begins(tracker, begun.get(16), NOW));
    tuple.read(ByteBuffer.wrap(begun.get(3)), 0, begun.get(3).length, 0, 0);
    assertEquals(CtAnswer.NEW | CtAnswer.TRK, CtAnswer.state(tracker.track(tuple, 7, NOW)));
    // Nothing has come back of any of them, and there is no room.
    assertEquals(0, tracker.expire(NOW));
    assertTrue(begins(tracker, begun.get(16), NOW));
    assertEquals(1, tracker.expire(NOW));
    assertEquals(0, tracker.expire(NOW + 31 * SECOND));
  }

  @Test
  void aPortGetsNoMoreThanThereIsLeft() {
    ConnectionTracker tracker = new ConnectionTracker(64, ranges);
    Map<Integer, Integer> begun = new TreeMap<>();
    for (int port = 1; port <= 3; port++) {
      inPort = port;
      for (int i = 0; i < 64; i++) {
        boolean is = begins(tracker, RandomPackets.udp(1000 * port + i, 53), NOW);
        begun.merge(port, is ? 1 : 0, Integer::sum);
      }
    }
    assertEquals(Map.of(1, 32, 2, 16, 3, 8), begun);
    assertEquals(0, tracker.expire(NOW + 31 * SECOND));
    assertEquals(Map.of(), tracker.shares());
  }

  private boolean begins(ConnectionTracker tracker, byte[] frame, long now) {
    ask(tracker, frame, now);
    return commit(tracker, 0, 0, now) == 0;
  }

  private void ask(ConnectionTracker tracker, byte[] frame, long now) {
    key.clear();
    key.inPort(inPort);
    tuple.read(ByteBuffer.wrap(frame), 0, frame.length, 0, 0);
    key.ct(0, tracker.track(tuple, 7, now));
  }

  /** What becomes of the packet that was asked about. */
  private int commit(ConnectionTracker tracker, int flags, int range, long now) {
    actions.clear();
    actions.commit(0, flags, 0, range);
    sets.clear();
    return tracker.commit(actions, key, tuple, now, sets);
  }

  private int translates(ConnectionTracker tracker, byte[] frame, int range, long now) {
    ask(tracker, frame, now);
    return commit(tracker, ActionList.COMMIT_NAT, range, now);
  }

  private int range(NatRange range) {
    return ranges.number(range);
  }

  @Test
  void whatATakenOutConnectionLeftIsInNobodysWay() {
    int one = range(new NatRange(true, 4, 0, 0xc0000201L, 1, 2000, 2000));
    ConnectionTracker tracker = new ConnectionTracker(64, ranges);
    byte[] question = RandomPackets.udp(1000, 53);
    assertEquals(0, translates(tracker, question, one, NOW));
    tracker.connections().clear(); // and nothing else
    assertEquals(0, translates(tracker, question, one, NOW), "the same ends have these still");
    assertEquals(2, tracker.translations().size());
    tracker.connections().clear();
    byte[] fromOutside = RandomPackets.udp(new byte[] {10, 0, 0, 2}, 53, OUTSIDE, 2000);
    assertEquals(0, translates(tracker, fromOutside, 0, NOW));
    assertEquals(Map.of(), tracker.translations());
  }

  @Test
  void whatTheOtherSideBeganIsKeptWhenTheOldOneIsTakenOut() {
    int one = range(new NatRange(true, 4, 0, 0xc0000201L, 1, 2000, 2000));
    int other = range(new NatRange(true, 4, 0, 0xc0000207L, 1, 0, 0));
    ConnectionTracker tracker = new ConnectionTracker(64, ranges);
    assertEquals(0, translates(tracker, RandomPackets.udp(1000, 53), one, NOW));
    long later = NOW + 31 * SECOND;
    byte[] fromOutside = RandomPackets.udp(new byte[] {10, 0, 0, 2}, 53, OUTSIDE, 2000);
    assertEquals(0, translates(tracker, fromOutside, other, later));
    assertEquals(2, tracker.translations().size());
    assertEquals(1, tracker.expire(later));
    assertEquals(2, tracker.translations().size());
    byte[] answer = RandomPackets.udp(OUTSIDE, 2000, new byte[] {(byte) 192, 0, 2, 7}, 53);
    assertEquals(0, translates(tracker, answer, 0, later));
    assertTrue(sets.size() > 0, "the answer is translated back");
    assertEquals(0, translates(tracker, fromOutside, 0, later));
    assertTrue(sets.size() > 0, "and so is what comes next");
    assertEquals(0, tracker.expire(later + 121 * SECOND));
    assertEquals(Map.of(), tracker.translations());
  }

  @Test
  void aGuestGetsAsManyConnectionsToOneServerAsThereArePorts() {
    int thousand = range(new NatRange(true, 4, 0, 0xc0000201L, 1, 1024, 2047));
    ConnectionTracker tracker = new ConnectionTracker(4096, ranges);
    for (int i = 0; i < 1000; i++) {
      byte[] frame = RandomPackets.udp(20_000 + i, 53);
      assertEquals(0, translates(tracker, frame, thousand, NOW), "connection " + i);
    }
    assertEquals(1000, tracker.connections().size());
    assertEquals(2000, tracker.translations().size());
  }

  @Test
  void whatWasDecidedToBeTranslatedDoesNotLeaveAsItCame() {
    int one = range(new NatRange(true, 4, 0, 0xc0000201L, 1, 0, 0));
    ConnectionTracker tracker = new ConnectionTracker(64, ranges);
    byte[] question = RandomPackets.udp(1000, 53);
    assertEquals(0, translates(tracker, question, one, NOW));
    byte[] answer = RandomPackets.udp(new byte[] {10, 0, 0, 2}, 53, OUTSIDE, 1000);
    ask(tracker, answer, NOW);
    assertEquals(CtAnswer.EST | CtAnswer.RPL | CtAnswer.TRK, CtAnswer.state(key.ct(0)));
    tracker.connections().clear();
    int nothing = ActionList.COMMIT_NAT | ActionList.COMMIT_NOTHING;
    assertEquals(Layout.DROP_NAT, commit(tracker, nothing, 0, NOW));
    assertEquals(0, commit(tracker, ActionList.COMMIT_NOTHING, 0, NOW));
  }
}
