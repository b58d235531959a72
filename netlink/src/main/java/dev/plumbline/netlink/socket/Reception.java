// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

import java.util.List;

/** What waiting for multicast messages came to. */
public sealed interface Reception {
  /** Messages of one datagram, in order; at least one. */
  record Messages(List<Message> messages) implements Reception {}

  /**
   * The receive buffer was full and messages are lost: the state must be read anew. Those that were
   * buffered before are still received after this.
   */
  record Overrun() implements Reception {}

  /** Nothing came in time. */
  record Nothing() implements Reception {}
}
