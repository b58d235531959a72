// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What the flows decided by one {@link SwitchState} are worth under the next. In order of how much
 * is disturbed:
 *
 * <ul>
 *   <li><b>Decide again</b> ({@link #redecides}): the flows that came in by these ports may be
 *       wrong. Each is decided anew, at once rather than with the next round of revalidation, and
 *       rewritten only if it comes out otherwise (actions, mask, {@link Decision#cacheable}). So
 *       when a port's VLAN changes, what is touched in the kernel are the flows that come in by it,
 *       those that go out by it, and the floods of its VLANs; all others are read, found right and
 *       keep their counters.
 *   <li><b>Bump</b> ({@link #bumps}): the wiring changed (a patch port came, went or was turned, a
 *       number means something else, a mesh has other remotes), so that a stale flow may send a
 *       frame in circles or to a stranger. The bridge gets a new generation and all its flows miss.
 *       Generations are to be unique in the whole switch, so that a port's move from one bridge to
 *       another is always a miss.
 *   <li><b>Flush</b> ({@link #flushes}): what was learnt at these logical ports is void, in their
 *       bridge under the old state, as Open vSwitch's bundle_set has it.
 * </ul>
 *
 * A bond's failover touches only the flows that come in by its members; those that go out by it
 * name the bond, whose buckets are rewritten.
 */
public final class StateChange {
  private final SwitchState before;
  private final SwitchState after;
  private final BitSet ports = new BitSet();
  private final BitSet bridgesAgain = new BitSet();
  private final BitSet bridgesBumped = new BitSet();
  private final BitSet flushed = new BitSet();

  private StateChange(SwitchState before, SwitchState after) {
    this.before = before;
    this.after = after;
  }

  public static StateChange between(SwitchState before, SwitchState after) {
    StateChange change = new StateChange(before, after);
    for (int number = 1; number < PortNumbers.LIMIT; number++) {
      change.compare(before.port(number), after.port(number));
    }
    for (int number = 1; number < PortNumbers.BRIDGE_LIMIT; number++) {
      change.compare(before.bridge(number), after.bridge(number));
    }
    change.finish();
    return change;
  }

  /** Whether flows that came in by the port are to be decided again. Includes those bumped. */
  public boolean redecides(int port) {
    return ports.get(port);
  }

  /** Numbers of the ports of {@link #redecides}; a copy. */
  public BitSet ports() {
    return (BitSet) ports.clone();
  }

  /** Whether all flows of the bridge are void. */
  public boolean bumps(int bridge) {
    return bridgesBumped.get(bridge);
  }

  /** Numbers of the bridges of {@link #bumps}; a copy. */
  public BitSet bumped() {
    return (BitSet) bridgesBumped.clone();
  }

  /** Logical ports at which nothing is learnt any more; a copy. */
  public BitSet flushes() {
    return (BitSet) flushed.clone();
  }

  /**
   * Takes the addresses of {@link #flushes} out of the old state's tables.
   *
   * @return how many
   */
  public int flush() {
    int gone = 0;
    for (int port = flushed.nextSetBit(0); port >= 0; port = flushed.nextSetBit(port + 1)) {
      Bridge bridge = before.bridge(before.bridgeOf(port));
      gone += bridge == null ? 0 : bridge.table().flushPort(port);
    }
    return gone;
  }

  private void compare(@Nullable Port old, @Nullable Port now) {
    if (old == null || now == null) {
      if (old != null) {
        comesOrGoes(old);
        flushed.set(old.number());
      } else if (now != null && !now.isEnd()) { // nothing cached was to go there
        comesOrGoes(now);
      }
      return;
    }
    if (!old.isWiredAs(now)) {
      bump(old.bridge());
      bump(now.bridge());
      flushed.set(old.number());
    } else if (!old.vlan().equals(now.vlan())) {
      again(now.bridge());
      flushed.set(now.logical());
    } else if (!old.isFilteredAs(now)) {
      again(now.bridge());
    } else if (old.mode() != now.mode() || before.isUp(old.number()) != after.isUp(now.number())) {
      again(now.bridge());
    } else if (now.kind() == PortKind.MEMBER
        && before.active(now.logical()) != after.active(now.logical())) {
      ports.set(now.number());
    }
  }

  private void comesOrGoes(Port port) {
    if (port.kind() == PortKind.PATCH) {
      bump(port.bridge());
    } else {
      again(port.bridge());
    }
  }

  private void compare(@Nullable Bridge old, @Nullable Bridge now) {
    if (old == null || now == null) {
      return; // its ports say all
    }
    if (!old.name().equals(now.name()) || old.table() != now.table()) {
      bump(now.number());
    } else if (old.forwardBpdu() != now.forwardBpdu() || old.flows() != now.flows()) {
      again(now.number());
    }
  }

  private void again(int bridge) {
    mark(before, bridge, bridgesAgain);
    mark(after, bridge, bridgesAgain);
  }

  private void bump(int bridge) {
    mark(before, bridge, bridgesBumped);
    mark(after, bridge, bridgesBumped);
  }

  private static void mark(SwitchState state, int bridge, BitSet marks) {
    Bridge at = state.bridge(bridge);
    marks.set(bridge);
    for (int number = 1; at != null && number < PortNumbers.BRIDGE_LIMIT; number++) {
      Bridge other = state.bridge(number);
      if (other != null && other.domain() == at.domain()) {
        marks.set(number);
      }
    }
  }

  private void finish() {
    bridgesAgain.or(bridgesBumped);
    for (int number = 1; number < PortNumbers.BONDS; number++) {
      if (bridgesAgain.get(before.bridgeOf(number)) || bridgesAgain.get(after.bridgeOf(number))) {
        ports.set(number);
      }
    }
    ports.clear(0);
  }
}
