// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.testing;

import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.Codecs;
import dev.plumbline.netlink.wire.MessageWriter;
import dev.plumbline.netlink.wire.NetlinkFormat;
import java.util.function.Consumer;

/** The few rtnetlink requests that the packages below {@code route} are tested with. */
public final class Requests {
  /** include/uapi/linux/rtnetlink.h. */
  public static final int RTM_NEWLINK = 16;

  public static final int RTM_DELLINK = 17;
  public static final int RTM_GETLINK = 18;
  public static final int RTNLGRP_LINK = 1;

  /** Bytes of struct ifinfomsg. */
  public static final int IFINFOMSG = 16;

  private static final Attribute<String> KIND = new Attribute<>(1, "IFLA_INFO_KIND", Codecs.STRING);

  public static final Attribute<String> IFNAME = new Attribute<>(3, "IFLA_IFNAME", Codecs.STRING);
  public static final Attribute<Long> MTU = new Attribute<>(4, "IFLA_MTU", Codecs.U32);
  public static final Attribute<AttributeMap> LINKINFO =
      new Attribute<>(18, "IFLA_LINKINFO", Codecs.nested(AttributeSchema.of("IFLA_INFO", KIND)));
  public static final AttributeSchema LINK = AttributeSchema.of("IFLA", IFNAME, MTU, LINKINFO);

  private record Made(int type, int flags, String description, Consumer<MessageWriter> body)
      implements Request {
    @Override
    public void write(MessageWriter writer) {
      body.accept(writer);
    }
  }

  private Requests() {}

  public static Request createLink(String name, String kind) {
    return new Made(
        RTM_NEWLINK,
        NetlinkFormat.NLM_F_CREATE | NetlinkFormat.NLM_F_EXCL,
        "create link " + name,
        writer ->
            header(writer, 0, 0)
                .attribute(IFNAME, name)
                .attribute(LINKINFO, AttributeMap.EMPTY.with(KIND, kind)));
  }

  public static Request deleteLink(String name) {
    return new Made(
        RTM_DELLINK, 0, "delete link " + name, w -> header(w, 0, 0).attribute(IFNAME, name));
  }

  public static Request getLink(String name) {
    return new Made(
        RTM_GETLINK, 0, "get link " + name, w -> header(w, 0, 0).attribute(IFNAME, name));
  }

  public static Request setMtu(String name, long mtu) {
    return new Made(
        RTM_NEWLINK,
        0,
        "set mtu of link " + name,
        w -> header(w, 0, 0).attribute(IFNAME, name).attribute(MTU, mtu));
  }

  public static Request up(String name) {
    return new Made(
        RTM_NEWLINK, 0, "set link " + name + " up", w -> header(w, 1, 1).attribute(IFNAME, name));
  }

  public static Request dumpLinks() {
    return new Made(RTM_GETLINK, 0, "dump links", w -> header(w, 0, 0));
  }

  /** struct ifinfomsg: family, padding, type, index, flags, change. */
  private static MessageWriter header(MessageWriter writer, int flags, int change) {
    return writer.u8(0).u8(0).u16(0).s32(0).s32(flags).s32(change);
  }
}
