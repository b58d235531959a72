// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.namespace;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;

/** /run/netns, in the state that iproute2 (ip/ipnetns.c) wants it to be in. */
final class NamespaceDirectory {
  private static final String PATH = NetNamespace.DIRECTORY.toString();
  private static final int LONGEST_NOTE = 1024;

  private NamespaceDirectory() {}

  /**
   * Makes the directory, and makes it a shared mount, so that a name that is deleted in one mount
   * namespace goes in all others; else a container's copy of the mount would keep the network
   * namespace alive. The lock is the one that iproute2 takes: two processes that both find no mount
   * would otherwise stack two.
   */
  static void prepare() throws IOException {
    if (!Files.isDirectory(NetNamespace.DIRECTORY)) {
      Files.createDirectories(
          NetNamespace.DIRECTORY,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }
    int lock = Libc.open(PATH, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
    try {
      Libc.flock(lock, Libc.LOCK_EX);
      if (!share()) {
        Libc.mount(PATH, PATH, "none", Libc.MS_BIND | Libc.MS_REC, null);
        if (!share()) {
          throw new ErrnoException("make " + PATH + " a shared mount", Errno.EINVAL);
        }
      }
    } finally {
      Libc.close(lock);
    }
  }

  /** False if the directory is no mount point. */
  private static boolean share() throws ErrnoException {
    try {
      Libc.mount("", PATH, "none", Libc.MS_SHARED | Libc.MS_REC, null);
      return true;
    } catch (ErrnoException e) {
      if (e.errno() == Errno.EINVAL) {
        return false;
      }
      throw e;
    }
  }

  /** Writes the note of a name, and closes the file. */
  static void write(int file, String note) throws ErrnoException {
    byte[] bytes = note.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > LONGEST_NOTE) {
      Libc.close(file);
      throw new IllegalArgumentException("a note of more than " + LONGEST_NOTE + " bytes");
    }
    int written = Libc.write(file, bytes);
    Libc.close(file);
    if (written != bytes.length) {
      throw new ErrnoException(
          "write the note of a network namespace", written < 0 ? -written : Errno.ENOSPC);
    }
  }

  /** The note of a name, as far as the longest goes. */
  static String read(String path) throws ErrnoException {
    int file = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
    byte[] bytes = new byte[LONGEST_NOTE];
    int count = Libc.read(file, bytes);
    Libc.close(file);
    if (count < 0) {
      throw new ErrnoException("read " + path, -count);
    }
    return new String(bytes, 0, count, StandardCharsets.UTF_8);
  }

  /** Unmounts and unlinks a name. */
  static void remove(String path) throws ErrnoException {
    try {
      Libc.umount2(path, Libc.MNT_DETACH);
    } catch (ErrnoException e) {
      // EINVAL: no mount, the rest of an `ip netns add` that failed halfway; the file goes all the
      // same
      if (e.errno() != Errno.EINVAL) {
        throw e;
      }
    }
    Libc.unlink(path);
  }
}
