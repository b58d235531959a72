// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.route.Route;
import dev.plumbline.netlink.wire.NetlinkFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The kernel, whose dumps come in another order each time, and of which one in four is marked as
 * interrupted and lacks half of its messages. The addresses of one device stay in their order, and
 * so do routes to one place: that says which of them is the first.
 */
public final class Shuffling implements Transport, AutoCloseable {
  /** RTM_* (linux/rtnetlink.h). */
  private static final int NEWADDR = 20;

  private static final int NEWROUTE = 24;

  /** Where {@code ifaddrmsg} has the index. */
  private static final int INDEX_AT = 4;

  private final KernelTransport kernel;
  private final Random random;
  private final Deque<byte[]> shuffled = new ArrayDeque<>();
  private boolean dumps;

  private Shuffling(KernelTransport kernel, Random random) {
    this.kernel = kernel;
    this.random = random;
  }

  /** Opens one in the namespace of the calling thread; to be closed by the caller. */
  public static Shuffling open(int protocol, Random random) throws ErrnoException {
    return new Shuffling(KernelTransport.open(protocol), random);
  }

  /** A socket to it. */
  public NetlinkSocket socket() {
    return new NetlinkSocket(this);
  }

  @Override
  public void send(ByteBuffer bytes) throws ErrnoException {
    int at = bytes.position() + NetlinkFormat.FLAGS_OFFSET;
    int flags = bytes.order(ByteOrder.nativeOrder()).getShort(at);
    dumps = (flags & NetlinkFormat.NLM_F_DUMP) == NetlinkFormat.NLM_F_DUMP;
    shuffled.clear();
    kernel.send(bytes);
  }

  @Override
  public ByteBuffer receive(boolean wait) throws ErrnoException {
    if (!dumps) {
      return kernel.receive(wait);
    }
    if (shuffled.isEmpty()) {
      shuffle();
    }
    return ByteBuffer.wrap(shuffled.remove()).order(ByteOrder.nativeOrder());
  }

  private void shuffle() throws ErrnoException {
    Map<String, List<byte[]>> groups = new LinkedHashMap<>();
    byte[] end = null;
    while (end == null) {
      Frame frame = new Frame(Frame.copy(kernel.receive(true)));
      while (end == null && frame.next()) {
        boolean ends =
            frame.type() == NetlinkFormat.NLMSG_DONE || frame.type() == NetlinkFormat.NLMSG_ERROR;
        byte[] message = bytes(frame);
        if (ends) {
          end = message;
        } else {
          groups
              .computeIfAbsent(group(frame, groups.size()), key -> new ArrayList<>())
              .add(message);
        }
      }
    }
    List<List<byte[]>> order = new ArrayList<>(groups.values());
    Collections.shuffle(order, random);
    boolean interrupted = random.nextInt(4) == 0;
    if (interrupted) {
      order = order.subList(0, order.size() / 2);
      ByteBuffer last = ByteBuffer.wrap(end).order(ByteOrder.nativeOrder());
      int flags = last.getShort(NetlinkFormat.FLAGS_OFFSET) | NetlinkFormat.NLM_F_DUMP_INTR;
      last.putShort(NetlinkFormat.FLAGS_OFFSET, (short) flags);
    }
    order.forEach(shuffled::addAll);
    shuffled.add(end);
  }

  /** Those of one group stay in their order. */
  private static String group(Frame frame, int number) {
    if (frame.type() == NEWADDR) {
      return "of " + frame.payload().getInt(INDEX_AT);
    }
    if (frame.type() == NEWROUTE) {
      Route route = Route.readBody(frame.payload());
      return "to " + route.destination() + "/" + route.prefixLength();
    }
    return "message " + number;
  }

  private static byte[] bytes(Frame frame) {
    Message message = frame.message();
    ByteBuffer payload = frame.payload();
    byte[] bytes = new byte[NetlinkFormat.HEADER_BYTES + payload.remaining()];
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.nativeOrder())
        .putInt(bytes.length)
        .putShort((short) frame.type())
        .putShort((short) frame.flags())
        .putInt(frame.sequence())
        .putInt(message.port())
        .put(payload);
    return bytes;
  }

  @Override
  public int sendLimitBytes() {
    return kernel.sendLimitBytes();
  }

  @Override
  public int requestLimit() {
    return kernel.requestLimit();
  }

  @Override
  public void close() {
    kernel.close();
  }
}
