// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.namespace;

import dev.plumbline.netlink.libc.Descriptor;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A handle to a network namespace. The namespace lives at least as long as the handle is open. May
 * be used from several threads; closing it while another thread uses it is that caller's mistake.
 */
public final class NetNamespace implements AutoCloseable {
  /** Where {@code ip netns} keeps the names. */
  public static final Path DIRECTORY = Path.of("/run/netns");

  private static final String OF_THREAD = "/proc/thread-self/ns/net";

  private final Descriptor descriptor;
  private final long inode;
  private final String description;

  private NetNamespace(int fd, String description) throws IOException {
    this.descriptor = new Descriptor(fd, "the handle of " + description);
    this.description = description;
    boolean done = false;
    try {
      // The link in /proc leads to the namespace's own inode, whatever mount it was opened through.
      this.inode = (Long) Files.getAttribute(Path.of("/proc/thread-self/fd/" + fd), "unix:ino");
      done = true;
    } finally {
      if (!done) {
        descriptor.close();
      }
    }
  }

  /** The namespace that the calling thread is in. */
  public static NetNamespace current() throws IOException {
    return open(OF_THREAD, "the current network namespace");
  }

  /**
   * The namespace of that name.
   *
   * @throws NoSuchFileException if there is none
   * @throws IllegalArgumentException if it can be no name
   * @throws IOException above all if the name is there and no namespace: {@code ip netns add} makes
   *     the file a moment before it mounts the namespace on it
   */
  public static NetNamespace named(String name) throws IOException {
    try {
      return open(path(name), "network namespace " + name);
    } catch (ErrnoException e) {
      if (e.errno() == Errno.ENOENT) {
        throw (IOException)
            new NoSuchFileException(path(name), null, "no network namespace " + name).initCause(e);
      }
      throw e;
    }
  }

  /** The namespace of a process's main thread. */
  public static NetNamespace ofPid(long pid) throws IOException {
    return open("/proc/" + pid + "/ns/net", "network namespace of process " + pid);
  }

  /** A new namespace without a name; only {@code lo} is in it, and it is down. */
  public static NetNamespace scratch() throws IOException {
    return OwnThread.call(
        "scratch-namespace",
        () -> {
          Libc.unshare(Libc.CLONE_NEWNET);
          return open(OF_THREAD, "a scratch network namespace");
        });
  }

  /**
   * Makes a namespace with a name, as {@code ip netns add} does; only {@code lo} is in it, down.
   *
   * @throws ErrnoException with EEXIST if the name is taken
   * @throws IllegalArgumentException if it can be no name
   */
  public static NetNamespace create(String name) throws IOException {
    return create(name, "", () -> {});
  }

  /** What is done in a new namespace before it has its name; runs in the namespace. */
  @FunctionalInterface
  public interface Preparation {
    void run() throws IOException;
  }

  /**
   * As {@link #create(String)}, with something done in the namespace before anybody can find it by
   * its name: whoever sees the name sees the result.
   *
   * @param note what {@link #note} tells of the name where a creation or a removal was broken off,
   *     such as who made it
   */
  public static NetNamespace create(String name, String note, Preparation preparation)
      throws IOException {
    String path = path(name);
    NamespaceDirectory.prepare();
    int file = Libc.open(path, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_CLOEXEC, 0);
    boolean done = false;
    try {
      NamespaceDirectory.write(file, note);
      NetNamespace made =
          OwnThread.call(
              "create-namespace",
              () -> {
                Libc.unshare(Libc.CLONE_NEWNET);
                preparation.run();
                Libc.mount(OF_THREAD, path, "none", Libc.MS_BIND, null);
                return open(OF_THREAD, "network namespace " + name);
              });
      done = true;
      return made;
    } finally {
      if (!done) {
        NamespaceDirectory.remove(path);
      }
    }
  }

