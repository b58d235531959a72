// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.bpf.BpfFs;
import dev.plumbline.datapath.bpf.Hook;
import dev.plumbline.datapath.bpf.Hooks;
import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import dev.plumbline.datapath.flow.NatRange;
import dev.plumbline.datapath.flow.NatRanges;
import dev.plumbline.datapath.upcall.UpcallBatch;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.LinkCounter;
import dev.plumbline.netlink.route.RouteSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The fast path in eBPF. Its tables and hooks outlive the process: what an earlier one left is
 * taken over as it is, and forwards all the while.
 */
public final class EbpfFastPath implements FastPath {
  /** At each {@link #repair}: a hook costs a few microseconds. */
  private static final int HOOKS_LOOKED_AT = 64;

  private final BpfFs pins;
  private final EbpfTables tables;
  private final Hooks hooks;
  private final ActionLists lists;
  private final FlowTable layer2;
  private final FlowTable masked;
  private final ConnectionTable connections;
  private final NatRanges ranges = new NatRanges();

  /** Numbers up to before this one are in the programs' table. */
  private int knownRanges = 1;

  private final MeterTable meters;
  private final MaskTable masks = new MaskTable();
  private final FlowKey maskedKey = new FlowKey();
  private final Map<Integer, PortLink> links = new HashMap<>();
  private final Map<Integer, Integer> bridgeOf = new HashMap<>();
  private final Set<Integer> shared = new TreeSet<>();
  private final Set<Integer> externals = new HashSet<>();
  private final Set<Integer> underlays = new HashSet<>();
  private final Set<Hook> unclaimed = new HashSet<>();

  /** The program that each hook has to have. */
  private final Map<Hook, String> programs = new LinkedHashMap<>();

  private final RoundRobin guard = new RoundRobin(HOOKS_LOOKED_AT);
  private final Set<Integer> maskedBridges = new HashSet<>();
  private final Map<Integer, Integer> generations = new HashMap<>();
  private final EbpfFrames frames;
  private final EbpfTrails trails;
  private int upcallIfindex;
  private int upcallIntervalNanos;

  EbpfFastPath(BpfFs pins, EbpfTables tables, Hooks hooks, EbpfFrames frames) throws IOException {
    this.pins = pins;
    this.tables = tables;
    this.hooks = hooks;
    this.frames = frames;
    this.lists = new ActionLists(tables.map("lists"));
    this.layer2 = new FlowTable(tables.map("flows_l2"), lists, true);
    this.masked = new FlowTable(tables.map("flows"), lists, false);
    this.trails = new EbpfTrails(tables.map("trails"));
    this.connections = new ConnectionTable(tables);
    this.meters = new MeterTable(tables.map("meters"), tables.map("meter_states"));
    adoptRanges();
    hooks.list().forEach(attachment -> unclaimed.add(attachment.hook()));
    adoptMasks();
  }

  /** Upcalls go to the hidden device, which has the programs' egress hook for what Java sends. */
  private void connect() throws IOException {
    upcallIfindex = frames.tap().ifindex();
    set();
    hook(Hook.egress(upcallIfindex), "hidden_egress");
  }

  private void set() throws ErrnoException {
    tables.settings(upcallIfindex, masks.size(), upcallIntervalNanos);
  }

  /**
   * Loads it, or takes over what is there.
   *
   * @param directory for the tables' pins; a bpffs is mounted on it
   * @param tap name of the hidden device for upcalls
   * @throws NoEbpfException in the kernel's own words if it has no eBPF for us
   */
  public static EbpfFastPath open(Path directory, String tap) throws IOException {
    BpfFs pins;
    EbpfTables tables;
    try {
      pins = BpfFs.mount(directory);
      tables = EbpfTables.open(pins);
    } catch (IOException | UnsupportedOperationException e) {
      throw new NoEbpfException(e);
    }
    Hooks hooks = null;
    EbpfFrames frames = null;
    try {
      hooks = Hooks.open(pins);
      frames = EbpfFrames.open(tap, tables.map("slots").mapValues());
      EbpfFastPath path = new EbpfFastPath(pins, tables, hooks, frames);
      path.connect();
      return path;
    } catch (IOException | RuntimeException e) {
      if (frames != null) {
        frames.close();
      }
      if (hooks != null) {
        hooks.close();
      }
      tables.close();
      throw e;
    }
  }

  /** Takes away what an earlier process may have left there, when this one has no eBPF. */
  static void dismantle(Path directory) throws IOException {
    if (BpfFs.isMounted(directory)) {
      BpfFs pins = BpfFs.mount(directory);
      try (Hooks hooks = Hooks.open(pins)) {
        detachAll(hooks);
      }
      pins.unmount();
    }
  }

