// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Words for messages. */
final class Text {
  private Text() {}

  /** The address without scope and host name. */
  static String of(InetAddress address) {
    return address.getHostAddress();
  }

  /** A prefix, or "default" for none. */
  static String prefix(@Nullable InetAddress address, int length) {
    return address == null ? "default" : of(address) + "/" + length;
  }
}
