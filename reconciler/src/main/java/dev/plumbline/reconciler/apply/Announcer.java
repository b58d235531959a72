// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.reconciler.embedded.PortText;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.Sockets;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.spec.value.IpAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells the neighbours of IPv4 addresses that move from one device to another: they know them by
 * the old device's MAC, and would for many seconds. IPv6 has to find out whether a moved address is
 * free before it may speak with it, so that its neighbours ask again by themselves.
 */
final class Announcer implements AutoCloseable {
  /** An open socket of the new device. */
  private record Ready(int fd, ByteBuffer frame) {}

  private static final int FRAME_BYTES = 42;
  private static final short TYPE_ARP = 0x0806;
  private static final int SOCKADDR_LL_BYTES = 20;

  private final Sockets sockets;
  private final List<ResourceId> moved = new ArrayList<>();
  private final Set<String> left = new HashSet<>();
  private final List<Ready> ready = new ArrayList<>();
  private boolean prepared;

  Announcer(Plan plan, LiveState live, Sockets sockets) {
    this.sockets = sockets;
    Set<String> before = new HashSet<>();
    for (Resource address : live.ofType(ResourceType.ADDRESS)) {
      before.add(place(address.id()));
    }
    for (Change change : plan.changes()) {
      ResourceId id = change.id();
      boolean comes = id.type() == ResourceType.ADDRESS && change instanceof Change.Create;
      if (comes && !id.key().contains(":") && before.contains(place(id))) {
        moved.add(id);
      }
    }
    for (Resource address : live.ofType(ResourceType.ADDRESS)) {
      boolean leaves = moved.stream().anyMatch(each -> place(each).equals(place(address.id())));
      if (leaves && address.id().namespace().isEmpty()) {
        left.add(address.id().device());
      }
    }
  }

  private static String place(ResourceId address) {
    return address.namespace() + " " + AddressText.local(address.key());
  }

  /** Whether the switch takes the device that an address moves from. */
  boolean takesOver(Change change) {
    Resource port = change.id().type() == ResourceType.PORT ? change.after() : null;
    return port != null && PortText.devices(port).stream().anyMatch(left::contains);
  }

  /** Whether the address that the change removes is on its new device by now. */
  boolean concerns(Change change) {
    return change instanceof Change.Delete
        && change.id().type() == ResourceType.ADDRESS
        && moved.stream().anyMatch(each -> place(each).equals(place(change.id())));
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
    for (ResourceId address : moved) {
      Link link = sockets.in(address.namespace()).link(address.device());
      if (link != null && link.address() != null) {
        byte[] frame = frame(link.address().bytes(), AddressText.local(address.key()));
        ByteBuffer bytes = ByteBuffer.allocateDirect(frame.length).put(frame).flip();
        int fd = sockets.runIn(address.namespace(), () -> open(link.index()));
        ready.add(new Ready(fd, bytes));
      }
    }
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

  /**
   * A request for its own address (RFC 5944, section 4.6), which every neighbour that has an entry
   * takes over:
   *
   * <pre>
   *   ff:ff:ff:ff:ff:ff  MAC  08 06 | 00 01  08 00  06  04  00 01 | MAC  IP | 0  IP
   * </pre>
   */
  private static byte[] frame(byte[] mac, String address) {
    byte[] ip = IpAddress.parse(address).bytes();
    ByteBuffer frame = ByteBuffer.allocate(FRAME_BYTES);
    for (int i = 0; i < mac.length; i++) {
      frame.put((byte) 0xff);
    }
    frame.put(mac).putShort(TYPE_ARP);
    frame.putShort((short) 1).putShort((short) 0x0800).put((byte) 6).put((byte) 4);
    frame.putShort((short) 1).put(mac).put(ip).put(new byte[6]).put(ip);
    return frame.array();
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
