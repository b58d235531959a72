// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.traffic;

import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.Codecs;
import dev.plumbline.netlink.wire.MessageWriter;

/** A request of traffic control as a value. */
record TrafficRequest(
    int type, int flags, String description, TrafficHeader header, AttributeMap attributes)
    implements Request {
  static final int NEWQDISC = 36;
  static final int DELQDISC = 37;
  static final int GETQDISC = 38;
  static final int NEWTFILTER = 44;
  static final int DELTFILTER = 45;
  static final int GETTFILTER = 46;

  static final Attribute<String> KIND = new Attribute<>(1, "TCA_KIND", Codecs.STRING);

  static final int REPLACE = 0x100;
  static final int EXCLUSIVE = 0x200;
  static final int CREATE = 0x400;

  @Override
  public void write(MessageWriter w) {
    header.write(w);
    w.attributes(attributes);
  }

  @Override
  public String toString() {
    return description;
  }
}
