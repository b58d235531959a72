// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.port;

import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.upcall.ErrnoCounters;
import dev.plumbline.datapath.upcall.PacketSocket;
import dev.plumbline.datapath.upcall.SendQueue;
import dev.plumbline.datapath.upcall.UpcallBatch;
import dev.plumbline.datapath.upcall.UpcallPrefix;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.MessageVector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * A port where the kernel has no eBPF: what its device receives comes up through a packet socket,
 * into the same batches and behind the same prefix as upcalls do, and frames are sent by the device
 * through the same socket. Frames that are still to be cut into segments, or without checksum, stay
 * so both ways.
 *
 * <p>Many frames with one system call, and not a ring (PACKET_RX_RING): TPACKET_V3 cannot give vnet
 * headers (EINVAL, net/packet/af_packet.c), and without them TCP over a veth is broken, since its
 * checksums are never made.
 *
 * <p>The socket sees a copy: what the host's own stack does with the device's frames is another
 * matter.
 */
public final class PacketPort implements AutoCloseable {
  // struct tpacket_auxdata, <linux/if_packet.h>
  private static final int AUXDATA_BYTES = 20;
  private static final int STATUS = 0;
  private static final int VLAN_TCI = 16;
  private static final int VLAN_TPID = 18;
  private static final int VLAN_VALID = 1 << 4;
  private static final int VLAN_TPID_VALID = 1 << 6;

  private static final int TPID_8021Q = 0x8100;
  private static final int CAPACITY = 64;

  private final PacketSocket socket;
  private final int ifindex;
  private final int port;
  private final MessageVector messages =
      new MessageVector(CAPACITY, 2, MessageVector.controlBytes(AUXDATA_BYTES));
  private final SendQueue queue;
  private final ErrnoCounters errors = new ErrnoCounters();
  private long frames;
  private long bytes;
  private long malformed;
  private long kernelDrops;

  private PacketPort(PacketSocket socket, int ifindex, int port) {
    this.socket = socket;
    this.ifindex = ifindex;
    this.port = port;
    this.queue = new SendQueue(socket, CAPACITY);
  }

  /**
   * Opens a port; it receives from the return on.
   *
   * @param ifindex of a device in the calling thread's namespace
   * @param port datapath port number
   * @throws ErrnoException as {@link PacketSocket#receiving}
   */
  public static PacketPort open(int ifindex, int port) throws ErrnoException {
    return new PacketPort(PacketSocket.receiving(ifindex), ifindex, port);
  }

  /** To wait for frames with poll(2). */
  public int fd() {
    return socket.fd();
  }

  public int ifindex() {
    return ifindex;
  }

  /**
   * Adds the frames that are there to the batch, as many as it has room for; does not wait.
   *
   * @return how many were added
   */
  public int receive(UpcallBatch batch) {
    int before = batch.size();
    boolean unused = receive(batch, CAPACITY);
    return batch.size() - before;
  }

  /**
   * As {@link #receive(UpcallBatch)}, at most so many.
   *
   * @return whether there may be more
   */
  public boolean receive(UpcallBatch batch, int limit) {
    int room = Math.min(Math.min(limit, CAPACITY), batch.capacity() - batch.size());
    if (room == 0) {
      return true;
    }
    for (int i = 0; i < room; i++) {
      batch.receiveInto(messages, i, i);
    }
    messages.clearControls(room);
    int received = Libc.recvmmsg(socket.fd(), messages, room, Libc.MSG_DONTWAIT);
    if (received < 0) {
      // ENETDOWN comes once when the device goes down, EINVAL for a frame that no vnet header can
      // describe (cut in another way than TCP's or UDP's).
      if (received != -Errno.EAGAIN) {
        errors.count(-received);
      }
      return false;
    }
    int kept = 0;
    for (int i = 0; i < received; i++) {
      kept += take(batch, i, i - kept) ? 1 : 0;
    }
    return received == room;
  }

  /** Takes a message, whose bytes are so many places behind the batch's next one. */
  private boolean take(UpcallBatch batch, int message, int placesBehind) {
    int length = messages.length(message) - UpcallBatch.VNET_BYTES;
    if (length <= 0 || (messages.flags(message) & Libc.MSG_TRUNC) != 0) {
      malformed++;
      return false;
    }
    batch.moveUp(placesBehind, length);
    int tci = 0;
    int tpid = 0;
    int at = messages.findControl(message, Libc.SOL_PACKET, Libc.PACKET_AUXDATA, AUXDATA_BYTES);
    if (at >= 0) {
      ByteBuffer auxiliary = messages.buffer();
      int status = auxiliary.getInt(at + STATUS);
      if ((status & VLAN_VALID) != 0) {
        tci = (auxiliary.getShort(at + VLAN_TCI) & 0xffff) | FlowKey.VLAN_PRESENT;
        boolean said = (status & VLAN_TPID_VALID) != 0;
        tpid = said ? auxiliary.getShort(at + VLAN_TPID) & 0xffff : TPID_8021Q;
      }
    }
    batch.add(length);
    batch.prefix(batch.size() - 1).set(port, UpcallPrefix.MISS, tci, tpid, ifindex, 0);
    frames++;
    bytes += length;
    return true;
  }

  /** What is to be sent by the device. */
  public SendQueue queue() {
    return queue;
  }

  /** Frames received. */
  public long frames() {
    return frames;
  }

  /** Their bytes, tags beside them not counted. */
  public long bytes() {
    return bytes;
  }

  /** Frames received that were empty, or longer than a place of the batch. */
  public long malformed() {
    return malformed;
  }

  /** Failed receptions. */
  public ErrnoCounters errors() {
    return errors;
  }

  /** Adds what went wrong: receptions and sendings by their errno, frames that did not fit. */
  public void addErrorsTo(Map<String, Long> counts) throws ErrnoException {
    errors.addTo(counts, "receive");
    queue.errors().addTo(counts, "send");
    if (malformed > 0) {
      counts.merge("receive malformed", malformed, Long::sum);
    }
    if (kernelDrops() > 0) {
      counts.merge("receive dropped", kernelDrops, Long::sum);
    }
  }

  /** Frames that were lost since the socket's buffer was full, since this was made. */
  public long kernelDrops() throws ErrnoException {
    byte[] statistics = new byte[8]; // struct tpacket_stats: packets, drops; reading clears them
    Libc.getsockopt(socket.fd(), Libc.SOL_PACKET, Libc.PACKET_STATISTICS, statistics);
    ByteBuffer counts = ByteBuffer.wrap(statistics).order(ByteOrder.nativeOrder());
    kernelDrops += Integer.toUnsignedLong(counts.getInt(4));
    return kernelDrops;
  }

  @Override
  public void close() {
    socket.close();
  }
}
