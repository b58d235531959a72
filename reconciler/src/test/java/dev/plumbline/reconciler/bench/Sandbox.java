// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.Route;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.reconciler.bench.Scenario.Census;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** A host that is thrown away: a thread in a network and a mount namespace of its own. */
final class Sandbox {
  private static final long DOOMED = 0x706c756d;

  private Sandbox() {}

  /** Calls on a new thread that is a host; what the call leaves there is gone on return. */
  static <T> T call(Callable<T> call) throws Exception {
    // The JDK's thread that waits for processes would keep the sandbox alive, were it born there.
    new ProcessBuilder("true").start().waitFor();
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              enter();
              try {
                return call.call();
              } finally {
                clear();
              }
            });
    Thread thread = new Thread(task, "sandbox");
    thread.start();
    return task.get();
  }

  private static void enter() throws IOException {
    Libc.unshare(Libc.CLONE_NEWNET | Libc.CLONE_NEWNS);
    Libc.mount("none", "/", null, Libc.MS_REC | Libc.MS_PRIVATE, null);
    Path names = Path.of("/run/netns");
    Files.createDirectories(names);
    Libc.mount("none", names.toString(), "tmpfs", 0, "mode=0755");
    try (RouteSocket socket = RouteSocket.open()) {
      socket.execute(Link.change(Link.named("lo").up()));
    }
  }

  /** Counts what is on the host and in its named namespaces. */
  static Census count() throws IOException {
    Census all = count(RouteSocket.open());
    for (String name : NetNamespace.list()) {
      try (NetNamespace namespace = NetNamespace.named(name)) {
        Census one = count(RouteSocket.open(namespace));
        all = new Census(all.devices() + one.devices(), all.routes() + one.routes());
      }
    }
    return all;
  }

  private static Census count(RouteSocket socket) throws IOException {
    try (socket) {
      long routes =
          socket.routes().stream()
              .filter(route -> route.protocol() != Route.PROTOCOL_KERNEL)
              .count();
      return new Census(socket.links().size() - 1, (int) routes);
    }
  }

  /**
   * Takes all away at once, so that the kernel is not still at it when the next one is measured.
   */
  static void clear() throws IOException {
    for (String name : NetNamespace.list()) {
      try (NetNamespace namespace = NetNamespace.named(name)) {
        clear(RouteSocket.open(namespace));
      }
      NetNamespace.delete(name);
    }
    clear(RouteSocket.open());
  }

  private static void clear(RouteSocket socket) throws IOException {
    try (socket) {
      List<dev.plumbline.netlink.socket.Request> doomed = new ArrayList<>();
      for (Link link : socket.links()) {
        if (link.kind() != null) {
          doomed.add(Link.setGroup(link.index(), DOOMED));
        }
      }
      if (!doomed.isEmpty()) {
        doomed.add(Link.deleteGroup(DOOMED));
        socket.executeAll(doomed);
      }
    }
  }
}
