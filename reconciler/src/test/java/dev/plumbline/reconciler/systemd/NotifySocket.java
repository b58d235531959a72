// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.systemd;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.Libc;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The service manager's end: a real datagram socket. */
public final class NotifySocket implements AutoCloseable {
  private static final int SECONDS = 30;

  private final int fd;
  private final String name;
  private final List<String> heard = new ArrayList<>();
  private int next;

  /**
   * Listens.
   *
   * @param name a path, or a name after an {@code @}
   */
  public NotifySocket(String name) throws Exception {
    this.name = name;
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer address = ByteBuffer.allocate(2 + path.length).order(ByteOrder.nativeOrder());
    address.putShort((short) Libc.AF_UNIX).put(path);
    if (name.startsWith("@")) {
      address.put(2, (byte) 0);
    }
    fd = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
    Libc.bind(fd, address.array());
    ByteBuffer time = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder()).putLong(0, 1);
    if (Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, time.array()) != 0) {
      throw new AssertionError("SO_RCVTIMEO");
    }
  }

  public String name() {
    return name;
  }

  /** All lines heard so far. */
  public List<String> heard() {
    return List.copyOf(heard);
  }

  /** The next line that is meant, waiting for it; those before it are passed over. */
  public String await(Predicate<String> meant) {
    long end = System.nanoTime() + SECONDS * 1_000_000_000L;
    while (System.nanoTime() < end) {
      while (next < heard.size()) {
        String line = heard.get(next);
        next++;
        if (meant.test(line)) {
          return line;
        }
      }
      receive();
    }
    throw new AssertionError("heard only " + heard);
  }

  private void receive() {
    ByteBuffer datagram = ByteBuffer.allocateDirect(4096);
    int bytes = Libc.recv(fd, datagram, 0);
    if (bytes >= 0) {
      byte[] text = new byte[bytes];
      datagram.get(text);
      heard.addAll(List.of(new String(text, StandardCharsets.UTF_8).split("\n", -1)));
    } else if (bytes != -Errno.EAGAIN) {
      throw new AssertionError("recv: errno " + -bytes);
    }
  }

  @Override
  public void close() {
    Libc.close(fd);
  }
}
