// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.bridge.MacTable.Outcome;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import dev.plumbline.datapath.packet.PacketParser;
import dev.plumbline.datapath.testing.RandomSwitch;
import dev.plumbline.datapath.testing.RandomTraffic;
import dev.plumbline.datapath.testing.ReferenceSwitch;
import dev.plumbline.datapath.testing.ReferenceSwitch.Sent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;

/**
 * A switch without a kernel: state, tables, and a cache of flows that are invalidated as {@link
 * StateChange} and {@link SwitchState#concerns} say, beside a reference switch that is told the
 * same.
 */
public final class SwitchHarness {
  /** Carries out what was decided. */
  public interface Path {
    /**
     * Does a list of a decision on a frame; a bond is the number of its port.
     *
     * @param key of the frame, with the port it came in by
     * @param bridge of that port
     */
    List<FrameActions.Output> send(
        FlowKey key, FlowMask mask, int bridge, ActionList list, byte[] frame);
  }

  private final Random random;
  private final RandomSwitch generator;
  private final RandomTraffic traffic;
  private final int tableSize;
  private final Path path;
  private final ReferenceSwitch reference = new ReferenceSwitch();
  private final Translator translator = new Translator();
  private final PacketParser parser = new PacketParser();
  private final Map<String, MacTable> tables = new LinkedHashMap<>();
  private final List<CachedFlow> cache = new ArrayList<>();
  private final long[] generations = new long[PortNumbers.BRIDGE_LIMIT];
  private long lastGeneration;
  private SwitchState state = SwitchState.EMPTY;
  private long now = 1_000_000;
  private int lastPort;
  private byte[] lastFrame = {};
  private int hits;
  private int sent;

  SwitchHarness(long seed, int tableSize) {
    this(seed, tableSize, (key, mask, bridge, list, frame) -> FrameActions.execute(list, frame));
  }

  /** With another way to carry out decisions. */
  public SwitchHarness(long seed, int tableSize, Path path) {
    this.path = path;
    random = new Random(seed);
    this.tableSize = tableSize;
    generator = new RandomSwitch(random);
    traffic = new RandomTraffic(random);
    configure();
  }

  SwitchState state() {
    return state;
  }

  long now() {
    return now;
  }

  Random random() {
    return random;
  }

  /** How many packets the cache had a flow for. */
  int hits() {
    return hits;
  }

  /** How many packets were sent somewhere. */
  public int sent() {
    return sent;
  }

  /** Something happens, mostly a packet; its outputs are compared with the reference's. */
  public void step() {
    switch (random.nextInt(30)) {
      case 0 -> pass(random.nextInt(100_000));
      case 1 -> pass(random.nextInt(3_000));
      case 2 -> {
        generator.change();
        configure();
      }
      case 3 -> upOrDown();
      case 4 -> failOver();
      case 5 -> flush();
      default -> {
        if (lastFrame.length > 0 && random.nextInt(3) == 0) {
          packet(lastPort, lastFrame);
        } else {
          lastPort = anyPort();
          lastFrame = traffic.frame();
          packet(lastPort, lastFrame);
        }
      }
    }
    cache.forEach(
        flow ->
            assertEquals(
                CachedFlow.decide(translator, flow.key(), state, now).text(),
                flow.text(),
                () ->
                    "a cached flow is out of date: "
                        + HexFormat.of().formatHex(flow.key().bytes())));
  }

  /** A key for a frame that comes in by a port of the switch. */
  FlowKey anyKey() {
    return key(anyPort(), traffic.frame());
  }

  private int anyPort() {
    List<Integer> numbers =
        state.numbers().ports().values().stream().filter(n -> n < PortNumbers.BONDS).toList();
    return numbers.isEmpty() ? 1 : numbers.get(random.nextInt(numbers.size()));
  }

  private FlowKey key(int port, byte[] frame) {
    FlowKey key = new FlowKey();
    assertTrue(parser.parse(ByteBuffer.wrap(frame), 0, frame.length, key));
    key.inPort(port);
    return key;
  }

  private void packet(int port, byte[] frame) {
    FlowKey key = key(port, frame);
    CachedFlow fresh = CachedFlow.decide(translator, key, state, now);
    Decision decision = fresh.decision();
    sent += decision.dropReason() == null ? 1 : 0;
    for (CachedFlow flow : cache) {
      if (flow.decision().mask().matches(flow.key(), key)) {
        hits++;
        assertEquals(fresh.text(), flow.text(), "the megaflow of another packet");
      }
    }
    if (decision.cacheable()) {
      if (cache.size() == 60) {
        cache.remove(random.nextInt(60));
      }
      cache.add(fresh.withGeneration(generations[state.bridgeOf(port)]));
    }
    String name = String.valueOf(state.id(port));
    List<String> expected = new ArrayList<>();
    for (Sent sent : reference.receive(name, frame, now)) {
      expected.add(sent.port() + " " + HexFormat.of().formatHex(sent.frame()));
    }
    if (tableSize > 50) {
      List<String> actual = outputs(decision, key, frame);
      assertEquals(
          new TreeSet<>(expected),
          new TreeSet<>(actual),
          () ->
              "frame "
                  + HexFormat.of().formatHex(frame)
                  + " by "
                  + name
                  + ": "
                  + decision.dropReason()
                  + "\nin "
                  + state);
      assertEquals(expected.size(), actual.size());
    }
    for (int i = 0; i < decision.learns(); i++) {
      Decision.Learn learn = decision.learn(i);
      learnt(learn.bridge(), learn.mac(), decision.learn(i, state, now));
    }
  }

