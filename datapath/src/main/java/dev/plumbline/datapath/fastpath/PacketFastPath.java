// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import dev.plumbline.datapath.flow.NatRanges;
import dev.plumbline.datapath.port.PacketPort;
import dev.plumbline.datapath.upcall.PollSet;
import dev.plumbline.datapath.upcall.UpcallBatch;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The way without eBPF: a packet socket for each port, and every frame comes up. It keeps no flows:
 * frames that come in one batch and are alike are decided once, and that is all that is remembered.
 * Nothing forwards while there is no process.
 */
public final class PacketFastPath implements FastPath {
  /** Frames of one port in one turn. */
  private static final int BUDGET = 32;

  private final String reason;
  private final Screen screen;
  private final PollSet waiting = new PollSet();
  private final NatRanges ranges = new NatRanges();
  private final PacketOutputs outputs = new PacketOutputs(ranges);
  private final Map<Integer, PortLink> links = new HashMap<>();
  private final Map<Integer, Integer> generations = new HashMap<>();

  /** By port, of sockets that are closed. */
  private final Map<Integer, Map<String, Long>> pastErrors = new HashMap<>();

  private PacketPort[] byFd = new PacketPort[64];
  private int first;
  private long lost;

  private PacketFastPath(String reason, Screen screen) throws ErrnoException {
    this.reason = reason;
    this.screen = screen;
  }

  /**
   * Opens it, in the calling thread's network namespace.
   *
   * @param name of the switch in the namespace
   * @param reason why there is no eBPF, for status
   */
  static PacketFastPath open(String name, String reason) throws IOException {
    Screen screen = Screen.open(name);
    try {
      return new PacketFastPath(reason, screen);
    } catch (IOException | RuntimeException e) {
      screen.close();
      throw e;
    }
  }

  @Override
  public String description() {
    return "AF_PACKET (" + reason + "); restarts interrupt traffic for the start-up time";
  }

  @Override
  public boolean adopted() {
    return false;
  }

  @Override
  public List<String> warnings() {
    String refusal = screen.refusal();
    return refusal == null
        ? List.of()
        : List.of("the host's own stack also sees the frames of ports: " + refusal);
  }

  @Override
  public void join(int port, int bridge, PortLink link) throws IOException {
    if (link instanceof PortLink.Tunnel) {
      throw new ErrnoException("a tunnel, without eBPF", Errno.EOPNOTSUPP);
    }
    int before = receivesFrom(links.get(port));
    int now = receivesFrom(link);
    if (before != now) {
      leave(port);
      PacketPort opened = PacketPort.open(now, port);
      boolean done = false;
      try {
        screen.put(now);
        done = true;
      } finally {
        if (!done) {
          opened.close();
        }
      }
      byFd = opened.fd() < byFd.length ? byFd : Arrays.copyOf(byFd, opened.fd() * 2);
      byFd[opened.fd()] = opened;
      waiting.add(opened.fd());
      outputs.put(port, opened);
    }
    links.put(port, link);
    outputs.mtu(port, link instanceof PortLink.Host host ? host.mtu() : mtu(link));
  }

  @Override
  public void share(Set<Integer> ports) {} // the screen takes all that is received

  private static int mtu(PortLink link) {
    return link instanceof PortLink.Device device ? device.mtu() : 0;
  }

  /** The device that its frames come by; 0: none. */
  private static int receivesFrom(@Nullable PortLink link) {
    if (link instanceof PortLink.Host host) {
      return host.leg();
    }
    return link instanceof PortLink.Device device ? device.ifindex() : 0;
  }

  @Override
  public void part(int port) throws IOException {
    leave(port);
    links.remove(port);
  }

  private void leave(int port) throws IOException {
    PacketPort old = outputs.remove(port);
    if (old != null) {
      waiting.remove(old.fd());
      byFd[old.fd()] = null;
      lost += old.kernelDrops();
      old.addErrorsTo(pastErrors.computeIfAbsent(port, any -> new TreeMap<>()));
      old.close();
      screen.remove(old.ifindex());
    }
  }

  @Override
  public void externals(Map<Integer, Integer> types) {
    // Without tunnels nothing comes out of one.
  }

  @Override
  public void underlays(Set<Integer> ifindexes) {
    // As externals.
  }

  @Override
  public void release() throws IOException {
    screen.release();
  }

  @Override
  public long received() {
    return 0;
  }

  @Override
  public long misses() {
    return 0;
  }

  @Override
  public void upcallLimit(int perSecond) {} // the sockets' buffers are the limit

  @Override
  public Set<Integer> repair() throws IOException {
    return screen.repair();
  }

  @Override
  public long[] portCounters(int port) {
    return outputs.counters(port);
  }

  @Override
  public Map<String, Long> portErrors(int port) throws ErrnoException {
    Map<String, Long> errors = new TreeMap<>(pastErrors.getOrDefault(port, Map.of()));
    PacketPort now = outputs.socket(port);
    if (now != null) {
      now.addErrorsTo(errors);
    }
    return errors;
  }

