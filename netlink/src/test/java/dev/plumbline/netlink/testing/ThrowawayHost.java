// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.testing;

import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.socket.NetlinkSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives each test a host of its own: before each test its thread moves into a new network and a new
 * mount namespace with {@code lo} up, an empty {@code /run/netns} and a {@code /sys} that shows the
 * new network's devices; afterwards it moves back, which is checked. What the test made goes with
 * the namespaces, as soon as no thread or process that it left behind is in them.
 *
 * <p>Use {@link KernelTest}, which adds this; tests run in it one after another on each thread.
 */
public final class ThrowawayHost implements BeforeEachCallback, AfterEachCallback {
  private static final ExtensionContext.Namespace STORE =
      ExtensionContext.Namespace.create(ThrowawayHost.class);

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    if (Libc.geteuid() != 0) {
      String reason = "not root: test " + KindCondition.name(context) + " skipped here";
      System.err.println(reason);
      Assumptions.abort(reason);
    }
    // The JDK keeps the thread that waits for a process for a minute; had it been started from the
    // throwaway host, it would keep that alive as long.
    Sh.run(":");
    Stay stay = new Stay();
    boolean done = false;
    try {
      stay.enter();
      done = true;
    } finally {
      if (!done) {
        stay.leave();
      }
    }
    context.getStore(STORE).put(Stay.class, stay);
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    Stay stay = context.getStore(STORE).remove(Stay.class, Stay.class);
    if (stay != null) {
      stay.leave();
    }
  }

  /** A thread's stay on a throwaway host: what is needed to bring it back. */
  private static final class Stay {
    private static final String NET = "/proc/thread-self/ns/net";
    private static final String MOUNTS = "/proc/thread-self/ns/mnt";

    private final Path homeNet = Files.readSymbolicLink(Path.of(NET));
    private final Path homeMounts = Files.readSymbolicLink(Path.of(MOUNTS));
    private final Thread thread = Thread.currentThread();
    private final Deque<Integer> descriptors = new ArrayDeque<>();
    private final int net = kept(NET);
    private final int mounts = kept(MOUNTS);
    private final int directory = kept(".");

    Stay() throws IOException {}

    private int kept(String path) throws IOException {
      int fd = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
      descriptors.push(fd);
      return fd;
    }

    void enter() throws IOException {
      Libc.unshare(Libc.CLONE_NEWNET | Libc.CLONE_NEWNS);
      // Else what is mounted here would be mounted on the real host, too.
      Libc.mount("none", "/", null, Libc.MS_REC | Libc.MS_PRIVATE, null);
      // sysfs shows the network namespace that it was mounted from.
      Libc.mount("sysfs", "/sys", "sysfs", Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC, null);
      // A tmpfs on all of /run would hide the sockets of services; the names are enough.
      Path names = Path.of("/run/netns");
      if (!Files.isDirectory(names)) {
        Files.createDirectory(names);
      }
      Libc.mount("none", names.toString(), "tmpfs", 0, "mode=0755");
      try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
        socket.request(Requests.up("lo"));
      }
    }

    void leave() throws IOException {
      if (Thread.currentThread() != thread) {
        throw new IllegalStateException("the test ended on another thread than it began on");
      }
      // setns wants a root and directory of the thread's own; threads that the test started share
      // it.
      Libc.unshare(Libc.CLONE_FS);
      Libc.setns(net, Libc.CLONE_NEWNET);
      Libc.setns(mounts, Libc.CLONE_NEWNS);
      Libc.fchdir(directory);
      while (!descriptors.isEmpty()) {
        Libc.close(descriptors.pop());
      }
      check(NET, homeNet);
      check(MOUNTS, homeMounts);
    }

    private static void check(String link, Path expected) throws IOException {
      Path actual = Files.readSymbolicLink(Path.of(link));
      if (!actual.equals(expected)) {
        throw new IllegalStateException("the thread is in " + actual + ", not in " + expected);
      }
    }
  }
}
