// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static dev.plumbline.datapath.fastpath.FlowVisitor.Verdict.DELETE;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.fastpath.FastPath;
import dev.plumbline.datapath.fastpath.FastPaths;
import dev.plumbline.datapath.port.Device;
import dev.plumbline.datapath.port.DeviceWatch;
import dev.plumbline.datapath.tally.Tallies;
import dev.plumbline.datapath.translate.PortNumbers;
import dev.plumbline.datapath.translate.StateChange;
import dev.plumbline.datapath.translate.SwitchState;
import dev.plumbline.datapath.tunnel.GrePackets;
import dev.plumbline.datapath.tunnel.Tunnels;
import dev.plumbline.netlink.libc.ErrnoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The switch itself: all that it has, and one turn after another. Belongs to one thread. */
final class Engine implements AutoCloseable {
  /** In the switch's directory. */
  static final String PINS = "bpf";

  private static final long PASS_MILLIS = 500;

  /** From when flows could not be ended until that is tried again. */
  private static final long REFUSED_MILLIS = 2_000;

  /** Between two passes at most. */
  private static final long QUIET_MILLIS = 2_000;

  /**
   * Between two passes at least, so that an attack that moves addresses cannot make more of them.
   */
  private static final long SHORTEST_MILLIS = 5;

  /**
   * How long the host still gets what is for the own addresses of devices that joined with an
   * announcement: until all neighbours have heard it.
   */
  private static final long SHARED_MILLIS = 1_000;

  /** How much longer ends of tunnels stay idle than flows, which may name them. */
  private static final long END_IDLE = 30;

  private final SwitchOptions options;
  private final FastPath fast;
  private final DeviceWatch devices;
  private final Tunnels tunnels;
  private final Joints joints;
  private final Bonds bonds;
  private final Announcer announcer;
  private final FlowAddresses addresses = new FlowAddresses();
  private final Disturbance disturbance = new Disturbance(addresses);
  private final TunnelUpcalls tunnelUpcalls;
  private final TunnelEnds ends;
  private final Upcalls upcalls;
  private final Revalidator revalidator;
  private final Moderator moderator;
  private final SavedState saved;
  private final Tallies tallies;
  private final FlowTimeouts timeouts = new FlowTimeouts();
  private final List<Integer> greSockets = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Map<String, MacTable> tables = new HashMap<>();
  private final Map<String, Integer> generations = new TreeMap<>();

  private SwitchState state = SwitchState.EMPTY;
  private PortNumbers numbers;
  private int lastGeneration;
  private boolean configured;
  private boolean devicesChanged;
  private long lastPass;
  private long lastSave;
  private long nextExpiry;
  private @Nullable String notEnded;
  private long notEndedUntil;
  private @Nullable String notSaved;
  private int connections;
  private long sharedUntil = Long.MAX_VALUE;

  private Engine(SwitchOptions options, FastPath fast, DeviceWatch devices, Tunnels tunnels)
      throws IOException {
    this.options = options;
    this.fast = fast;
    this.devices = devices;
    this.tunnels = tunnels;
    this.saved = restored(options.directory().resolve("switch.state"), warnings);
    this.numbers = saved.numbers();
    this.joints = new Joints(fast, devices, tunnels, saved.claims());
    this.bonds = new Bonds(fast);
    this.announcer = new Announcer(fast);
    this.tunnelUpcalls = new TunnelUpcalls(tunnels, joints);
    this.tallies =
        Tallies.open(options.directory().resolve("flows.tally"), bootId(), fast.trails());
    this.ends = new TunnelEnds(fast, END_IDLE * options.idleMillis());
    this.upcalls =
        new Upcalls(fast, disturbance, addresses, tunnelUpcalls, tallies, this::haveEnds);
    this.revalidator = new Revalidator(fast, disturbance, addresses, tallies, options.idleMillis());
    this.moderator = new Moderator(fast);
    fast.watch(devices.fd());
    fast.watch(tunnels.fd());
    this.lastGeneration = saved.lastGeneration();
    if (fast.adopted() && lastGeneration == 0) {
      // Which ports and bridges these flows speak of, nobody knows any more.
      int unused =
          fast.walk((key, mask, generation, trail, actions, packets, bytes, used) -> DELETE);
    }
  }

