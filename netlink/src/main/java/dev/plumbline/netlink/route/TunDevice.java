// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.namespace.NetNamespace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Makes persistent tun and tap devices through {@code /dev/net/tun}, as {@code ip tuntap} does.
 *
 * <pre>{@code
 * TunDevice.tap("tap0").owner(1000).multiQueue().create();
 * }</pre>
 *
 * <p>A persistent device stays until it is deleted with {@link Link#delete(int)}. {@code
 * vnetHeader} and the absence of packet information belong to each attachment, not to the device,
 * so a process that attaches says them again.
 *
 * <p>Source: {@code <linux/if_tun.h>}, Documentation/networking/tuntap.rst. Not thread-safe.
 */
public final class TunDevice {
  private static final int IFNAMSIZ = 16;
  private static final int IFREQ_BYTES = 40;
  private static final int IFF_TUN = 0x0001;
  private static final int IFF_TAP = 0x0002;
  private static final int IFF_MULTI_QUEUE = 0x0100;
  private static final int IFF_NO_PI = 0x1000;
  private static final int IFF_VNET_HDR = 0x4000;
  private static final int IFF_TUN_EXCL = 0x8000;

  // _IOW('T', number, int)
  private static final long TUNSETIFF = 0x400454caL;
  private static final long TUNSETPERSIST = 0x400454cbL;
  private static final long TUNSETOWNER = 0x400454ccL;
  private static final long TUNSETGROUP = 0x400454ceL;

  private final String name;
  private int flags;
  private long owner = -1;
  private long group = -1;

  private TunDevice(String name, int flags) {
    if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length >= IFNAMSIZ) {
      throw new IllegalArgumentException("a device name has 1 to 15 bytes: '" + name + "'");
    }
    this.name = name;
    this.flags = flags | IFF_NO_PI | IFF_TUN_EXCL;
  }

  /** A layer 3 device. */
  public static TunDevice tun(String name) {
    return new TunDevice(name, IFF_TUN);
  }

  /** An Ethernet device. */
  public static TunDevice tap(String name) {
    return new TunDevice(name, IFF_TAP);
  }

  /** This user may attach without CAP_NET_ADMIN. */
  public TunDevice owner(long uid) {
    owner = uid;
    return this;
  }

  /** This group may attach without CAP_NET_ADMIN. */
  public TunDevice group(long gid) {
    group = gid;
    return this;
  }

  /** Several file descriptors may attach. */
  public TunDevice multiQueue() {
    flags |= IFF_MULTI_QUEUE;
    return this;
  }

  /** Packets have a virtio header in front. */
  public TunDevice vnetHeader() {
    flags |= IFF_VNET_HDR;
    return this;
  }

  /** Packets have the 4-byte packet information in front. */
  public TunDevice packetInformation() {
    flags &= ~IFF_NO_PI;
    return this;
  }

  /**
   * Makes the device in the calling thread's namespace.
   *
   * @throws ErrnoException EBUSY if the name is taken (by a device of any kind), ENOENT if there is
   *     no /dev/net/tun
   */
  public void create() throws IOException {
    int fd = Libc.open("/dev/net/tun", Libc.O_RDWR | Libc.O_CLOEXEC, 0);
    try {
      Libc.ioctl(fd, TUNSETIFF, request());
      if (owner >= 0) {
        Libc.ioctl(fd, TUNSETOWNER, owner);
      }
      if (group >= 0) {
        Libc.ioctl(fd, TUNSETGROUP, group);
      }
      // Last: if anything before fails, closing removes the device.
      Libc.ioctl(fd, TUNSETPERSIST, 1);
    } finally {
      Libc.close(fd);
    }
  }

  /** As {@link #create()}, in a namespace. */
  public void create(NetNamespace namespace) throws IOException {
    try {
      namespace.run(
          () -> {
            create();
            return name;
          });
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e); // create throws nothing else
    }
  }

  /** struct ifreq: the name, then the flags. */
  private byte[] request() {
    ByteBuffer ifreq = ByteBuffer.allocate(IFREQ_BYTES).order(ByteOrder.nativeOrder());
    ifreq.put(name.getBytes(StandardCharsets.UTF_8)).putShort(IFNAMSIZ, (short) flags);
    return ifreq.array();
  }
}
