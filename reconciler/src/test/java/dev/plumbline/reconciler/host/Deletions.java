// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static dev.plumbline.netlink.event.RouteGroup.IPV4_ADDRESS;
import static dev.plumbline.netlink.event.RouteGroup.IPV6_ADDRESS;
import static dev.plumbline.netlink.event.RouteGroup.LINK;

import dev.plumbline.netlink.event.Subscription;
import dev.plumbline.netlink.socket.Message;
import dev.plumbline.netlink.socket.Reception;
import java.io.IOException;

/** Counts what the kernel tells as deleted in this namespace from now on. */
final class Deletions implements AutoCloseable {
  private static final int RTM_DELLINK = 17;
  private static final int RTM_DELADDR = 21;

  private final Subscription subscription;
  private int links;
  private int addresses;

  Deletions() throws IOException {
    subscription = Subscription.open(LINK, IPV4_ADDRESS, IPV6_ADDRESS);
  }

  /** Takes in what has been told so far. */
  void count() throws IOException {
    while (subscription.receive(50) instanceof Reception.Messages received) {
      for (Message message : received.messages()) {
        // A bridge tells of a port that leaves by a deletion too, in its own address family.
        if (message.type() == RTM_DELLINK
            && message.payload().get(message.payload().position()) == 0) {
          links++;
        } else if (message.type() == RTM_DELADDR) {
          addresses++;
        }
      }
    }
  }

  int links() {
    return links;
  }

  int addresses() {
    return addresses;
  }

  @Override
  public void close() {
    subscription.close();
  }
}
