// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.datapath.control.Announcement;
import dev.plumbline.datapath.packet.GratuitousArp;
import dev.plumbline.datapath.packet.NeighbourAdvertisement;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.namespace.Sysctl;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.reconciler.embedded.PortText;
import dev.plumbline.reconciler.live.Sockets;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.spec.value.IpAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells the neighbours of addresses that {@linkplain Moves move}: they know them by the old
 * device's MAC, and would for many seconds. By gratuitous ARP, and for IPv6 by an unsolicited
 * neighbour advertisement; not for IPv6 addresses that the kernel first looks for elsewhere
 * (duplicate address detection), since until that is over they are nobody's.
 *
 * <p>Each is announced as soon as the switch has the device that it moves from, by the switch
 * itself, and again by the new device.
 */
final class Announcer implements AutoCloseable {
  /** An open socket of the new device. */
  private record Ready(int fd, ByteBuffer frame) {}

  private static final int SOCKADDR_LL_BYTES = 20;
  private static final int MAC_BYTES = 6;
  private static final int IPV4_BYTES = 4;

  private final Moves moves;
  private final Sockets sockets;
  private final List<ResourceId> addresses = new ArrayList<>();
  private final List<Ready> ready = new ArrayList<>();
  private final List<Announcement> announcements = new ArrayList<>();
  private boolean prepared;

  Announcer(Moves moves, Sockets sockets) {
    this.moves = moves;
    this.sockets = sockets;
  }

  /** Adds an address to those that are announced. */
  void add(ResourceId address) {
    addresses.add(address);
  }

  /**
   * Opens what announcing needs, so that it takes no time when it counts: until then the neighbours
   * speak to a device that does not listen any more. To be called when the new devices are there.
   */
  void prepare() throws IOException {
    if (prepared) {
      return;
    }
    prepared = true;
    for (ResourceId address : addresses) {
      Link link = sockets.in(address.namespace()).link(address.device());
      if (link == null || link.address() == null || link.address().length() != MAC_BYTES) {
        continue;
      }
      ByteBuffer frame = frame(address, link.address().bytes());
      ready.add(new Ready(sockets.runIn(address.namespace(), () -> open(link.index())), frame));
      String port = moves.internalPort(address.ofDevice());
      if (port != null) {
        ResourceId id = new ResourceId(ResourceType.PORT, "", "", port);
        announcements.add(
            new Announcement(PortText.bridge(id), PortText.name(id), frame.duplicate()));
      }
    }
  }

  /** What the switch is to let in with the devices that addresses move from. */
  List<Announcement> announcements() {
    return announcements;
  }

  /** Announces all that moves; a device that is down is none of its neighbours' yet. */
  void announce() throws IOException {
    prepare();
    for (Ready each : ready) {
      int sent = Libc.send(each.fd(), each.frame().duplicate(), 0);
      if (sent < 0 && sent != -Errno.ENETDOWN && sent != -Errno.ENXIO) {
        throw new ErrnoException("announce an address", -sent);
      }
    }
  }

  @Override
  public void close() {
    ready.forEach(each -> Libc.close(each.fd()));
    ready.clear();
  }

  private ByteBuffer frame(ResourceId address, byte[] bytes) throws IOException {
    long mac = 0;
    for (byte one : bytes) {
      mac = mac << 8 | (one & 0xff);
    }
    byte[] ip = IpAddress.parse(AddressText.local(address.key())).bytes();
    if (ip.length == IPV4_BYTES) {
      ByteBuffer frame = ByteBuffer.allocateDirect(GratuitousArp.FRAME_BYTES);
      GratuitousArp.writeArp(frame, 0, mac, ByteBuffer.wrap(ip).getInt());
      return frame;
    }
    ByteBuffer frame = ByteBuffer.allocateDirect(NeighbourAdvertisement.FRAME_BYTES);
    String forwarding = "net/ipv6/conf/" + address.device() + "/forwarding";
    boolean router = sockets.runIn(address.namespace(), () -> Sysctl.read(forwarding)).equals("1");
    NeighbourAdvertisement.write(frame, 0, mac, ip, router);
    return frame;
  }

  private static int open(int ifindex) throws ErrnoException {
    int fd = Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 0);
    boolean done = false;
    try {
      // struct sockaddr_ll (packet(7)): protocol 0, nothing is received.
      ByteBuffer to = ByteBuffer.allocate(SOCKADDR_LL_BYTES).order(ByteOrder.nativeOrder());
      to.putShort((short) Libc.AF_PACKET).putShort((short) 0).putInt(ifindex);
      Libc.bind(fd, to.array());
      done = true;
      return fd;
    } finally {
      if (!done) {
        Libc.close(fd);
      }
    }
  }
}
