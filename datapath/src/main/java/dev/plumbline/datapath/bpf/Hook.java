// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

/**
 * Where a device hands frames to programs.
 *
 * @param ifindex of the device
 */
public record Hook(int ifindex, Direction direction) {
  /** Which of a device's frames. */
  public enum Direction {
    /** Those that it receives. */
    INGRESS,
    /** Those that are sent by it, before its queue. */
    EGRESS;

    /** As the kernel's own names have it. */
    String word() {
      return this == INGRESS ? "ingress" : "egress";
    }
  }

  public static Hook ingress(int ifindex) {
    return new Hook(ifindex, Direction.INGRESS);
  }

  public static Hook egress(int ifindex) {
    return new Hook(ifindex, Direction.EGRESS);
  }

  @Override
  public String toString() {
    return direction.word() + " of device " + ifindex;
  }
}