  private static SavedState restored(Path file, List<String> warnings) {
    try {
      return SavedState.read(file);
    } catch (IOException e) {
      warnings.add(e.getMessage() + "; flows and addresses are learnt anew");
      return SavedState.none(file);
    }
  }

  private static String bootId() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
  }

  /** Opens everything, in the calling thread's network namespace; what is there is taken over. */
  static Engine open(SwitchOptions options) throws IOException {
    Files.createDirectories(options.directory());
    List<AutoCloseable> opened = new ArrayList<>();
    boolean done = false;
    try {
      FastPath fast =
          FastPaths.open(options.directory().resolve(PINS), options.tap(), options.ebpf());
      opened.add(fast);
      DeviceWatch devices = DeviceWatch.open();
      opened.add(devices);
      var unused = devices.poll(); // reads all there are
      Tunnels tunnels = Tunnels.open(options.tap());
      opened.add(tunnels);
      Engine engine = new Engine(options, fast, devices, tunnels);
      done = true;
      return engine;
    } finally {
      if (!done) {
        closeAll(opened);
      }
    }
  }

  private static void closeAll(List<AutoCloseable> opened) throws IOException {
    for (int i = opened.size() - 1; i >= 0; i--) {
      try {
        opened.get(i).close();
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
  }

  /** Lets {@link #turn} return early; from any thread. */
  void wakeUp() throws ErrnoException {
    fast.wakeUp();
  }

  /** Waits for something to do, at most until the next pass is due, and does it. */
  void turn() throws IOException {
    long now = millis();
    long due = lastPass + (disturbance.isNone() ? longest() : shortest());
    due = Math.min(due, bonds.nextMillis());
    due = timeouts.isNeeded() ? Math.min(due, lastSave + PASS_MILLIS) : due;
    int count = fast.poll((int) Math.max(0, Math.min(PASS_MILLIS, due - now)), upcalls.batch());
    now = millis();
    if (count > 0) {
      upcalls.handle(state, mayInstall(), now);
    }
    moderator.run(upcalls.frames());
    if (greSockets.stream().anyMatch(fast::isReady)) {
      tunnelUpcalls.receive();
      upcalls.handleTunnels(state, mayInstall(), now);
    }
    boolean changed = (fast.isReady(devices.fd()) && look()) || devicesChanged;
    devicesChanged = false;
    if (tunnels.update(now, changed, fast.isReady(tunnels.fd())) || changed) {
      join();
    }
    if (now >= sharedUntil) {
      sharedUntil = Long.MAX_VALUE;
      joints.endSharing();
    }
    if (now >= bonds.nextMillis()) {
      become(bonds.run(state, now));
      announce();
    }
    due = lastPass + (disturbance.isNone() ? longest() : shortest());
    if (now >= due) {
      pass(now);
    }
    if (now - lastSave >= PASS_MILLIS) {
      repair();
      expire(now);
      BitSet idle = ends.idle(state, now);
      if (!idle.isEmpty()) {
        SwitchState unused = haveEnds(state.withoutEnds(idle));
      }
      try {
        save(now);
        notSaved = null;
      } catch (IOException e) {
        lastSave = now;
        notSaved = "what was learnt would not outlive this process: " + e.getMessage();
      }
    }
  }

  /** Ends the flows whose time is up, all in one step; what failed is tried again. */
  private void expire(long now) {
    if (now < notEndedUntil) {
      return;
    }
    SwitchConfig config = state.config();
    Map<String, List<FlowConfig>> due = timeouts.due(config, tallies, System.nanoTime());
    SwitchConfig after = due.isEmpty() ? config : FlowTimeouts.without(config, due);
    if (due.isEmpty() ? notEnded == null : !options.expiry().mayEnd(after, due)) {
      return;
    }
    try {
      configure(after, List.of());
    } catch (IOException | IllegalArgumentException e) {
      notEnded = "flows whose time is up could not be ended: " + e.getMessage();
      notEndedUntil = now + REFUSED_MILLIS;
    }
  }

  /** Has flows begin their time anew, which somebody put in again as they are. */
  void renew(String bridge, Collection<FlowConfig> flows) {
    tallies.renew(bridge, flows, System.nanoTime());
  }

  /** Becomes a switch with more ends of tunnels, or with fewer. */
  private SwitchState haveEnds(SwitchState next) throws IOException {
    numbers = next.numbers();
    become(joints.join(next)); // at once with those that are up
    save(millis()); // before any flow can name them
    return state;
  }

  /** Takes in what became of devices; whether anything did. */
  private boolean look() throws IOException {
    return !devices.poll().isEmpty();
  }

  private boolean mayInstall() {
    return revalidator.flows() + upcalls.installed() < options.flowLimit();
  }

  /** Without cause, when idle flows are to be ended and addresses in use not to age. */
  private long longest() {
    long rest = 20 * revalidator.tookNanos() / 1_000_000;
    return Math.min(QUIET_MILLIS, Math.max(PASS_MILLIS, rest));
  }

  private long shortest() {
    long rest = 10 * revalidator.tookNanos() / 1_000_000;
    return Math.min(PASS_MILLIS, Math.max(SHORTEST_MILLIS, rest));
  }

  private void pass(long now) throws IOException {
    boolean aged = false;
    for (MacTable table : tables.values()) {
      aged |= table.expire(now) > 0;
    }
    if (aged) {
      disturbance.everything();
    }
    if (configured) {
      revalidator.pass(state);
    }
    upcalls.counted();
    if (now >= nextExpiry) {
      long begun = millis(); // passes take long under load, and that is not what it costs
      connections = fast.expireConnections();
      nextExpiry = begun + Math.max(QUIET_MILLIS, 50 * (millis() - begun));
    }
    lastPass = now;
  }

  /** The kernel tells nobody that a program was taken off a hook. */
  private void repair() throws IOException {
    for (int ifindex : fast.repair()) {
      Device device = devices.device(ifindex);
      options
          .repaired()
          .accept(
              "what the switch has on "
                  + (device == null ? "device " + ifindex : device.name())
                  + " was taken off, and is there again");
    }
  }

  private void save(long now) throws IOException {
    tallies.save();
    saved.save(state, generations, joints.claims(), now);
    lastSave = now;
  }

  /**
   * Whether it knows what it is to be. Until then frames wait in the queues, as far as they fit.
   */
  boolean isConfigured() {
    return configured;
  }

  /** Becomes another switch, and announces what has to be known then. */
  void configure(SwitchConfig config, List<Announcement> announcements) throws IOException {
    Tunnels.check(config);
    // Devices that were made for this very configuration are not to be missing for a moment.
    devicesChanged |= look();
    PortNumbers before = numbers;
    PortNumbers assigned = before.assign(config);
    Map<String, MacTable> kept = new HashMap<>(tables);
    for (Map.Entry<String, BridgeConfig> one : config.bridges().entrySet()) {
      MacTableConfig wanted = one.getValue().macTable();
      kept.computeIfAbsent(
          one.getKey(),
          name -> new MacTable(wanted.size(), wanted.agingSeconds(), System.nanoTime()));
    }
    // Flows may be refused here: until then nothing is another.
    SwitchState next = reconfigured(config, assigned, kept);
    numbers = assigned;
    timeouts.configured(config);
    tables.putAll(kept);
    tables.keySet().retainAll(config.bridges().keySet());
    for (Map.Entry<String, BridgeConfig> one : config.bridges().entrySet()) {
      MacTableConfig wanted = one.getValue().macTable();
      MacTable table = tables.get(one.getKey());
      if (table != null && table.configure(wanted.size(), wanted.agingSeconds()) > 0) {
        disturbance.everything();
      }
    }
    restoreTables(config, next);
    fast.meters(meters(config)); // before flows are decided by them
    become(next);
    if (!numbers.ports().equals(before.ports()) || !numbers.bridges().equals(before.bridges())) {
      // Before any flow can name them: a process that takes over must know what they mean.
      save(millis());
    }
    configureTunnels(config);
    become(joints.join(state, !announcements.isEmpty()));
    if (!announcements.isEmpty()) {
      upcalls.enter(announcements, state, millis());
      sharedUntil = millis() + SHARED_MILLIS;
    }
    tunnels.removeUnneeded();
    become(bonds.configure(state, saved, millis()));
    announce();
    if (!configured) {
      configured = true;
      // What an earlier process had in the kernel and this configuration does not ask for.
      fast.release();
    }
    pass(millis());
    save(millis());
    notEnded = null;
  }

  private SwitchState reconfigured(
      SwitchConfig config, PortNumbers assigned, Map<String, MacTable> kept) {
    boolean done = false;
    try {
      SwitchState next = state.reconfigured(config, assigned, kept, tallies.numbers());
      tallies.configured(state.config(), config, System.nanoTime());
      done = true;
      return next;
    } finally {
      if (!done) {
        tallies.refused();
      }
    }
  }

  private Map<Integer, Map<Long, MeterConfig>> meters(SwitchConfig config) {
    Map<Integer, Map<Long, MeterConfig>> meters = new HashMap<>();
    config
        .bridges()
        .forEach(
            (name, bridge) -> {
              Map<Long, MeterConfig> of = new HashMap<>();
              bridge.meters().forEach(meter -> of.put(meter.id(), meter));
              meters.put(numbers.bridge(name), of);
            });
    return meters;
  }

  private void configureTunnels(SwitchConfig config) throws IOException {
    tunnels.configure(config);
    greSockets.forEach(fast::unwatch);
    greSockets.clear();
    GrePackets packets = tunnels.packets();
    if (packets != null) {
      greSockets.addAll(packets.fds());
      greSockets.forEach(fast::watch);
    }
  }

  private void restoreTables(SwitchConfig config, SwitchState next) {
    for (Map.Entry<String, BridgeConfig> one : config.bridges().entrySet()) {
      MacTable table = tables.get(one.getKey());
      if (table == null) {
        continue;
      }
      try {
        saved.restore(one.getKey(), table, next, millis());
      } catch (IOException e) {
        warnings.add(one.getKey() + ": " + e.getMessage());
      }
    }
    if (next.configureStatics()) {
      disturbance.everything();
    }
  }

  private void become(SwitchState next) throws IOException {
    if (next == state) {
      return;
    }
    StateChange change = StateChange.between(state, next);
    int unused = change.flush();
    state = next;
    for (Map.Entry<String, Integer> bridge : next.numbers().bridges().entrySet()) {
      int number = bridge.getValue();
      int before = fast.currentGeneration(number);
      int inherited = configured ? 0 : saved.generation(bridge.getKey());
      if (before == 0 && inherited != 0 && fast.generation(number) == inherited) {
        setGeneration(bridge.getKey(), number, inherited);
      } else if (before == 0 || change.bumps(number)) {
        setGeneration(bridge.getKey(), number, Math.max(lastGeneration, before) + 1);
      }
    }
    disturbance.change(change);
    addresses.addEverything(); // what flows depend on may be another now
  }

  private void setGeneration(String bridge, int number, int generation) throws ErrnoException {
    lastGeneration = Math.max(lastGeneration, generation);
    generations.put(bridge, generation);
    fast.generation(number, generation);
  }

  /** Brings ports and devices together, after either has changed. */
  private void join() throws IOException {
    become(joints.join(state));
    become(bonds.update(state, millis()));
    announce();
  }

  private void announce() throws IOException {
    for (int bond : bonds.takeAnnouncements()) {
      announcer.announce(state, bond, millis());
    }
  }

  SwitchState state() {
    return state;
  }

  FastPath fast() {
    return fast;
  }

  Joints joints() {
    return joints;
  }

  Bonds bonds() {
    return bonds;
  }

  Upcalls upcalls() {
    return upcalls;
  }

  Tunnels tunnels() {
    return tunnels;
  }

  TunnelUpcalls tunnelUpcalls() {
    return tunnelUpcalls;
  }

  Tallies tallies() {
    return tallies;
  }

  Revalidator revalidator() {
    return revalidator;
  }

  /** That were tracked when they were last looked through. */
  int connections() {
    return connections;
  }

  List<String> warnings() {
    List<String> all = new ArrayList<>(warnings);
    all.addAll(fast.warnings());
    all.addAll(tallies.warnings());
    Stream.of(notEnded, notSaved).filter(Objects::nonNull).forEach(all::add);
    return all;
  }

  static long millis() {
    return System.nanoTime() / 1_000_000;
  }

  /** Ends forwarding and takes everything out of the kernel. */
  void dismantle() throws IOException {
    joints.partAll();
    tunnels.removeAll();
    fast.dismantle();
    saved.forget();
    tallies.forget();
  }

  /** Lets go; the fast path forwards on. */
  @Override
  public void close() throws IOException {
    if (!saved.isForgotten()) {
      tallies.save();
      saved.save(state, generations, joints.claims(), millis());
    }
    closeAll(List.of(fast, devices, tunnels, moderator));
  }
}