  private void adoptRanges() throws ErrnoException {
    for (NatRange known = tables.natRange(1); known != null; ) {
      int number = ranges.number(known);
      knownRanges = number + 1;
      known = knownRanges < NatRanges.LIMIT ? tables.natRange(knownRanges) : null;
    }
  }

  private void adoptMasks() throws ErrnoException {
    Memory key = Memory.allocate(Integer.BYTES);
    Memory mask = Memory.allocate(FlowKey.BYTES);
    byte[] bytes = new byte[FlowKey.BYTES];
    for (int i = 0; i < MaskTable.LIMIT; i++) {
      key.buffer().putInt(0, i);
      if (!tables.map("masks").lookup(key, 0, mask, 0)) {
        return;
      }
      mask.buffer().get(0, bytes);
      if (Arrays.equals(bytes, new byte[FlowKey.BYTES])) {
        return;
      }
      masks.adopt(bytes);
    }
  }

  @Override
  public String description() {
    return "eBPF (" + hooks.mechanism() + ")";
  }

  @Override
  public boolean adopted() {
    return tables.adopted();
  }

  @Override
  public List<String> warnings() {
    String refusal = frames.tap().steeringRefusal();
    return refusal == null
        ? List.of()
        : List.of("a port that floods can take other ports' upcalls: " + refusal);
  }

  @Override
  public int generation(int bridge) throws ErrnoException {
    return tables.generation(bridge);
  }

  @Override
  public int currentGeneration(int bridge) {
    return generations.getOrDefault(bridge, 0);
  }

  @Override
  public void generation(int bridge, int generation) throws ErrnoException {
    if (generations.put(bridge, generation) == null && tables.isMasked(bridge)) {
      maskedBridges.add(bridge); // by an earlier process, whose flows go on
    }
    tables.bridge(bridge, generation, maskedBridges.contains(bridge));
  }

  @Override
  public void join(int port, int bridge, PortLink link) throws IOException {
    PortLink before = links.put(port, link);
    bridgeOf.put(port, bridge);
    if (link instanceof PortLink.Device device) {
      int kind = device.peerElsewhere() ? EbpfTables.EGRESS_PEER : EbpfTables.EGRESS_DEVICE;
      tables.egress(port, device.ifindex(), kind, device.mtu(), 0);
      // The kernel lets all frames that are on their way pass before it says that a program is
      // there. What the device receives is the switch's from when the table says so.
      hook(Hook.ingress(device.ifindex()), "port_ingress");
      ingress(port, device);
    } else if (link instanceof PortLink.Host host) {
      tables.egress(port, host.ifindex(), EbpfTables.EGRESS_HOST, host.mtu(), 0);
      hook(Hook.ingress(host.leg()), "port_ingress");
      hook(Hook.egress(host.ifindex()), "host_egress");
      tables.ingress(host.ifindex(), port, bridge, EbpfTables.INGRESS_PORT);
      tables.ingress(host.leg(), port, bridge, EbpfTables.INGRESS_PORT);
    } else if (link instanceof PortLink.Tunnel tunnel) {
      tables.tunnel(port, tunnel.tunnel());
      tables.egress(port, 1, EbpfTables.EGRESS_TUNNEL, 0, port);
      if (tunnel.id() != null) {
        tables.tunnelPort(tunnel.id(), port, bridge);
      }
    }
    if (before != null && !before.equals(link)) {
      leave(before, link);
    }
  }

  private void ingress(int port, PortLink.Device device) throws ErrnoException {
    tables.ingress(
        device.ifindex(),
        port,
        bridgeOf.getOrDefault(port, 0),
        shared.contains(port) ? EbpfTables.INGRESS_SHARED : EbpfTables.INGRESS_PORT);
  }

  @Override
  public void share(Set<Integer> ports) throws IOException {
    Set<Integer> changed = new TreeSet<>(shared);
    changed.addAll(ports);
    changed.removeIf(port -> shared.contains(port) && ports.contains(port));
    shared.clear();
    shared.addAll(ports);
    for (int port : changed) {
      if (links.get(port) instanceof PortLink.Device device) {
        ingress(port, device);
      }
    }
  }

  @Override
  public void part(int port) throws IOException {
    tables.egress(port, 0, 0, 0, 0);
    PortLink link = links.remove(port);
    if (link != null) {
      leave(link, null);
    }
  }

  @Override
  public void externals(Map<Integer, Integer> types) throws IOException {
    for (Map.Entry<Integer, Integer> one : types.entrySet()) {
      if (!externals.contains(one.getKey())) {
        tables.ingress(one.getKey(), one.getValue(), 0, EbpfTables.INGRESS_TUNNEL);
        hook(Hook.ingress(one.getKey()), "port_ingress");
        externals.add(one.getKey());
      }
    }
    for (int gone : Set.copyOf(externals)) {
      if (!types.containsKey(gone)) {
        detach(Hook.ingress(gone));
        tables.removeIngress(gone);
        externals.remove(gone);
      }
    }
  }

