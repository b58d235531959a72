// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

import dev.plumbline.netlink.wire.MessageWriter;

/** What is asked of the kernel in one message. Immutable: it is written again if it is retried. */
public interface Request {
  /** The message's type ({@code RTM_NEWLINK}). */
  int type();

  /**
   * NLM_F_* bits beyond those that the socket sets itself (NLM_F_REQUEST, and NLM_F_ACK or
   * NLM_F_DUMP). A GET request must not set NLM_F_DUMP itself: the kernel acknowledges no dump, and
   * {@link NetlinkSocket#request} would wait in vain. (It cannot be refused there: in NEW requests
   * the same bits mean NLM_F_REPLACE and NLM_F_EXCL.)
   */
  int flags();

  /** Appends the type's fixed header and the attributes. */
  void write(MessageWriter writer);

  /** What is asked, as an error message begins: {@code create link br0}. */
  String description();
}
