// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one request of many.
 *
 * @param replies the messages that came before the acknowledgement; empty for most requests
 * @param failure why it failed, or null if it was done
 */
public record Result(List<Message> replies, @Nullable NetlinkException failure) {
  static final Result DONE = new Result(List.of(), null);

  public boolean ok() {
    return failure == null;
  }

  /** The replies, if it was done. */
  public List<Message> orThrow() throws NetlinkException {
    if (failure != null) {
      throw failure;
    }
    return replies;
  }
}
