// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.socket.NetlinkException;
import dev.plumbline.reconciler.live.Sockets;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Devices that were made and do not bear their mark yet, for the kernel takes no alias with a
 * creation. One that cannot be marked would be nobody's from then on, whether or not what was done
 * can be undone: it is removed at once.
 */
final class Unmarked {
  private final Map<Integer, String> namespaces = new LinkedHashMap<>();

  /** The kernel has taken this. */
  void taken(Operation.Netlink operation) {
    if (operation.makes() != 0) {
      namespaces.put(operation.makes(), operation.namespace());
    }
    namespaces.remove(operation.marks());
  }

  /**
   * Removes them after a failure.
   *
   * @return the failure, with what could not be removed
   */
  Failure removed(Failure failure, Sockets sockets) {
    StringBuilder message = new StringBuilder(failure.message());
    for (Map.Entry<Integer, String> each : namespaces.entrySet()) {
      String problem = remove(each.getKey(), each.getValue(), sockets);
      if (!problem.isEmpty()) {
        message.append("; nor could the device ").append(each.getKey());
        message.append(", which was made and not marked, be removed: ").append(problem);
      }
    }
    namespaces.clear();
    return new Failure(failure.address(), failure.resource(), message.toString());
  }

  private static String remove(int index, String namespace, Sockets sockets) {
    try {
      sockets.in(namespace).execute(Link.delete(index));
      return "";
    } catch (NetlinkException e) {
      // It went with another one, such as the one that it was over.
      return e.errno() == Errno.ENODEV ? "" : String.valueOf(e.getMessage());
    } catch (IOException | IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
