// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bpf.BpfMap;
import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.bpf.MapBatch;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.CtAnswer;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.NatRange;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The programs' table of connections at its real size, and who gets room in it. */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
class ConnectionTableTest {
  private static final int ZONE = (3 << 16) | 7;
  private static final long HOUR = 3_600_000_000_000L;
  private static final int HALF = Layout.CONNECTIONS / 2;
  private static final List<Event> REFUSED = List.of(Event.drop(Layout.DROP_CONNECTIONS));

  @TempDir Path temporary;
  private RecordingPath programs;
  private final ActionList actions = new ActionList();
  private final FlowKey key = new FlowKey();
  private int written;

  @BeforeEach
  void load() throws IOException {
    programs = new RecordingPath(temporary.resolve("bpf"));
  }

  @AfterEach
  void unload() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  /** Puts connections of a port into the table, as if it had begun them. */
  private void fill(int port, int count, boolean isReplied, long nanos) throws ErrnoException {
    MapBatch batch = new MapBatch(programs.map("connections"), count);
    ByteBuffer keys = batch.keys().buffer();
    ByteBuffer values = batch.values().buffer();
    for (int i = 0; i < count; i++) {
      int at = i * Layout.ConnectionKey.SIZE;
      keys.putInt(at, 0x0a00_0000).putInt(at + Layout.ConnectionKey.HIGH_ADDRESS, ++written);
      keys.putInt(at + Layout.ConnectionKey.ZONE, ZONE + 1);
      int value = i * Layout.Connection.SIZE;
      values.putLong(value + Layout.Connection.EXPIRES_NS, System.nanoTime() + nanos);
      values.put(
          value + Layout.Connection.FLAGS, (byte) (isReplied ? Layout.CONNECTION_REPLIED : 0));
      values.putShort(value + Layout.Connection.PORT, (short) port);
    }
    assertEquals(count, batch.update(count));
  }

  /** What becomes of the first packet of a connection, and of those behind it. */
  private List<Event> begin(int inPort, int port) throws IOException {
    byte[] frame = RandomPackets.udp(port, 53);
    key.clear();
    key.inPort(inPort);
    key.ct(0, CtAnswer.of(ZONE, CtAnswer.NEW, 0));
    actions.clear();
    actions.commit(0, 0, 0, 0);
    actions.output(5);
    return programs.inject(actions, key, frame, 0, 0);
  }

  private int state(int port) throws IOException {
    key.clear();
    key.inPort(1);
    actions.clear();
    actions.track(ZONE);
    List<Event> unused = programs.inject(actions, key, RandomPackets.udp(port, 53), 0, 0);
    return CtAnswer.state(programs.answer());
  }

  private void share(int port, int value) throws ErrnoException {
    Memory index = Memory.allocate(Integer.BYTES);
    Memory count = Memory.allocate(Integer.BYTES);
    index.buffer().putInt(0, port);
    count.buffer().putInt(0, value);
    programs.map("connection_shares").update(index, 0, count, 0, BpfMap.ANY);
  }

  private int share(int port) throws ErrnoException {
    Memory index = Memory.allocate(Integer.BYTES);
    Memory count = Memory.allocate(Integer.BYTES);
    index.buffer().putInt(0, port);
    BpfMap shares = programs.map("connection_shares");
    assertTrue(shares.lookup(index, 0, count, 0));
    return count.buffer().getInt(0);
  }

  @Test
  void whoTakesAllHeCanGetsHalfAndOthersGoOn() throws IOException {
    fill(1, HALF - 1, false, HOUR);
    assertEquals(HALF - 1, programs.path().expireConnections());
    assertEquals(HALF - 1, share(1));
    assertEquals(5, begin(1, 1001).get(0).what());
    assertEquals(REFUSED, begin(1, 1002), "half of the table is one port's");
    assertEquals(5, begin(1, 1001).get(0).what(), "what there is goes on");
    assertEquals(CtAnswer.NEW | CtAnswer.TRK, state(1001));
    assertEquals(5, begin(2, 2001).get(0).what(), "and another port begins");
    assertEquals(HALF, share(1));
    assertEquals(1, share(2));
    assertEquals(HALF + 1, share(0));
  }

