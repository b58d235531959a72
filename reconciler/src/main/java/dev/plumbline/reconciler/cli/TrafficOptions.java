// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.path.Question.Traffic;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.ValueException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is sent, for who asks where it goes. */
final class TrafficOptions {
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int MOST_PORTS = 65535;
  private static final int MOST_VLANS = 4094;

  @Option(names = "--tcp", paramLabel = "PORT", description = "TCP to this port, no ping.")
  private @Nullable Integer tcp;

  @Option(names = "--udp", paramLabel = "PORT", description = "UDP to this port, no ping.")
  private @Nullable Integer udp;

  @Option(
      names = "--source",
      paramLabel = "ADDRESS",
      description = "The address of whoever is behind FROM, if that is a device.")
  private @Nullable String source;

  @Option(
      names = "--via",
      paramLabel = "ADDRESS",
      description = "His gateway. Default: TO is taken for his neighbour.")
  private @Nullable String via;

  @Option(
      names = "--vlan",
      paramLabel = "ID",
      description = "The VLAN that he tags his frames with. Default: no tag.")
  private int vlan;

  /** All that was given. */
  Traffic traffic() {
    if (tcp != null && udp != null) {
      throw new CommandException("--tcp and --udp exclude each other");
    }
    Integer port = tcp != null ? tcp : udp;
    if (port != null && (port < 1 || port > MOST_PORTS)) {
      throw new CommandException(port + " is no port, expected 1 to " + MOST_PORTS);
    }
    if (vlan < 0 || vlan > MOST_VLANS) {
      throw new CommandException("--vlan: " + vlan + " is no VLAN, expected 1 to " + MOST_VLANS);
    }
    return new Traffic(
        tcp != null ? TCP : udp != null ? UDP : Traffic.PING.protocol(),
        port == null ? 0 : port,
        address("--source", source),
        address("--via", via),
        vlan);
  }

  private static @Nullable IpAddress address(String option, @Nullable String text) {
    try {
      return text == null ? null : IpAddress.parse(text);
    } catch (ValueException e) {
      throw new CommandException(option + ": " + e.getMessage() + ", expected " + e.expected(), e);
    }
  }

  /** Whether nothing was given. */
  boolean isEmpty() {
    return tcp == null && udp == null && source == null && via == null && vlan == 0;
  }
}
