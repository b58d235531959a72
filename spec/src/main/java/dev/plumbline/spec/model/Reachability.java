// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.Spelled;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of traffic by what the file says.
 *
 * @param from who sends: a namespace ({@code host} for the host's own), a device, an address
 * @param to who it is for, as {@code from}
 * @param tcp destination port, 1 to 65535; null: no TCP
 * @param udp the same of UDP; with neither of them it is a ping
 * @param source address of whoever is behind the device {@code from}; null: not known
 * @param via his gateway; null: none
 * @param vlan that he tags his frames with, 1 to 4094; null: none
 */
public record Reachability(
    String from,
    String to,
    Expectation expect,
    @Nullable Integer tcp,
    @Nullable Integer udp,
    @Nullable IpAddress source,
    @Nullable IpAddress via,
    @Nullable Integer vlan) {

  /** What is expected of it. */
  public enum Expectation implements Spelled {
    /** It arrives, and so does the answer. */
    DELIVERED("delivered"),
    /** It leaves by a device whose other end is not in the file. */
    LEAVES("leaves"),
    /** It does not arrive. */
    DROPPED("dropped");

    private final String spelling;

    Expectation(String spelling) {
      this.spelling = spelling;
    }

    @Override
    public String spelling() {
      return spelling;
    }
  }
}
