// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.netlink.route.Address;
import dev.plumbline.reconciler.live.Sockets;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.spec.value.IpAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Waits for the IPv6 addresses that routes speak with: the kernel refuses such a route (EINVAL,
 * ip6_route_info_create in net/ipv6/route.c) until it has found that nobody else has the address,
 * which takes it a second or two (RFC 4862, 5.4). Of one apply; one thread.
 */
final class SourceAddresses {
  /** More than twice what the kernel's own settings take; a link without carrier takes for ever. */
  private static final long PATIENCE_SECONDS = 10;

  private static final int PAUSE_MILLIS = 50;

  private final Sockets sockets;
  private final Set<String> waitedFor = new HashSet<>();

  SourceAddresses(Sockets sockets) {
    this.sockets = sockets;
  }

  /** What has to be done before a route is asked for; nothing for most. */
  List<Operation> before(Resource route) {
    String namespace = route.id().namespace();
    String source = route.get("source");
    if (!source.contains(":") || !waitedFor.add(namespace + " " + source)) {
      return List.of();
    }
    InetAddress address = IpAddress.parse(source).toInetAddress();
    return List.of(new Operation.Call("wait for " + source, () -> await(namespace, address)));
  }

  private void await(String namespace, InetAddress source) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (isTentative(namespace, source)) {
      if (System.nanoTime() - end > 0) {
        throw new IOException(
            "the kernel has not found out within "
                + PATIENCE_SECONDS
                + " s whether somebody else has "
                + IpAddress.of(source)
                + ", as where a link has no carrier; until then it takes no route from there");
      }
      try {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for " + IpAddress.of(source));
      }
    }
  }

  private boolean isTentative(String namespace, InetAddress source) throws IOException {
    boolean tentative = false;
    for (Address each : sockets.in(namespace).addresses()) {
      if (each.local().equals(source)) {
        if (each.has(Address.DADFAILED)) {
          throw new IOException("somebody else has the address " + IpAddress.of(source));
        }
        if (!each.has(Address.TENTATIVE) || each.has(Address.OPTIMISTIC)) {
          return false;
        }
        tentative = true;
      }
    }
    return tentative;
  }
}
