// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.event;

import dev.plumbline.netlink.libc.Descriptor;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.namespace.NetNamespace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * Named namespaces as they come and go, by inotify(7) on {@code /run/netns} (made if it is not
 * there).
 *
 * <p>A name appears a moment before the namespace is mounted on it, and there is no event for the
 * mount: {@link NetNamespace#named} may have to be tried again for some milliseconds.
 */
public final class NamespaceWatch implements EventSource {
  /** What happened to a name. */
  public sealed interface Change {
    /** A name is there that was not. */
    record Appeared(String name) implements Change {}

    /** A name is gone; the namespace lives on if something else holds it. */
    record Gone(String name) implements Change {}

    /** Changes were lost: list the names anew. */
    record Overrun() implements Change {}
  }

  /** struct inotify_event: wd, mask, cookie, length of the name that follows (4 bytes each). */
  private static final int HEADER_BYTES = 16;

  private static final int MASK_OFFSET = 4;
  private static final int LENGTH_OFFSET = 12;
  private static final int APPEARED = Libc.IN_CREATE | Libc.IN_MOVED_TO;
  private static final int GONE = Libc.IN_DELETE | Libc.IN_MOVED_FROM;

  private final byte[] buffer = new byte[64 * 1024];
  private final Descriptor descriptor;

  private NamespaceWatch(int fd) {
    this.descriptor = new Descriptor(fd, "the watch");
  }

  /** Watches the names in the mount namespace of the calling thread. */
  public static NamespaceWatch open() throws IOException {
    if (!Files.isDirectory(NetNamespace.DIRECTORY)) {
      Files.createDirectories(
          NetNamespace.DIRECTORY,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }
    int fd = Libc.inotifyInit(Libc.IN_NONBLOCK | Libc.IN_CLOEXEC);
    try {
      Libc.inotifyAddWatch(fd, NetNamespace.DIRECTORY.toString(), APPEARED | GONE);
    } catch (ErrnoException e) {
      Libc.close(fd);
      throw e;
    }
    return new NamespaceWatch(fd);
  }

  /** What has happened since the last call, in order; does not wait. */
  public List<Change> changes() throws IOException {
    List<Change> changes = new ArrayList<>();
    while (true) {
      int length = Libc.read(fd(), buffer);
      if (length == -Errno.EAGAIN) {
        return changes;
      }
      if (length < 0) {
        throw new ErrnoException("read inotify", -length);
      }
      ByteBuffer events = ByteBuffer.wrap(buffer, 0, length).order(ByteOrder.nativeOrder());
      int at = 0;
      while (at + HEADER_BYTES <= length) {
        int nameLength = events.getInt(at + LENGTH_OFFSET);
        add(changes, events.getInt(at + MASK_OFFSET), name(at + HEADER_BYTES, nameLength));
        at += HEADER_BYTES + nameLength;
      }
    }
  }

  /** The kernel pads names with NULs. */
  private String name(int start, int length) {
    return new String(buffer, start, length, StandardCharsets.UTF_8).replace("\0", "");
  }

  private static void add(List<Change> changes, int mask, String name) {
    if ((mask & Libc.IN_Q_OVERFLOW) != 0) {
      changes.add(new Change.Overrun());
    } else if ((mask & APPEARED) != 0) {
      changes.add(new Change.Appeared(name));
    } else if ((mask & GONE) != 0) {
      changes.add(new Change.Gone(name));
    }
  }

  @Override
  public int fd() {
    return descriptor.fd();
  }

  /** Closes it; a second time does nothing. */
  @Override
  public void close() {
    descriptor.close();
  }
}