  @Override
  public Map<String, Long> errors() {
    return Map.of(); // each is some port's
  }

  @Override
  public long dropped(int reason) {
    return outputs.dropped(reason);
  }

  @Override
  public int bucket(int bond, int bucket) {
    return outputs.bucket(bond, bucket);
  }

  @Override
  public void bucket(int bond, int bucket, int port) {
    outputs.bucket(bond, bucket, port);
  }

  @Override
  public long bucketBytes(int bond, int bucket) {
    return outputs.bucketBytes(bond, bucket);
  }

  @Override
  public int generation(int bridge) {
    return currentGeneration(bridge);
  }

  @Override
  public int currentGeneration(int bridge) {
    return generations.getOrDefault(bridge, 0);
  }

  @Override
  public void generation(int bridge, int generation) {
    generations.put(bridge, generation);
  }

  @Override
  public boolean install(FlowKey key, FlowMask mask, int bridge, int trail, ActionList actions) {
    return false;
  }

  @Override
  public int walk(FlowVisitor visitor) {
    return 0;
  }

  @Override
  public void find(FlowKey packet, FlowVisitor visitor) {} // it keeps none

  @Override
  public byte[] mask(int index) {
    throw new IllegalArgumentException("there are no masks");
  }

  @Override
  public TrailCounters trails() {
    return outputs.trails();
  }

  @Override
  public long full() {
    return 0;
  }

  @Override
  public long track(
      Memory memory, int frameOffset, int frameBytes, int vlanTpid, int vlanTci, int zone) {
    return outputs.track(memory, frameOffset, frameBytes, vlanTpid, vlanTci, zone);
  }

  @Override
  public NatRanges ranges() {
    return ranges;
  }

  @Override
  public int expireConnections() {
    return outputs.connections().expire(System.nanoTime());
  }

  @Override
  public void meters(Map<Integer, Map<Long, MeterConfig>> meters) {
    outputs.meters(meters);
  }

  @Override
  public long[] meterCounters(int bridge, long number) {
    return outputs.meterCounters(bridge, number);
  }

  @Override
  public void watch(int fd) {
    waiting.add(fd);
  }

  @Override
  public void unwatch(int fd) {
    waiting.remove(fd);
  }

  @Override
  public boolean isReady(int fd) {
    return waiting.isReady(fd);
  }

  @Override
  public int poll(int timeoutMillis, UpcallBatch batch) throws ErrnoException {
    batch.clear();
    if (!waiting.poll(timeoutMillis)) {
      return 0;
    }
    boolean some = true;
    while (some && !batch.isFull()) {
      some = false;
      int count = waiting.size();
      for (int i = 0; i < count && !batch.isFull(); i++) {
        int index = (first + i) % count;
        if (waiting.isReadyAt(index)) {
          some |= turn(index, batch);
        }
      }
      first = (first + 1) % count;
    }
    return batch.size();
  }

  /** Whether the port may have more. */
  private boolean turn(int index, UpcallBatch batch) {
    int fd = waiting.fd(index);
    PacketPort port = fd < byFd.length ? byFd[fd] : null;
    if (port == null) {
      return false; // another descriptor, for others to read
    }
    int before = batch.size();
    boolean more = port.receive(batch, BUDGET);
    for (int i = before; i < batch.size(); i++) {
      outputs.received(batch.prefix(i).inPort(), batch.frameLength(i));
    }
    if (!more) {
      waiting.drained(index);
    }
    return more;
  }

  @Override
  public void wakeUp() throws ErrnoException {
    waiting.wakeUp();
  }

  @Override
  public void slot(
      int slot, FlowKey key, int vlanTpid, int vlanTci, int bridge, int trail, ActionList actions) {
    outputs.slot(slot, key, vlanTpid, vlanTci, trail, actions);
  }

  @Override
  public boolean send(Memory memory, int vnetOffset, int frameOffset, int frameBytes, int slot) {
    outputs.execute(memory, vnetOffset, frameOffset, frameBytes, slot);
    return true;
  }

  @Override
  public void flush() {
    outputs.flush();
  }

  @Override
  public long lost() throws ErrnoException {
    long sum = lost;
    for (PacketPort port : ports()) {
      sum += port.kernelDrops();
    }
    return sum;
  }

  private List<PacketPort> ports() {
    List<PacketPort> ports = new ArrayList<>();
    for (PacketPort port : byFd) {
      if (port != null) {
        ports.add(port);
      }
    }
    return ports;
  }

  @Override
  public void dismantle() throws IOException {
    for (int port : List.copyOf(links.keySet())) {
      part(port);
    }
    screen.release();
  }

  /** The ports' devices stay screened from the host's stack: the next process takes them up. */
  @Override
  public void close() {
    ports().forEach(PacketPort::close);
    Arrays.fill(byFd, null);
    screen.close();
    waiting.close();
  }
}
