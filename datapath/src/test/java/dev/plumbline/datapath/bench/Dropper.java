// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import dev.plumbline.datapath.bpf.SmallProgram;
import dev.plumbline.netlink.socket.NetlinkSocket;
import dev.plumbline.netlink.traffic.BpfFilter;
import dev.plumbline.netlink.traffic.Clsact;

/**
 * A device of a guest's whose other half, at a contender's host, drops all that comes, before
 * anything else could see it.
 */
final class Dropper {
  private static final int TC_ACT_SHOT = 2; // <linux/pkt_cls.h>

  /** Locally administered, and nobody's. */
  private static final long NOBODY = 0x0200_0000_0001L;

  private final Contender on;
  private final String guest;

  private Dropper(Contender on, String guest) {
    this.on = on;
    this.guest = guest;
  }

  static Dropper open(Contender on, String guest) throws Exception {
    Dropper dropper = new Dropper(on, guest);
    on.inHost("ip link add drop type veth peer name " + dropper.device() + " netns " + guest);
    on.inHost("ip link set drop up");
    Contender.shell("ip -n " + guest + " link set " + dropper.device() + " up");
    int unused = Contender.in(on.host(), Dropper::drop);
    return dropper;
  }

  /** The filter holds the program. */
  private static int drop() throws Exception {
    int ifindex = Guests.ifindex("drop");
    try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE);
        SmallProgram program = SmallProgram.load(TC_ACT_SHOT)) {
      socket.request(Clsact.add(ifindex));
      BpfFilter filter = new BpfFilter(ifindex, Clsact.INGRESS, 1, 1, "drop", 0);
      socket.request(filter.put(program.fd()));
    }
    return ifindex;
  }

  private String device() {
    return "d-" + on.name;
  }

  /** A flood of random flows to it. */
  Flood flood() throws Exception {
    return Contender.in(guest, () -> new Flood(Guests.ifindex(device()), NOBODY, Flood.RANDOM));
  }

  /** Takes the device away. */
  void remove() throws Exception {
    String unused = on.inHost("ip link del drop");
  }
}
