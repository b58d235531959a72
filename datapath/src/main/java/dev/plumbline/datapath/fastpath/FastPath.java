// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import dev.plumbline.datapath.flow.NatRanges;
import dev.plumbline.datapath.upcall.UpcallBatch;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What forwards frames by decisions made above it, gives up those that it has no decision for, and
 * sends those that come back. One thread calls it, except for {@link #wakeUp}.
 */
public interface FastPath extends AutoCloseable {
  /** Slots between two {@link #flush}es. */
  int SLOTS = 256;

  /** For status: by which way frames are forwarded, and why by that one. */
  String description();

  /** Whether what an earlier process left was taken over and has forwarded all the while. */
  boolean adopted();

  /** What a person should know about this way, as sentences. */
  List<String> warnings();

  // Ports.

  /**
   * Joins a port to its device; a port that is joined already is joined as said now.
   *
   * @throws ErrnoException ENODEV if the device has gone, EOPNOTSUPP if this way has no such links
   */
  void join(int port, int bridge, PortLink link) throws IOException;

  /**
   * Leaves to the host what these ports' devices receive for their own MAC addresses, as before
   * they were ports; also of ports that are joined later. Without eBPF nothing happens.
   *
   * @param ports all of which it is so; what others' devices receive is the switch's
   */
  void share(Set<Integer> ports) throws IOException;

  /** The port sends nothing and receives nothing from now on. */
  void part(int port) throws IOException;

  /**
   * Frames from these devices come out of tunnels.
   *
   * @param types {@code enum tunnel_type} by the index of an external device; all that there are
   */
  void externals(Map<Integer, Integer> types) throws IOException;

  /**
   * Devices by which GRE for this host's tunnels may come, all of them; none of a port.
   *
   * @throws IOException with ENODEV if one has gone
   */
  void underlays(Set<Integer> ifindexes) throws IOException;

  /** Takes away what an earlier process left in the kernel and nobody has asked for since. */
  void release() throws IOException;

  /**
   * Puts back what somebody has taken off ports' devices. Looks at some of them each time, at all
   * within a few calls.
   *
   * @return interface indexes of the devices that something was missing on
   */
  Set<Integer> repair() throws IOException;

  /** Received packets, received bytes, sent packets, sent bytes of a port. */
  long[] portCounters(int port) throws ErrnoException;

  /** What went wrong with a port's frames and how often, by name; only what did. */
  Map<String, Long> portErrors(int port) throws ErrnoException;

  /** What went wrong with frames on their way up and down, by name; only what did. */
  Map<String, Long> errors();

  /** Frames dropped for a reason, {@code enum drop_reason}; 0 to 63. */
  long dropped(int reason) throws ErrnoException;

  /** Frames that came in by all ports, since the tables were made. */
  long received() throws ErrnoException;

  /** Those of them for which there was no flow, whether they could come up or not. */
  long misses() throws ErrnoException;

  /**
   * Limits how many frames of each port come up; the others are dropped as early as can be. Without
   * effect on a way on which all frames come up.
   *
   * @param perSecond from 1; 0: no limit
   */
  void upcallLimit(int perSecond) throws ErrnoException;

  // Bonds.

  /** The port that frames of a bond's bucket leave by; 0: none. */
  int bucket(int bond, int bucket) throws ErrnoException;

  /** Lets frames of a bond's bucket leave by a port; 0: they are dropped. */
  void bucket(int bond, int bucket, int port) throws ErrnoException;

  /** Bytes that left by a bond's bucket; only ever more. */
  long bucketBytes(int bond, int bucket) throws ErrnoException;

  // Flows.

  /** The generation of a bridge that forwarding goes by, perhaps an earlier process's; 0: none. */
  int generation(int bridge) throws ErrnoException;

  /** The generation that was set last by this process; 0: none. */
  int currentGeneration(int bridge);

  /** Flows of the bridge with another generation are misses from now on. */
  void generation(int bridge, int generation) throws ErrnoException;

  /**
   * Puts a flow into the tables; it is there after {@link #flush}.
   *
   * <p>Its counters begin with nothing; a flow that is there with these actions already keeps its
   * own.
   *
   * @param bridge of the key's port
   * @param trail of {@link #trails} that its packets count for; 0: none
   * @return false if it is not kept: there is no room, or this way keeps no flows
   */
  boolean install(FlowKey key, FlowMask mask, int bridge, int trail, ActionList actions)
      throws ErrnoException;

  /**
   * Shows every flow to the visitor and deletes those that it says.
   *
   * @return how many were seen
   */
  int walk(FlowVisitor visitor) throws ErrnoException;

  /**
   * Shows the visitor the flows that a packet would meet, each of them looked up: the first one of
   * its bridge's generation counts. What the visitor says of them is not done.
   */
  void find(FlowKey packet, FlowVisitor visitor) throws ErrnoException;

  /** The bits that a flow of {@link FlowVisitor} was installed under. */
  byte[] mask(int index);

  /** Flows for which there was no room since the start. */
  long full();

  /** What packets counted by their trails, whatever becomes of the flows that they met here. */
  TrailCounters trails();

  /**
   * What connection tracking says of a frame that came up, where no program asks it.
   *
   * @param vlanTci the tag beside the frame, with {@link FlowKey#VLAN_PRESENT}; 0: none
   * @param zone bridge × 2^16 + zone
   * @return a {@link dev.plumbline.datapath.flow.CtAnswer}; 0: {@link
   *     dev.plumbline.datapath.flow.ActionType#TRACK} asks, and the frame comes up again
   */
  long track(Memory memory, int frameOffset, int frameBytes, int vlanTpid, int vlanTci, int zone);

  /**
   * The ranges that actions name. One that has got its number is known from the next {@link #flush}
   * on, as flows are.
   */
  NatRanges ranges();

  /**
   * Takes connections out whose time is over; and, when there is hardly any room, those of which
   * nothing has come back.
   *
   * @return how many are left
   */
  int expireConnections() throws ErrnoException;

  /**
   * Has these meters, by bridge and number, and no others. One that it had goes on as full as it
   * was.
   */
  void meters(Map<Integer, Map<Long, MeterConfig>> meters) throws ErrnoException;

  /** Packets and bytes that a meter let through, packets and bytes that it did not. */
  long[] meterCounters(int bridge, long number) throws ErrnoException;

  // Frames.

  /** Lets {@link #poll} return when there is something to be read from the descriptor. */
  void watch(int fd);

  /** Waits for it no longer; nothing happens if it was not waited for. */
  void unwatch(int fd);

  /** Whether the last {@link #poll} found a watched descriptor ready. */
  boolean isReady(int fd);

  /**
   * Waits until there are frames, a watched descriptor is ready, {@link #wakeUp} is called or the
   * time is up; then fills the batch, which is emptied before, fairly between ports.
   *
   * @param timeoutMillis 0 does not wait, -1 waits without limit
   * @return frames in the batch
   */
  int poll(int timeoutMillis, UpcallBatch batch) throws ErrnoException;

  /** Lets {@link #poll} return, now or when it is called next. From any thread. */
  void wakeUp() throws ErrnoException;

  /**
   * Says what is to be done with the frames that are sent with this slot, until the next {@link
   * #flush}.
   *
   * @param slot 0 to {@link #SLOTS} - 1
   * @param key of these frames
   * @param vlanTci the tag beside them, with {@link FlowKey#VLAN_PRESENT}; 0: none
   * @param bridge in which they count as packets of the flow that they have there; 0: nowhere
   * @param trail of {@link #trails} that they count for; 0: none
   */
  void slot(
      int slot, FlowKey key, int vlanTpid, int vlanTci, int bridge, int trail, ActionList actions);

  /**
   * Sends a frame by the actions of the slot, by {@link #flush} at the latest. It must not be
   * changed before that.
   *
   * @param vnetOffset where its vnet header is
   * @return false if {@link #flush} is due
   */
  boolean send(Memory memory, int vnetOffset, int frameOffset, int frameBytes, int slot);

  /** First writes the flows that were installed, then sends all frames; the slots are free then. */
  void flush() throws ErrnoException;

  /** Frames for {@link #poll} that the kernel had no room to keep. */
  long lost() throws IOException;

  /** Ends forwarding and takes everything out of the kernel. */
  void dismantle() throws IOException;

  /** Lets go of everything; what can forward without a process forwards on. */
  @Override
  void close();
}