  @Override
  public void underlays(Set<Integer> ifindexes) throws IOException {
    for (int ifindex : ifindexes) {
      boolean hidden = ifindex == upcallIfindex || externals.contains(ifindex);
      if (!hidden && !underlays.contains(ifindex)) {
        hook(Hook.ingress(ifindex), "underlay");
        underlays.add(ifindex);
      }
    }
    for (int gone : Set.copyOf(underlays)) {
      if (!ifindexes.contains(gone)) {
        Hook hook = Hook.ingress(gone);
        if (links.values().stream().noneMatch(link -> hooksOf(link).contains(hook))) {
          detach(hook);
        }
        underlays.remove(gone);
      }
    }
  }

  /** Undoes what the old link needed and the new one does not. */
  private void leave(PortLink old, @Nullable PortLink now) throws IOException {
    if (old instanceof PortLink.Tunnel tunnel) {
      ByteBuffer kept = now instanceof PortLink.Tunnel still ? still.id() : null;
      if (tunnel.id() != null && !tunnel.id().equals(kept)) {
        tables.removeTunnelPort(tunnel.id());
      }
      return;
    }
    for (Hook hook : hooksOf(old)) {
      if (now == null || hooksOf(now).stream().noneMatch(one -> one.ifindex() == hook.ifindex())) {
        tables.removeIngress(hook.ifindex());
      }
      if (now == null || !hooksOf(now).contains(hook)) {
        detach(hook);
        underlays.remove(hook.ifindex());
      }
    }
  }

  private static Set<Hook> hooksOf(PortLink link) {
    if (link instanceof PortLink.Device device) {
      return Set.of(Hook.ingress(device.ifindex()));
    }
    if (link instanceof PortLink.Host host) {
      return Set.of(Hook.ingress(host.leg()), Hook.egress(host.ifindex()));
    }
    return Set.of();
  }

  private void hook(Hook hook, String program) throws IOException {
    hooks.attach(hook, tables.program(program));
    programs.put(hook, program);
    unclaimed.remove(hook);
  }

  private void detach(Hook hook) throws IOException {
    programs.remove(hook);
    boolean unused = hooks.detach(hook);
  }

  @Override
  public void release() throws IOException {
    for (Hook hook : unclaimed) {
      boolean unused = hooks.detach(hook);
      tables.removeIngress(hook.ifindex());
    }
    unclaimed.clear();
    // Every hook now has this process's programs: nobody uses the tables of another layout any
    // more.
    for (String pin : EbpfTables.foreign(pins)) {
      pins.unpin(pin);
    }
  }

  @Override
  public Set<Integer> repair() throws IOException {
    Set<Integer> repaired = new TreeSet<>();
    for (Map.Entry<Hook, String> one : guard.next(programs.entrySet())) {
      if (!hooks.isAttached(one.getKey())) {
        try {
          hooks.attach(one.getKey(), tables.program(one.getValue()));
          repaired.add(one.getKey().ifindex());
        } catch (ErrnoException e) {
          if (e.errno() != Errno.ENODEV) {
            throw e;
          }
          // The device has gone, its event is on the way.
        }
      }
    }
    return repaired;
  }

  @Override
  public int bucket(int bond, int bucket) throws ErrnoException {
    return tables.bucket(bond, bucket);
  }

  @Override
  public void bucket(int bond, int bucket, int port) throws ErrnoException {
    tables.bucket(bond, bucket, port);
  }

  @Override
  public long bucketBytes(int bond, int bucket) throws ErrnoException {
    return tables.bucketBytes(bond, bucket);
  }

  @Override
  public boolean install(FlowKey key, FlowMask mask, int bridge, int trail, ActionList actions)
      throws ErrnoException {
    int generation = generations.getOrDefault(bridge, 0);
    if (mask.isLayer2()) {
      return layer2.put(key, -1, generation, trail, actions);
    }
    int before = masks.size();
    int index = masks.index(mask);
    if (masks.size() > before) {
      tables.mask(index, masks.bytes(index));
      set();
    }
    if (maskedBridges.add(bridge)) {
      tables.bridge(bridge, generation, true);
    }
    maskKey(key, index);
    return masked.put(maskedKey, index, generation, trail, actions);
  }

  @Override
  public int walk(FlowVisitor visitor) throws ErrnoException {
    int seen = layer2.walk(visitor);
    seen += maskedBridges.isEmpty() && !adopted() ? 0 : masked.walk(visitor);
    lists.sweep();
    return seen;
  }