  @Test
  void aCrowdedTableKeepsWhatIsAnsweredAndForgetsTheRest() throws IOException {
    int answered = 10_000;
    fill(1, answered, true, HOUR);
    fill(2, Layout.CONNECTIONS - answered - 1, false, HOUR);
    int all = programs.path().expireConnections();
    assertEquals(Layout.CONNECTIONS - 1, all);
    assertEquals(REFUSED, begin(2, 1001));
    assertEquals(REFUSED, begin(1, 1001), "has many of its own");
    assertEquals(5, begin(3, 3001).get(0).what(), "the last one");
    assertEquals(REFUSED, begin(4, 3002), "the table is full");
    // Looked through once more, now that it is known to be crowded.
    long begun = System.nanoTime();
    assertEquals(answered, programs.path().expireConnections());
    System.err.printf(
        "%d of %d connections taken out in %d ms%n",
        Layout.CONNECTIONS - answered, Layout.CONNECTIONS, (System.nanoTime() - begun) / 1_000_000);
    assertEquals(answered, share(0));
    assertEquals(answered, share(1));
    assertEquals(0, share(2));
    assertEquals(5, begin(2, 1001).get(0).what());
  }

  @Test
  void sharesThatAnotherProcessLeftAreCountedAnew() throws IOException {
    share(1, HALF);
    share(0, HALF);
    assertEquals(REFUSED, begin(1, 1001));
    assertEquals(0, programs.path().expireConnections());
    assertEquals(0, share(1));
    // What left since was counted before.
    share(1, -1);
    assertEquals(5, begin(1, 1001).get(0).what());
    assertEquals(0, share(1));
  }

  private int translations() throws ErrnoException {
    return new MapBatch(programs.map("translations"), 64).lookup();
  }

  private List<Event> translate(int answer, int port, int range) throws IOException {
    key.clear();
    key.inPort(1);
    key.ct(0, CtAnswer.of(ZONE, answer, 0));
    actions.clear();
    actions.commit(0, ActionList.COMMIT_NAT, 0, range);
    actions.output(5);
    return programs.inject(actions, key, RandomPackets.udp(port, 53), 0, 0);
  }

  @Test
  void aTranslationWithoutAConnectionIsInNobodysWayAndLeaves() throws IOException {
    NatRange one = new NatRange(true, 4, 0, 0xc0000209L, 1, 2000, 2000);
    int range = programs.path().ranges().number(one);
    programs.path().flush();
    assertEquals(5, translate(CtAnswer.NEW, 1001, range).get(0).what());
    MapBatch connections = new MapBatch(programs.map("connections"), 64);
    // As when a packet begins it anew while the old one is taken out.
    assertEquals(1, connections.lookup());
    assertEquals(1, connections.delete(1));
    assertEquals(5, translate(CtAnswer.NEW, 1001, range).get(0).what(), "the same ends");
    assertEquals(2, translations());
    for (int i = 0; i < ConnectionTable.TIMES; i++) {
      assertEquals(1, programs.path().expireConnections());
    }
    assertEquals(2, translations(), "has its connection");
    connections.rewind();
    assertEquals(1, connections.lookup());
    assertEquals(1, connections.delete(1));
    List<Event> refused = List.of(Event.drop(Layout.DROP_NAT));
    assertEquals(refused, translate(CtAnswer.EST, 1001, range), "is not what it was asked as");
    assertEquals(refused, translate(CtAnswer.NEW, 1002, range), "has the only port still");
    for (int i = 0; i < ConnectionTable.TIMES; i++) {
      assertEquals(0, programs.path().expireConnections());
    }
    assertEquals(0, translations());
    assertEquals(5, translate(CtAnswer.NEW, 1002, range).get(0).what());
  }

  @Test
  void whatIsOverLeavesAndTakesItsTranslationAlong() throws IOException {
    fill(1, 5_000, true, -HOUR / 3600);
    fill(1, 5_000, true, HOUR);
    int range = programs.path().ranges().number(new NatRange(true, 4, 0, 0xc0000209L, 1, 0, 0));
    programs.path().flush();
    byte[] frame = RandomPackets.udp(1001, 53);
    key.clear();
    key.inPort(1);
    key.ct(0, CtAnswer.of(ZONE, CtAnswer.NEW, 0));
    actions.clear();
    actions.commit(0, ActionList.COMMIT_NAT, 0, range);
    actions.output(5);
    assertEquals(5, programs.inject(actions, key, frame, 0, 0).get(0).what());
    assertEquals(2, new MapBatch(programs.map("translations"), 64).lookup());
    assertEquals(5_001, programs.path().expireConnections());
    assertEquals(2, new MapBatch(programs.map("translations"), 64).lookup());
    // Its 30 seconds are over.
    MapBatch connections = new MapBatch(programs.map("connections"), 8192);
    int count = connections.lookup();
    for (int i = 0; i < count; i++) {
      int at = i * Layout.Connection.SIZE + Layout.Connection.EXPIRES_NS;
      connections.values().buffer().putLong(at, System.nanoTime() - 1);
    }
    assertEquals(count, connections.update(count));
    assertEquals(0, programs.path().expireConnections());
    assertEquals(0, new MapBatch(programs.map("translations"), 64).lookup());
    assertEquals(0, share(0));
  }
}