  private void learnt(int bridge, long mac, Outcome outcome) {
    if (outcome == Outcome.FULL_EVICTED) {
      redecide(state.domainPorts(bridge));
    } else if (outcome.changesForwarding()) {
      cache.replaceAll(flow -> state.concerns(flow.key(), bridge, mac) ? again(flow) : flow);
      dropUncacheable();
    }
  }

  private List<String> outputs(Decision decision, FlowKey key, byte[] frame) {
    List<String> outputs = new ArrayList<>();
    ActionList list = new ActionList();
    int bridge = state.bridgeOf(key.inPort());
    if (decision.outputs() == 0) {
      assertEquals(List.of(), path.send(key, decision.mask(), bridge, decision.actions(), frame));
    }
    int next = 0;
    while (next < decision.outputs()) {
      next = decision.fill(next, list);
      for (FrameActions.Output output : path.send(key, decision.mask(), bridge, list, frame)) {
        outputs.add(state.id(output.port()) + " " + HexFormat.of().formatHex(output.frame()));
      }
    }
    return outputs;
  }

  private void pass(long millis) {
    now += millis;
    tables.forEach(
        (name, table) -> {
          if (table.expire(now) > 0) {
            redecide(state.domainPorts(state.numbers().bridge(name)));
          }
        });
    reference.age(now);
  }

  private void flush() {
    int port = state.logical(anyPort());
    MacTable table = state.table(state.bridgeOf(port));
    if (table != null && table.flushPort(port) > 0) {
      redecide(state.domainPorts(state.bridgeOf(port)));
    }
    reference.flush(String.valueOf(state.id(port)));
  }

  private void upOrDown() {
    int port = anyPort();
    boolean isUp = random.nextInt(3) > 0;
    become(state.withUp(port, isUp));
    reference.up(String.valueOf(state.id(port)), isUp);
  }

  private void failOver() {
    for (int port = 1; port < PortNumbers.BONDS; port++) {
      if (state.kind(port) == PortKind.MEMBER && random.nextInt(3) == 0) {
        become(state.withActive(state.logical(port), port));
        tellActive(port);
        return;
      }
    }
  }

  private void tellActive(int member) {
    reference.active(
        String.valueOf(state.id(state.logical(member))), String.valueOf(state.id(member)));
  }

  private void configure() {
    SwitchConfig config = generator.config();
    config
        .bridges()
        .keySet()
        .forEach(name -> tables.computeIfAbsent(name, any -> new MacTable(tableSize, 300, 1)));
    BitSet known =
        state.numbers().ports().values().stream().collect(BitSet::new, BitSet::set, BitSet::or);
    PortNumbers numbers = state.numbers().assign(config);
    become(state.reconfigured(config, numbers, tables));
    if (state.configureStatics()) {
      cache.replaceAll(this::again);
      dropUncacheable();
    }
    reference.configure(config);
    for (int number : numbers.ports().values()) {
      if (number < PortNumbers.BONDS && !known.get(number)) {
        become(state.withUp(number, true));
        reference.up(String.valueOf(state.id(number)), true);
        if (state.kind(number) == PortKind.MEMBER && state.active(state.logical(number)) == 0) {
          become(state.withActive(state.logical(number), number));
          tellActive(number);
        }
      }
    }
  }

  /** What the owner of a switch does at a change of its state. */
  private void become(SwitchState next) {
    StateChange change = StateChange.between(state, next);
    change.flush();
    BitSet bumped = change.bumped();
    for (int bridge = bumped.nextSetBit(0); bridge >= 0; bridge = bumped.nextSetBit(bridge + 1)) {
      generations[bridge] = ++lastGeneration;
    }
    for (int bridge = 1; bridge < PortNumbers.BRIDGE_LIMIT && generations[bridge] == 0; bridge++) {
      generations[bridge] = ++lastGeneration;
    }
    state = next;
    cache.removeIf(
        flow ->
            state.bridgeOf(flow.key().inPort()) == 0
                || flow.generation() != generations[state.bridgeOf(flow.key().inPort())]);
    redecide(change.ports());
  }

  private void redecide(BitSet ports) {
    cache.replaceAll(flow -> ports.get(flow.key().inPort()) ? again(flow) : flow);
    dropUncacheable();
  }

  private CachedFlow again(CachedFlow flow) {
    return CachedFlow.decide(translator, flow.key(), state, now).withGeneration(flow.generation());
  }

  private void dropUncacheable() {
    cache.removeIf(flow -> !flow.decision().cacheable());
  }
}