  private void maskKey(FlowKey key, int mask) {
    byte[] bits = masks.bytes(mask);
    for (int i = 0; i < FlowKey.BYTES; i++) {
      maskedKey.bytes()[i] = (byte) (key.bytes()[i] & bits[i]);
    }
  }

  @Override
  public void find(FlowKey packet, FlowVisitor visitor) throws ErrnoException {
    layer2.find(packet, -1, visitor);
    for (int i = 0; i < masks.size(); i++) {
      maskKey(packet, i);
      masked.find(maskedKey, i, visitor);
    }
  }

  @Override
  public byte[] mask(int index) {
    return masks.bytes(index);
  }

  @Override
  public long full() {
    return layer2.full() + masked.full();
  }

  @Override
  public TrailCounters trails() {
    return trails;
  }

  @Override
  public long[] portCounters(int port) throws ErrnoException {
    return tables.portCounters(port);
  }

  @Override
  public long received() throws ErrnoException {
    long received = 0;
    for (int port : links.keySet()) {
      received += tables.portCounters(port)[0];
    }
    return received;
  }

  @Override
  public long misses() throws ErrnoException {
    return tables.misses();
  }

  @Override
  public void upcallLimit(int perSecond) throws ErrnoException {
    upcallIntervalNanos = perSecond == 0 ? 0 : Math.max(1, 1_000_000_000 / perSecond);
    set();
  }

  @Override
  public Map<String, Long> portErrors(int port) {
    return Map.of(); // the programs count reasons of the whole switch alone
  }

  @Override
  public Map<String, Long> errors() {
    Map<String, Long> errors = new TreeMap<>();
    frames.queues().errors().addTo(errors, "read");
    frames.injector().queue().errors().addTo(errors, "inject");
    if (frames.queues().malformed() > 0) {
      errors.put("read malformed", frames.queues().malformed());
    }
    return errors;
  }

  @Override
  public long dropped(int reason) throws ErrnoException {
    return tables.dropped(reason);
  }

  @Override
  public long lost() throws IOException {
    try (RouteSocket socket = RouteSocket.open()) {
      Link link = socket.link(frames.tap().ifindex());
      return link == null ? 0 : link.counted(LinkCounter.TX_DROPPED);
    }
  }

  @Override
  public void dismantle() throws IOException {
    detachAll(hooks);
    pins.unmount();
    frames.tap().delete();
  }

  private static void detachAll(Hooks hooks) throws IOException {
    for (var attachment : hooks.list()) {
      try {
        boolean unused = hooks.detach(attachment.hook());
      } catch (ErrnoException e) {
        if (e.errno() != Errno.ENODEV) {
          throw e;
        }
      }
    }
  }

  @Override
  public long track(
      Memory memory, int frameOffset, int frameBytes, int vlanTpid, int vlanTci, int zone) {
    return 0;
  }

  @Override
  public NatRanges ranges() {
    return ranges;
  }

  @Override
  public int expireConnections() throws ErrnoException {
    return connections.expire(System.nanoTime());
  }

  @Override
  public void meters(Map<Integer, Map<Long, MeterConfig>> wanted) throws ErrnoException {
    meters.configure(wanted);
  }

  @Override
  public long[] meterCounters(int bridge, long number) throws ErrnoException {
    return meters.counters(bridge, number);
  }

  @Override
  public void watch(int fd) {
    frames.queues().watch(fd);
  }

  @Override
  public void unwatch(int fd) {
    frames.queues().unwatch(fd);
  }

  @Override
  public boolean isReady(int fd) {
    return frames.queues().isReady(fd);
  }

  @Override
  public int poll(int timeoutMillis, UpcallBatch batch) throws ErrnoException {
    return frames.queues().poll(timeoutMillis, batch);
  }

  @Override
  public void wakeUp() throws ErrnoException {
    frames.queues().wakeUp();
  }

  @Override
  public void slot(
      int slot, FlowKey key, int vlanTpid, int vlanTci, int bridge, int trail, ActionList actions) {
    frames.slots().write(slot, key, vlanTci, vlanTpid, bridge, trail, actions);
  }

  @Override
  public boolean send(Memory memory, int vnetOffset, int frameOffset, int frameBytes, int slot) {
    return frames.injector().add(memory, vnetOffset, frameOffset, frameBytes, slot);
  }

  @Override
  public void flush() throws ErrnoException {
    for (; knownRanges < ranges.size(); knownRanges++) {
      tables.natRange(knownRanges, ranges.get(knownRanges));
    }
    layer2.flush();
    masked.flush();
    int unused = frames.injector().flush();
  }

  @Override
  public void close() {
    trails.close();
    frames.close();
    hooks.close();
    tables.close();
  }
}
