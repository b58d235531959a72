// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.wire.MessageWriter;
import java.util.function.Consumer;

/** A request as a value: its numbers, its words for error messages, and its body. */
record RouteRequest(int type, int flags, String description, Consumer<MessageWriter> body)
    implements Request {
  static final int NEWLINK = 16;
  static final int DELLINK = 17;
  static final int GETLINK = 18;
  static final int SETLINK = 19;
  static final int NEWADDR = 20;
  static final int DELADDR = 21;
  static final int GETADDR = 22;
  static final int NEWROUTE = 24;
  static final int DELROUTE = 25;
  static final int GETROUTE = 26;
  static final int NEWNEIGH = 28;
  static final int DELNEIGH = 29;
  static final int GETNEIGH = 30;
  static final int NEWRULE = 32;
  static final int DELRULE = 33;
  static final int GETRULE = 34;
  static final int NEWNSID = 88;
  static final int GETNSID = 90;
  static final int NEWLINKPROP = 108;
  static final int DELLINKPROP = 109;

  static final int REPLACE = 0x100;
  static final int EXCLUSIVE = 0x200;
  static final int CREATE = 0x400;
  static final int APPEND = 0x800;

  @Override
  public void write(MessageWriter w) {
    body.accept(w);
  }

  @Override
  public String toString() {
    return description;
  }
}
