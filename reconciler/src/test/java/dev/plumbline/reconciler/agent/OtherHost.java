// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * One more host beside the test's own: a thread with network and mount namespaces, and so names of
 * namespaces, that are its alone. They go with the thread and those it has started.
 */
final class OtherHost implements AutoCloseable {
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final String namespace;

  OtherHost() throws Exception {
    namespace = run(OtherHost::enter);
  }

  private static String enter() throws IOException {
    Libc.unshare(Libc.CLONE_NEWNET | Libc.CLONE_NEWNS);
    Libc.mount("none", "/", null, Libc.MS_REC | Libc.MS_PRIVATE, null);
    Libc.mount("sysfs", "/sys", "sysfs", Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC, null);
    Libc.mount("none", "/run/netns", "tmpfs", 0, "mode=0755");
    Sh.run("ip link set lo up");
    return "/proc/" + Files.readSymbolicLink(Path.of("/proc/thread-self")) + "/ns/net";
  }

  /** Its network namespace, as ip(8) takes it. */
  String namespace() {
    return namespace;
  }

  /** Calls on this host. */
  <T> T run(Callable<T> call) throws Exception {
    try {
      return thread.submit(call).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
