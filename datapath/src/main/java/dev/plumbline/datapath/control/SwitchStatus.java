// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.MeterConfig;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a switch is and does at one moment.
 *
 * @param fastPath by which way frames are forwarded
 * @param adopted whether it took over what an earlier process left
 * @param flows in the fast path, at the last pass
 * @param upcalls frames that came up since the start of this process
 * @param decided decisions made for them
 * @param flowsIdle flows ended because no packet came
 * @param flowsWrong flows ended because they had become wrong
 * @param flowsRefused flows that found no room
 * @param passMillis how long the last pass over the flows took
 * @param drops frames dropped by reason, only those that happened; counted since the tables were
 *     made
 * @param upcallsLost frames that could not come up, since their port's queue was full or nobody
 *     read it; counted since the hidden device was made
 * @param errors what went wrong with frames on their way up to the switch's process and down again,
 *     by name; only what did
 * @param foreignGre GRE packets that the host got and that were no tunnel's, or broken
 * @param warnings what a person should know, as sentences
 */
public record SwitchStatus(
    String fastPath,
    boolean adopted,
    List<Port> ports,
    List<Bond> bonds,
    int flows,
    long upcalls,
    long decided,
    long flowsIdle,
    long flowsWrong,
    long flowsRefused,
    double passMillis,
    Map<String, Long> drops,
    long upcallsLost,
    Map<String, Long> errors,
    long foreignGre,
    List<String> warnings) {
  public SwitchStatus {
    ports = List.copyOf(ports);
    bonds = List.copyOf(bonds);
    drops = Map.copyOf(drops);
    errors = Map.copyOf(errors);
    warnings = List.copyOf(warnings);
  }

  /**
   * A port of the fast path: a device, an internal port, a bond's member or a tunnel's remote.
   *
   * @param port name in the bridge
   * @param part the member's or remote's name; empty for others
   * @param number datapath port number, as flows have it
   * @param kind {@code device}, {@code host}, {@code member} or {@code tunnel}
   * @param ifindex of its device; 0: it is not there
   * @param mtu largest IP packet that it sends whole: of a tunnel what its path leaves, of a device
   *     the device's; 0: unknown
   * @param seldom what seldom happens to frames, by name, and only what did: errors of the port's
   *     socket where there is no eBPF; of a tunnel what was too big, and what went by the host's
   *     own stack
   * @param problem why the port does not work though its device is there; null: nothing is known
   */
  public record Port(
      String bridge,
      String port,
      String part,
      int number,
      String kind,
      int ifindex,
      boolean up,
      long rxPackets,
      long rxBytes,
      long txPackets,
      long txBytes,
      int mtu,
      Map<String, Long> seldom,
      @Nullable String problem) {
    public Port {
      seldom = Map.copyOf(seldom);
    }
  }

  /**
   * A bond of a bridge.
   *
   * @param mode as it works: balance-tcp works as active-backup, for there is no LACP
   * @param active name of the active member; empty: no member can be used
   */
  public record Bond(String bridge, String bond, String mode, String active, List<Member> members) {
    public Bond {
      members = List.copyOf(members);
    }
  }

  /**
   * A member of a bond.
   *
   * @param carrier whether its carrier is there
   * @param enabled whether it is used: its carrier has been there for the up delay
   * @param buckets how many of the 256 it has
   */
  public record Member(String device, boolean carrier, boolean enabled, int buckets) {}

  /**
   * An address that a bridge knows.
   *
   * @param mac as aa:bb:cc:dd:ee:ff
   * @param ageSeconds since it was last seen
   */
  public record MacEntry(
      String bridge, int vlan, String mac, String port, long ageSeconds, boolean isStatic) {}

  /**
   * A flow of a bridge's tables.
   *
   * @param bytes of whole frames with their tags
   * @param durationMillis since it came
   * @param changedMillis since it was last changed, or came
   * @param idleMillis since its last packet; since it came, if there was none
   */
  public record DecidedFlow(
      String bridge,
      FlowConfig flow,
      long packets,
      long bytes,
      long durationMillis,
      long changedMillis,
      long idleMillis) {}

  /**
   * A meter.
   *
   * @param packets that it let through
   * @param bytes of whole frames with their tags
   */
  public record Meter(
      String bridge,
      MeterConfig meter,
      long packets,
      long bytes,
      long droppedPackets,
      long droppedBytes) {}

  /**
   * A megaflow in the fast path.
   *
   * @param match the fields it asks for, as in {@code ovs-appctl dpctl/dump-flows}
   * @param actions with the names of ports
   * @param usedMillis since its last packet
   */
  public record CachedFlow(
      String bridge, String match, String actions, long packets, long bytes, long usedMillis) {}
}
