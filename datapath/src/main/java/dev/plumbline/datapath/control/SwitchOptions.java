// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * How a switch is run, as opposed to what it is.
 *
 * @param directory where what survives the process is kept: pinned tables and the switch's memory.
 *     Gone with a reboot it should be: below {@code /run}
 * @param tap name of the hidden device for upcalls, 1 to 15 bytes; another one for each switch of a
 *     network namespace
 * @param flowLimit most flows in the fast path, 1,000 to 200,000
 * @param idleMillis how long a flow without packets stays, 500 to 600,000
 * @param ebpf whether eBPF is used where the kernel has it
 * @param repaired is told, by the switch's thread, what somebody did to the kernel's side of the
 *     switch and was put right again, as a sentence
 * @param expiry is asked before flows end whose time is up
 */
public record SwitchOptions(
    Path directory,
    String tap,
    int flowLimit,
    int idleMillis,
    boolean ebpf,
    Consumer<String> repaired,
    FlowExpiry expiry) {
  /** System property: {@code on} or {@code off}. */
  public static final String EBPF = "plumbline.ebpf";

  public SwitchOptions {
    if (flowLimit < 1_000 || flowLimit > 200_000) {
      throw new IllegalArgumentException(
          "a flow limit of " + flowLimit + " is not 1,000 to 200,000");
    }
    if (idleMillis < 500 || idleMillis > 600_000) {
      throw new IllegalArgumentException(idleMillis + " ms of idleness are not 500 to 600,000");
    }
  }

  /**
   * Open vSwitch's figures: flows that are idle for 10 s go, and there are at most 200,000. With
   * eBPF unless the system property {@value #EBPF} is {@code off}.
   */
  public static SwitchOptions in(Path directory) {
    return new SwitchOptions(
        directory, "plumbline", 200_000, 10_000, isWanted(), text -> {}, (after, ended) -> true);
  }

  public SwitchOptions tap(String name) {
    return new SwitchOptions(directory, name, flowLimit, idleMillis, ebpf, repaired, expiry);
  }

  /** With somebody who is told what was put right. */
  public SwitchOptions repaired(Consumer<String> listener) {
    return new SwitchOptions(directory, tap, flowLimit, idleMillis, ebpf, listener, expiry);
  }

  /** With somebody who is asked before flows end whose time is up. */
  public SwitchOptions expiry(FlowExpiry asked) {
    return new SwitchOptions(directory, tap, flowLimit, idleMillis, ebpf, repaired, asked);
  }

  /** By AF_PACKET sockets, whatever the kernel has. */
  public SwitchOptions withoutEbpf() {
    return new SwitchOptions(directory, tap, flowLimit, idleMillis, false, repaired, expiry);
  }

  private static boolean isWanted() {
    String value = System.getProperty(EBPF, "on");
    return switch (value) {
      case "on" -> true;
      case "off" -> false;
      default -> throw new IllegalArgumentException(EBPF + " is " + value + ", not on or off");
    };
  }
}
