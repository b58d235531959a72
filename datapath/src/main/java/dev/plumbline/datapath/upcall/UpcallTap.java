// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.upcall;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.namespace.Sysctl;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.route.Tun;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The hidden device by which frames come up: a TAP with several queues, each a descriptor. The
 * kernel keeps it when this process ends, and the fast path goes on pointing at its index; the next
 * process {@linkplain #open adopts} it. It has no address, no IPv6 and no ARP: nothing but upcalls
 * is ever sent on it.
 *
 * <p>Its settings:
 *
 * <ul>
 *   <li>MTU {@value #MTU}, the most that a TAP takes: frames are also injected by it, with up to 64
 *       KiB, and the fast path checks the MTU of the port it sends by itself.
 *   <li>A transmit queue of {@value #QUEUE_FRAMES} frames, which for a TAP is the room of each
 *       queue (tun_queue_resize, drivers/net/tun.c): some 10 ms of one port's misses at the rate
 *       that Java decides them, so that a pause of the garbage collector loses nothing; and at most
 *       16 MiB of 64-KiB frames for each queue.
 *   <li>Checksums and TCP segments (UDP's where the kernel knows those) are left as they are.
 * </ul>
 *
 * <p>Source: {@code <linux/if_tun.h>}, Documentation/networking/tuntap.rst.
 */
public final class UpcallTap implements AutoCloseable {
  /** By this alias the device is known to be the switch's. */
  public static final String ALIAS = "plumbline-switch:upcalls";

  public static final int QUEUES = 8;
  static final int MTU = 65_521;
  static final int QUEUE_FRAMES = 256;

  private static final int IFF_TAP = 0x0002;
  private static final int IFF_MULTI_QUEUE = 0x0100;
  private static final int IFF_NO_PI = 0x1000;
  private static final int IFF_VNET_HDR = 0x4000;
  private static final int IFF_TUN_EXCL = 0x8000;
  private static final int IFREQ_BYTES = 40;
  private static final int IFNAMSIZ = 16;
  private static final int MOST_QUEUES = 256; // MAX_TAP_QUEUES

  // _IOW and _IOR('T', number, int)
  private static final long TUNSETIFF = 0x400454caL;
  private static final long TUNSETPERSIST = 0x400454cbL;
  private static final long TUNSETOFFLOAD = 0x400454d0L;
  private static final long TUNSETVNETHDRSZ = 0x400454d8L;
  private static final long TUNSETSTEERINGEBPF = 0x800454e0L;

  private static final long TUN_F_CSUM = 1;
  private static final long TUN_F_TSO4 = 2;
  private static final long TUN_F_TSO6 = 4;
  private static final long TUN_F_TSO_ECN = 8;
  private static final long TUN_F_USO4 = 0x20; // Linux 6.2
  private static final long TUN_F_USO6 = 0x40;
  private static final long TCP_OFFLOADS = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;

  private final String name;
  private final int ifindex;
  private final boolean adopted;
  private final int[] fds;
  private boolean udpSegments;
  private @Nullable String steeringRefusal;
  private boolean closed;

  private UpcallTap(String name, int ifindex, boolean adopted, int[] fds) {
    this.name = name;
    this.ifindex = ifindex;
    this.adopted = adopted;
    this.fds = fds;
  }

  /**
   * Makes the device in the calling thread's network namespace, or adopts the one that is there,
   * and sets it up.
   *
   * @param name 1 to 15 bytes
   * @param queues 1 to 256
   * @throws IOException if a device of that name is somebody else's, or is ours and another process
   *     reads it: {@link ErrnoException} ENOENT without /dev/net/tun, EPERM without CAP_NET_ADMIN
   */
  public static UpcallTap open(String name, int queues) throws IOException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < 1 || bytes.length >= IFNAMSIZ) {
      throw new IllegalArgumentException("a device name has 1 to 15 bytes: '" + name + "'");
    }
    if (queues < 1 || queues > MOST_QUEUES) {
      throw new IllegalArgumentException(queues + " queues are not 1 to " + MOST_QUEUES);
    }
    try (RouteSocket socket = RouteSocket.open()) {
      Link before = socket.link(name);
      if (before != null) {
        checkOurs(name, before);
      }
      int[] fds = new int[queues];
      Arrays.fill(fds, -1);
      boolean done = false;
      try {
        for (int i = 0; i < queues; i++) {
          fds[i] = attached(bytes, before == null && i == 0 ? IFF_TUN_EXCL : 0);
        }
        int ifindex = socket.index(name);
        UpcallTap tap = new UpcallTap(name, ifindex, before != null, fds);
        tap.setUp(socket);
        done = true;
        return tap;
      } finally {
        if (!done) {
          closeAll(fds);
        }
      }
    }
  }

  private static void checkOurs(String name, Link link) throws IOException {
    boolean tap =
        Tun.KIND.equals(link.kind())
            && link.data().get(Tun.TYPE, 0) == Tun.TAP
            && link.data().get(Tun.MULTI_QUEUE, false);
    if (!tap || !ALIAS.equals(link.alias()) || !link.name().equals(name)) {
      throw new IOException(
          "device " + name + " is there, and it is not a TAP with the alias " + ALIAS);
    }
    long readers =
        link.data().get(Tun.NUM_QUEUES, 0L) + link.data().get(Tun.NUM_DISABLED_QUEUES, 0L);
    if (readers > 0) {
      throw new IOException(
          "another process has " + readers + " queues of device " + name + " open");
    }
  }

  private static int attached(byte[] name, int exclusive) throws ErrnoException {
    int fd = Libc.open("/dev/net/tun", Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC, 0);
    boolean done = false;
    try {
      int flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | IFF_MULTI_QUEUE | exclusive;
      ByteBuffer ifreq = ByteBuffer.allocate(IFREQ_BYTES).order(ByteOrder.nativeOrder());
      ifreq.put(name).putShort(IFNAMSIZ, (short) flags);
      Libc.ioctl(fd, TUNSETIFF, ifreq.array());
      done = true;
      return fd;
    } finally {
      if (!done) {
        Libc.close(fd);
      }
    }
  }

  private void setUp(RouteSocket socket) throws IOException {
    // The mark before the persistence: what is left behind half made is known to be ours.
    socket.execute(Link.alias(ifindex, ALIAS));
    Libc.ioctl(fds[0], TUNSETPERSIST, 1);
    for (int fd : fds) {
      Libc.ioctl(fd, TUNSETVNETHDRSZ, native4(UpcallBatch.VNET_BYTES));
    }
    setOffloads();
    steer();
    disableIpv6();
    socket.execute(
        Link.change(
            Link.at(ifindex)
                .mtu(MTU)
                .txQueueLength(QUEUE_FRAMES)
                .flag(Link.NOARP, true)
                .flag(Link.MULTICAST, false)
                .up()));
  }

  private void setOffloads() throws ErrnoException {
    try {
      Libc.ioctl(fds[0], TUNSETOFFLOAD, TCP_OFFLOADS | TUN_F_USO4 | TUN_F_USO6);
      udpSegments = true;
    } catch (ErrnoException e) {
      if (e.errno() != Errno.EINVAL) {
        throw e;
      }
      // Before Linux 6.2: UDP comes cut into segments.
      Libc.ioctl(fds[0], TUNSETOFFLOAD, TCP_OFFLOADS);
    }
  }

  private void steer() {
    try {
      int program = SteeringProgram.load();
      try {
        Libc.ioctl(fds[0], TUNSETSTEERINGEBPF, native4(program));
      } finally {
        Libc.close(program);
      }
    } catch (ErrnoException e) {
      steeringRefusal = e.getMessage();
    }
  }

  private void disableIpv6() throws IOException {
    try {
      Sysctl.write("net/ipv6/conf/" + name + "/disable_ipv6", "1");
    } catch (NoSuchFileException e) {
      // A kernel without IPv6 has nothing to be disabled.
      if (Files.exists(Path.of("/proc/sys/net/ipv6"))) {
        throw e;
      }
    }
  }

  private static byte[] native4(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
  }

  public String name() {
    return name;
  }

  public int ifindex() {
    return ifindex;
  }

  /** Whether the device was there before. */
  public boolean isAdopted() {
    return adopted;
  }

  public int queues() {
    return fds.length;
  }

  /** Whether UDP frames may come up that are still to be cut (VIRTIO_NET_HDR_GSO_UDP_L4). */
  public boolean hasUdpSegments() {
    return udpSegments;
  }

  /**
   * Why frames are spread over the queues by the kernel's hash of their flow, and not by port, so
   * that a port that floods can take others' room; null if that is not so.
   */
  public @Nullable String steeringRefusal() {
    return steeringRefusal;
  }

  /** The descriptor of a queue; stays this object's. */
  int fd(int queue) {
    if (closed) {
      throw new IllegalStateException("the upcall TAP is closed");
    }
    return fds[queue];
  }

  /** Deletes the device and closes it: for the end of the switch, not of the process. */
  public void delete() throws IOException {
    Libc.ioctl(fd(0), TUNSETPERSIST, 0);
    close(); // the last descriptor takes the device with it
  }

  /** Closes the queues; the device stays. A second time does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      closeAll(fds);
    }
  }

  private static void closeAll(int[] fds) {
    for (int fd : fds) {
      if (fd >= 0) {
        Libc.close(fd);
      }
    }
  }
}
