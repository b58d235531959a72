// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.route.RouteSocket;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * An open socket and a handle for each namespace that is in use. Opened on first use and kept, for
 * opening means moving a thread. Used by one thread at a time.
 */
public final class Sockets implements AutoCloseable {

  private record Place(NetNamespace namespace, RouteSocket socket) {
    void close() {
      socket.close();
      namespace.close();
    }
  }

  /** How a socket in a namespace is opened. */
  @FunctionalInterface
  interface Opener {
    RouteSocket open(NetNamespace namespace) throws IOException;
  }

  private final Opener opener;
  private final Map<String, Place> places = new HashMap<>();

  private Sockets(Opener opener) {
    this.opener = opener;
  }

  /**
   * Starts with the namespace of the calling thread as the host's own.
   *
   * @throws IOException if that one can not be opened
   */
  public static Sockets open() throws IOException {
    return open(RouteSocket::open);
  }

  /** As {@link #open()}, with sockets of another kind. */
  static Sockets open(Opener opener) throws IOException {
    Sockets sockets = new Sockets(opener);
    NetNamespace host = NetNamespace.current();
    sockets.places.put("", new Place(host, opener.open(host)));
    return sockets;
  }

  /**
   * The socket in a namespace; the empty name is the host's own.
   *
   * @throws java.nio.file.NoSuchFileException if there is no such namespace
   */
  public RouteSocket in(String namespace) throws IOException {
    return place(namespace).socket();
  }

  /** The handle of a namespace, valid until the namespace is forgotten. */
  public NetNamespace namespace(String namespace) throws IOException {
    return place(namespace).namespace();
  }

  private Place place(String name) throws IOException {
    Place place = places.get(name);
    if (place == null) {
      NetNamespace namespace = NetNamespace.named(name);
      try {
        place = new Place(namespace, opener.open(namespace));
      } catch (IOException | RuntimeException e) {
        namespace.close();
        throw e;
      }
      places.put(name, place);
    }
    return place;
  }

  /** Calls with the calling thread in a namespace. */
  public <T> T runIn(String namespace, Callable<T> call) throws IOException {
    try {
      return place(namespace).namespace().run(call);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /** Closes what is held of a namespace, so that it can go. */
  public void forget(String namespace) {
    Place place = places.remove(namespace);
    if (place != null) {
      place.close();
    }
  }

  /**
   * Forgets all but these, and those whose name now stands for another namespace than the one that
   * is held.
   */
  void keepOnly(Collection<String> names) throws IOException {
    Set<String> gone = new HashSet<>(places.keySet());
    gone.removeAll(names);
    for (String name : names) {
      Place held = places.get(name);
      if (!name.isEmpty() && held != null && !isStill(name, held)) {
        gone.add(name);
      }
    }
    gone.forEach(this::forget);
  }

  private static boolean isStill(String name, Place held) {
    try (NetNamespace now = NetNamespace.named(name)) {
      return now.equals(held.namespace());
    } catch (IOException e) {
      // Gone or half made: read anew, where the reason comes to light.
      return false;
    }
  }

  @Override
  public void close() {
    new HashSet<>(places.keySet()).forEach(this::forget);
  }
}
