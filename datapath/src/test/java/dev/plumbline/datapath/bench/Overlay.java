// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import java.io.IOException;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Two hosts, joined by a veth pair {@code u0} with the addresses 192.0.2.1 and 192.0.2.2. Each has
 * a guest at its device {@code v}, and the guests, 10.98.0.1 and 10.98.0.2, reach each other by a
 * tunnel between the hosts' switches. At the second guest there are servers.
 */
final class Overlay implements AutoCloseable {
  /** Of the guests: VXLAN's over 1,500 bytes of IPv4; GRE would leave more, and gets the same. */
  private static final int MTU = 1450;

  /** Makes a host's switch, with its port {@code v} and a tunnel to the other host. */
  interface Maker {
    /**
     * Makes it.
     *
     * @param host its namespace
     * @param remote the other host's address
     */
    void make(String host, String remote) throws Exception;
  }

  private final String name;
  private @Nullable Process server;

  private Overlay(String name) {
    this.name = name;
  }

  /** Makes all of it; returns when the guests reach each other. */
  static Overlay open(String name, Maker maker) throws Exception {
    Overlay overlay = new Overlay(name);
    for (int n = 1; n <= 2; n++) {
      for (String namespace : new String[] {overlay.host(n), overlay.guest(n)}) {
        Contender.shell("ip netns add " + namespace);
        Contender.shell("ip -n " + namespace + " link set lo up");
      }
    }
    Contender.shell(
        "ip -n "
            + overlay.host(1)
            + " link add u0 type veth peer name u0 netns "
            + overlay.host(2));
    for (int n = 1; n <= 2; n++) {
      String host = "ip -n " + overlay.host(n) + " ";
      String guest = "ip -n " + overlay.guest(n) + " ";
      Contender.shell(host + "addr add " + underlay(n) + "/24 dev u0");
      Contender.shell(host + "link set u0 up");
      Contender.shell(
          host + "link add v type veth peer name eth0 mtu " + MTU + " netns " + overlay.guest(n));
      Contender.shell(host + "link set v mtu " + MTU + " up");
      Contender.shell(guest + "addr add " + overlay.address(n).getHostAddress() + "/24 dev eth0");
      Contender.shell(guest + "link set eth0 up");
    }
    for (int n = 1; n <= 2; n++) {
      maker.make(overlay.host(n), underlay(3 - n));
    }
    overlay.server = Guests.server(overlay.guest(2));
    String there = overlay.address(2).getHostAddress();
    Contender.waitFor(
        () ->
            Contender.shell(
                    "ip netns exec " + overlay.guest(1) + " ping -q -c 1 -W 1 " + there + " || :")
                .contains(" 1 received"),
        name + ": ping between the guests");
    return overlay;
  }

  private static String underlay(int n) {
    return "192.0.2." + n;
  }

  String host(int n) {
    return name + "-h" + n;
  }

  /** The guest's namespace; 1 or 2. */
  String guest(int n) {
    return name + "-g" + n;
  }

  InetAddress address(int n) throws IOException {
    return InetAddress.getByAddress(new byte[] {10, 98, 0, (byte) n});
  }

  /** Ends the server; the switches are their maker's. */
  @Override
  public void close() {
    if (server != null) {
      server.destroy();
    }
  }
}
