// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A TAP without offloads, and a packet socket on it. What is sent by the socket with a vnet header
 * the kernel has to cut and sum by itself before it can be read from the TAP.
 */
final class Tap implements AutoCloseable {
  private static final long TUNSETIFF = 0x400454ca; // linux/if_tun.h
  private static final int IFF_TAP = 2;
  private static final int IFF_NO_PI = 0x1000;
  private static final int AF_PACKET = 17; // packet(7)
  private static final int SOL_PACKET = 263;
  private static final int PACKET_VNET_HDR = 15;

  private final int tap;
  private final int socket;

  Tap(String name) throws IOException {
    tap = Libc.open("/dev/net/tun", Libc.O_RDWR | Libc.O_CLOEXEC, 0);
    byte[] request = new byte[40]; // struct ifreq
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, request, 0, bytes.length);
    ByteBuffer.wrap(request).order(ByteOrder.nativeOrder()).putShort(16, flags());
    Libc.ioctl(tap, TUNSETIFF, request);
    Sh.run("echo 1 > /proc/sys/net/ipv6/conf/" + name + "/disable_ipv6");
    Sh.run("ip link set " + name + " up");
    socket = Libc.socket(AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 0);
    check(Libc.setsockopt(socket, SOL_PACKET, PACKET_VNET_HDR, 1));
    ByteBuffer address = ByteBuffer.allocate(20).order(ByteOrder.nativeOrder());
    address.putShort((short) AF_PACKET).putShort((short) 0).putInt(index(name));
    Libc.bind(socket, address.array());
  }

  private static short flags() {
    return IFF_TAP | IFF_NO_PI;
  }

  private static int index(String name) {
    return Integer.parseInt(Sh.run("cat /sys/class/net/" + name + "/ifindex").strip());
  }

  private static int check(int result) {
    if (result < 0) {
      throw new AssertionError("errno " + -result);
    }
    return result;
  }

  /** Sends by the socket; false: the kernel does not know what the vnet header asks for. */
  boolean send(VnetHeader vnet, byte[] frame) {
    ByteBuffer message = ByteBuffer.allocateDirect(VnetHeader.BYTES + frame.length);
    vnet.write(message, 0);
    message.put(VnetHeader.BYTES, frame);
    int result = Libc.send(socket, message, 0);
    return (result != -Errno.EINVAL) && (check(result) > 0);
  }

  /** A frame from the TAP; null if none comes in time. */
  byte[] read(int timeoutMillis) throws IOException {
    ByteBuffer poll = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
    poll.putInt(0, tap).putShort(4, (short) Libc.POLLIN);
    if (Libc.poll(poll, 1, timeoutMillis) == 0) {
      return null;
    }
    byte[] frame = new byte[70_000];
    int length = check(Libc.read(tap, frame));
    return Arrays.copyOf(frame, length);
  }

  /** The frames that the kernel made of one that was sent. */
  List<byte[]> received(int count) throws IOException {
    List<byte[]> frames = new ArrayList<>();
    while (frames.size() < count) {
      byte[] buffer = read(2_000);
      if (buffer == null) {
        break;
      }
      frames.add(buffer);
    }
    byte[] more = read(0);
    if (more != null) {
      frames.add(more);
    }
    return frames;
  }

  /** Lets the kernel receive a frame. */
  void write(byte[] frame) {
    check(Libc.write(tap, frame));
  }

  @Override
  public void close() {
    Libc.close(socket);
    Libc.close(tap);
  }
}
