// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import java.util.List;

/**
 * Buckets of actions that flows name together: {@code group:1}.
 *
 * @param id 0 to {@link #LAST}
 * @param buckets of an indirect group one
 */
public record FlowGroup(long id, Type type, List<Bucket> buckets) {
  /** The highest number. */
  public static final long LAST = 0xffff_ff00L;

  /** What of the buckets is done. */
  public enum Type {
    /** All, each on a copy of the packet. */
    ALL("all"),
    /** One that a hash of the packet chooses: all packets of a connection take the same. */
    SELECT("select"),
    /** The only one. */
    INDIRECT("indirect");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    /** As ovs-ofctl writes it. */
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * Actions, each kind once but for those that set a field. They are done in OpenFlow's order:
   * strip_vlan, push_vlan, dec_ttl, what sets fields, and then where the packet goes.
   *
   * @param weight SELECT: the share of connections, relative to those of others, 0 to 65535; else 0
   */
  public record Bucket(int weight, List<Action> actions) {
    public Bucket {
      actions = List.copyOf(actions);
    }
  }

  public FlowGroup {
    buckets = List.copyOf(buckets);
  }

  /** Numbers of the groups that the actions name, in their order. */
  public static List<Long> named(List<Action> actions) {
    return actions.stream()
        .filter(Action.Group.class::isInstance)
        .map(action -> ((Action.Group) action).id())
        .toList();
  }

  /** Numbers of the groups that its buckets name. */
  public List<Long> named() {
    return buckets.stream().flatMap(bucket -> named(bucket.actions()).stream()).toList();
  }

  /** As ovs-ofctl has it, with the numbers of ports; for people. */
  @Override
  public String toString() {
    return GroupText.print(this, PortNames.NUMBERS);
  }
}
