// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import dev.plumbline.netlink.event.EventLoop;
import dev.plumbline.netlink.event.NamespaceWatch;
import dev.plumbline.netlink.event.Subscription;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.socket.Reception;
import dev.plumbline.reconciler.live.Touched;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** A watch with a socket in each namespace, and one {@code poll(2)} for all. */
public final class NetlinkWatch extends NotedWatch {
  private static final int RECEIVE_BYTES = 4 << 20;

  private record Watched(NetNamespace namespace, Subscription subscription) {
    void close() {
      subscription.close();
      namespace.close();
    }
  }

  private final EventLoop loop = new EventLoop();
  private final Map<String, Watched> watched = new HashMap<>();
  private final NamespaceWatch names;
  private final BiConsumer<String, String> lost;
  private final int receiveBytes;

  private int longestSleepMillis = Integer.MAX_VALUE;

  /**
   * Watches the namespace of the calling thread, and the names in its mount namespace.
   *
   * @param lost is told where events were lost: the event's name in the log, and what to say
   */
  public NetlinkWatch(BiConsumer<String, String> lost) throws IOException {
    this(lost, RECEIVE_BYTES);
  }

  /**
   * As {@link #NetlinkWatch(BiConsumer)}.
   *
   * @param receiveBytes that each socket may hold; what does not fit is lost, and that is noticed
   */
  public NetlinkWatch(BiConsumer<String, String> lost, int receiveBytes) throws IOException {
    this.lost = lost;
    this.receiveBytes = receiveBytes;
    this.names = NamespaceWatch.open();
    loop.add(names, this::namesChanged);
    NetNamespace host = NetNamespace.current();
    open("", host);
  }

  private void open(String name, NetNamespace namespace) throws IOException {
    boolean done = false;
    try {
      Subscription subscription = Subscription.open(namespace, Touched.groups());
      subscription.receiveBufferBytes(receiveBytes);
      watched.put(name, new Watched(namespace, subscription));
      loop.add(subscription, source -> drain(name, source));
      done = true;
    } finally {
      if (!done) {
        namespace.close();
      }
    }
  }

  private void close(String name) {
    Watched old = watched.remove(name);
    if (old != null) {
      loop.remove(old.subscription);
      old.close();
    }
  }

  /** A socket kept open would keep a namespace alive whose name was deleted. */
  @Override
  public boolean cover(Set<String> namespaces) throws IOException {
    if (!haveNamesChanged() && watched.keySet().containsAll(namespaces)) {
      return true;
    }
    takeNames();
    for (String name : new HashSet<>(watched.keySet())) {
      if (!name.isEmpty() && !namespaces.contains(name)) {
        close(name);
      }
    }
    boolean complete = true;
    for (String name : namespaces) {
      complete &= name.isEmpty() || coverNamed(name);
    }
    return complete;
  }

  private boolean coverNamed(String name) throws IOException {
    NetNamespace now;
    try {
      now = NetNamespace.named(name);
    } catch (NoSuchFileException e) {
      close(name);
      return true;
    } catch (IOException e) {
      // `ip netns add` makes the file first and mounts the namespace on it later; there is no event
      // for the second step.
      close(name);
      noteNames();
      return false;
    }
    Watched old = watched.get(name);
    if (old != null && old.namespace.equals(now)) {
      now.close();
      return true;
    }
    close(name);
    open(name, now);
    return true;
  }

  @Override
  public void longestSleepMillis(int millis) {
    longestSleepMillis = millis;
  }

  @Override
  public void await(int timeoutMillis) throws IOException {
    boolean limited = longestSleepMillis < Integer.MAX_VALUE;
    int most = timeoutMillis < 0 && limited ? longestSleepMillis : timeoutMillis;
    loop.poll(Math.min(most, longestSleepMillis));
  }

  @Override
  public void drain() throws IOException {
    int unused = loop.drain();
  }

  @Override
  public void wakeUp() {
    try {
      loop.wakeUp();
    } catch (IOException e) {
      // Writing to an eventfd fails for a closed one alone: nobody is left to be woken.
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean watches(Set<String> namespaces) {
    return watched.keySet().containsAll(namespaces);
  }

  private void namesChanged(NamespaceWatch source) throws IOException {
    note(System.nanoTime());
    if (!source.changes().isEmpty()) {
      noteNames();
    }
  }

  private void drain(String name, Subscription subscription) throws IOException {
    note(System.nanoTime());
    try {
      while (true) {
        Reception reception = subscription.receive(0);
        if (reception instanceof Reception.Nothing) {
          return;
        }
        if (reception instanceof Reception.Messages got) {
          got.messages().forEach(touched(name)::take);
        }
        if (reception instanceof Reception.Overrun) {
          noteWhole();
          lost.accept(
              "overrun", "events were lost in " + place(name) + ": reading everything anew");
        }
      }
    } catch (IOException e) {
      noteWhole();
      lost.accept(
          "socket-lost", "the event socket of " + place(name) + " is lost: " + e.getMessage());
      close(name);
      if (name.isEmpty()) {
        open("", NetNamespace.current());
      } else {
        noteNames();
      }
    }
  }

  private static String place(String name) {
    return name.isEmpty() ? "the host" : "namespace " + name;
  }

  @Override
  public void close() {
    for (String name : new HashSet<>(watched.keySet())) {
      close(name);
    }
    loop.remove(names);
    names.close();
    loop.close();
  }
}