  /**
   * Takes the name away, as {@code ip netns delete} does. The namespace is gone when no process, no
   * socket and no handle is in it any more.
   *
   * @throws NoSuchFileException if there is none of that name
   * @throws IllegalArgumentException if it can be no name
   */
  public static void delete(String name) throws IOException {
    String path = path(name);
    if (!Files.exists(Path.of(path))) {
      throw new NoSuchFileException(path, null, "no network namespace " + name);
    }
    NamespaceDirectory.remove(path);
  }

  /**
   * The note in the file of a name on which no namespace is mounted: the name's creation or removal
   * was broken off, or goes on at this moment. The file lies under the mount otherwise, out of
   * sight.
   *
   * @return empty if whoever made the name left no note, as {@code ip netns add} does
   * @throws ErrnoException with ENOENT if there is none of that name, with EINVAL if it is a
   *     namespace
   */
  public static String note(String name) throws ErrnoException {
    return NamespaceDirectory.read(path(name));
  }

  /** The names in {@link #DIRECTORY}, sorted; empty if there is no such directory. */
  public static List<String> list() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(DIRECTORY)) {
      entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
    } catch (NoSuchFileException e) {
      return List.of(); // nobody has made a namespace since the host started
    }
    Collections.sort(names);
    return Collections.unmodifiableList(names);
  }

  /** What is wrong with the name, or null if it can be one (ip-netns(8), iproute2's rule). */
  public static @Nullable String invalidName(String name) {
    if (name.isEmpty()) {
      return "is empty";
    }
    if (name.length() >= 255) {
      return "has 255 characters or more";
    }
    if (name.equals(".") || name.equals("..")) {
      return "is a directory";
    }
    return name.indexOf('/') >= 0 || name.indexOf('\0') >= 0 ? "has a / or NUL in it" : null;
  }

  /**
   * Calls with the calling thread moved into this namespace, and moves it back whatever happens.
   * Threads started by the call start in this namespace and stay there.
   *
   * @throws IOException if the thread cannot be moved
   * @throws IllegalStateException if it cannot be moved back: the thread must then not be used
   *     further
   */
  public <T> T run(Callable<T> call) throws Exception {
    int before = Libc.open(OF_THREAD, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
    try {
      Libc.setns(fd(), Libc.CLONE_NEWNET);
      try {
        return call.call();
      } finally {
        restore(before);
      }
    } finally {
      Libc.close(before);
    }
  }

  private void restore(int before) {
    try {
      Libc.setns(before, Libc.CLONE_NEWNET);
    } catch (ErrnoException e) {
      throw new IllegalStateException("the thread is stuck in " + description, e);
    }
  }

  /** Identifies the namespace on this host, as {@code ip netns identify} and lsns(8) do. */
  public long inode() {
    return inode;
  }

  /**
   * The descriptor, for {@code IFLA_NET_NS_FD}; stays owned by this handle.
   *
   * @throws IllegalStateException if the handle is closed
   */
  public int fd() {
    return descriptor.fd();
  }

  @Override
  public void close() {
    descriptor.close();
  }

  /** Whether both are handles of the same namespace. */
  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof NetNamespace other && inode == other.inode;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(inode);
  }

  @Override
  public String toString() {
    return description + " (net:[" + inode + "])";
  }

  private static String path(String name) {
    String invalid = invalidName(name);
    if (invalid != null) {
      throw new IllegalArgumentException("network namespace name '" + name + "' " + invalid);
    }
    return DIRECTORY + "/" + name;
  }

  private static NetNamespace open(String path, String description) throws IOException {
    int fd = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
    int type;
    try {
      type = Libc.ioctl(fd, Libc.NS_GET_NSTYPE, 0);
    } catch (ErrnoException e) {
      Libc.close(fd);
      throw new NotANamespaceException(path + " is no namespace", e);
    }
    if (type != Libc.CLONE_NEWNET) {
      Libc.close(fd);
      throw new NotANamespaceException(path + " is a namespace of another type");
    }
    return new NetNamespace(fd, description);
  }
}
