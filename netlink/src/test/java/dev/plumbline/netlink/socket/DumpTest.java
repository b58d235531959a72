// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.testing.Requests;
import dev.plumbline.netlink.wire.MessageWriter;
import dev.plumbline.netlink.wire.NetlinkFormat;
import dev.plumbline.netlink.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rare answers to a dump and to a batch, made up and fed through the socket's own code. */
class DumpTest {
  private static final int NEW = Requests.RTM_NEWLINK;
  private static final int MULTI = NetlinkFormat.NLM_F_MULTI;
  private static final int INTR = NetlinkFormat.NLM_F_DUMP_INTR;

  private final Script script = new Script();
  private final NetlinkSocket socket = new NetlinkSocket(script);

  @Test
  void aDumpOfSeveralDatagramsIsOne() throws IOException {
    script
        .datagram(m -> message(m, NEW, MULTI, 1, 1))
        .datagram(
            m -> {
              message(m, NEW, MULTI, 1, 2);
              message(m, NetlinkFormat.NLMSG_DONE, MULTI, 1, 0);
            });
    assertEquals(List.of(1, 2), dump());
    assertEquals(1, script.sent);
  }

  @Test
  void anInterruptedDumpIsDrainedAndMadeAgain() throws IOException {
    script
        .datagram(m -> message(m, NEW, MULTI, 1, 1))
        .datagram(m -> message(m, NEW, MULTI | INTR, 1, 2))
        .datagram(m -> message(m, NetlinkFormat.NLMSG_DONE, MULTI | INTR, 1, 0))
        .datagram(m -> message(m, NEW, MULTI, 2, 3))
        .datagram(m -> message(m, NetlinkFormat.NLMSG_DONE, MULTI, 2, 0));
    assertEquals(List.of(3), dump());
    assertEquals(2, script.sent);
  }

  @Test
  void anInterruptionThatOnlyTheEndTellsOfCounts() throws IOException {
    script
        .datagram(m -> message(m, NEW, MULTI, 1, 1))
        .datagram(m -> message(m, NetlinkFormat.NLMSG_DONE, MULTI | INTR, 1, 0))
        .datagram(m -> message(m, NetlinkFormat.NLMSG_DONE, MULTI, 2, 0));
    assertEquals(List.of(), dump());
    assertEquals(2, script.sent);
  }

  @Test
  void aDumpThatIsInterruptedForEverFailsInTheEnd() {
    for (int i = 1; i <= 20; i++) {
      int sequence = i;
      script.datagram(m -> message(m, NetlinkFormat.NLMSG_DONE, MULTI | INTR, sequence, 0));
    }
    DumpInterruptedException e = assertThrows(DumpInterruptedException.class, this::dump);
    assertEquals("dump links: changed while it was read, 20 times in a row", e.getMessage());
    assertEquals(20, script.sent);
  }

  @Test
  void aDumpThatTheKernelRefusesTellsItsErrno() {
    script.datagram(m -> message(m, NetlinkFormat.NLMSG_DONE, MULTI, 1, -Errno.EBUSY));
    NetlinkException e = assertThrows(NetlinkException.class, this::dump);
    assertEquals(Errno.EBUSY, e.errno());
  }

  @Test
  void datagramsOfAnExchangeBeforeAreLeftOut() throws IOException {
    script
        .datagram(m -> message(m, NEW, MULTI, 77, 9))
        .datagram(m -> message(m, NetlinkFormat.NLMSG_DONE, MULTI, 77, 0))
        .datagram(m -> message(m, NEW, MULTI, 1, 1))
        .datagram(m -> message(m, NetlinkFormat.NLMSG_DONE, MULTI, 1, 0));
    assertEquals(List.of(1), dump());
  }

  @Test
  void aDumpThatLostADatagramIsMadeAgain() throws IOException {
    script
        .failure(Errno.ENOBUFS)
        .datagram(m -> message(m, NetlinkFormat.NLMSG_DONE, MULTI, 1, 0))
        .datagram(m -> message(m, NEW, MULTI, 2, 5))
        .datagram(m -> message(m, NetlinkFormat.NLMSG_DONE, MULTI, 2, 0));
    assertEquals(List.of(5), dump());
  }

  @Test
  void aMessageLongerThanItsDatagramIsMalformed() {
    script.datagram(
        m -> {
          message(m, NEW, MULTI, 1, 1);
          m.u32(4_000).u16(NEW).u16(MULTI).u32(1).u32(0);
        });
    assertThrows(WireException.class, this::dump);
  }

  @Test
  void lostAcknowledgementsAreToldOfTheRequestsTheyBelongTo() throws IOException {
    script
        .datagram(m -> acknowledgement(m, 1))
        .failure(Errno.ENOBUFS)
        .datagram(m -> acknowledgement(m, 3))
        .failure(Errno.EAGAIN);
    List<Result> results =
        socket.requestAll(
            List.of(Requests.getLink("a"), Requests.getLink("b"), Requests.getLink("c")));
    assertEquals(List.of(true, false, true), results.stream().map(Result::ok).toList());
    NetlinkException lost = assertThrows(NetlinkException.class, () -> results.get(1).orThrow());
    assertEquals(Errno.ENOBUFS, lost.errno());
    assertEquals("get link b", lost.request());
  }

  private List<Integer> dump() throws IOException {
    return socket.dump(Requests.dumpLinks(), message -> message.payload().getInt(0));
  }

  private static void message(MessageWriter writer, int type, int flags, int sequence, int value) {
    writer.begin(type, flags, sequence);
    writer.s32(value).end();
  }

  private static void acknowledgement(MessageWriter writer, int sequence) {
    writer.begin(NetlinkFormat.NLMSG_ERROR, NetlinkFormat.NLM_F_CAPPED, sequence);
    writer.s32(0).bytes(new byte[NetlinkFormat.HEADER_BYTES]).end();
  }

  private interface Body {
    void write(MessageWriter writer);
  }

  private static final class Script implements Transport {
    private final Deque<Object> datagrams = new ArrayDeque<>();
    private int sent;

    Script datagram(Body body) {
      MessageWriter writer = new MessageWriter();
      body.write(writer);
      datagrams.add(writer.toByteArray());
      return this;
    }

    Script failure(int errno) {
      datagrams.add(errno);
      return this;
    }

    @Override
    public void send(ByteBuffer bytes) {
      sent++;
    }

    @Override
    public ByteBuffer receive(boolean wait) throws ErrnoException {
      Object next = datagrams.remove();
      if (next instanceof Integer errno) {
        throw new ErrnoException("receive", errno);
      }
      return ByteBuffer.wrap((byte[]) next).order(ByteOrder.nativeOrder());
    }

    @Override
    public int sendLimitBytes() {
      return 65_536;
    }

    @Override
    public int requestLimit() {
      return 100;
    }
  }
}
