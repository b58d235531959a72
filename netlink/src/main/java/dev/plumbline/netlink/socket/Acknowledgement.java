// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeReader;
import dev.plumbline.netlink.wire.MessageWriter;
import dev.plumbline.netlink.wire.NetlinkFormat;
import dev.plumbline.netlink.wire.WireException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * NLMSG_ERROR and NLMSG_DONE: an errno and the extended acknowledgement.
 *
 * <pre>
 *   +---------------------------------------------------------------+
 *   |           errno as a negative number, 0 for success           |
 *   +---------------------------------------------------------------+
 *   |  NLMSG_ERROR only: the request's nlmsghdr, and its payload    |
 *   |  unless NLM_F_CAPPED is set                                   |
 *   +---------------------------------------------------------------+
 *   |  with NLM_F_ACK_TLVS: attributes NLMSGERR_ATTR_*              |
 *   +---------------------------------------------------------------+
 * </pre>
 */
final class Acknowledgement {
  private static final int NLMSGERR_ATTR_MSG = 1;
  private static final int NLMSGERR_ATTR_OFFS = 2;
  private static final int NLMSGERR_ATTR_MISS_TYPE = 5;
  private static final int ERRNO_BYTES = 4;

  private Acknowledgement() {}

  /**
   * Reads an acknowledgement.
   *
   * @param written the buffer that the request was written into
   * @param requestStart where it starts there
   * @return the failure, or null if it was done
   */
  static @Nullable NetlinkException read(
      Frame frame, Request request, MessageWriter written, int requestStart) {
    ByteBuffer payload = frame.payload();
    if (payload.limit() < ERRNO_BYTES) {
      // Dumps of old kernels end with a NLMSG_DONE that has no errno.
      if (frame.type() == NetlinkFormat.NLMSG_DONE) {
        return null;
      }
      throw new WireException("an acknowledgement without errno", 0);
    }
    int errno = -payload.getInt(0);
    if (errno == 0) {
      return null;
    }
    String message = null;
    int offset = -1;
    int missing = -1;
    if (frame.has(NetlinkFormat.NLM_F_ACK_TLVS)) {
      AttributeReader reader = AttributeReader.over(payload.position(tlvStart(frame, payload)));
      while (reader.next()) {
        switch (reader.type()) {
          case NLMSGERR_ATTR_MSG -> message = reader.string();
          case NLMSGERR_ATTR_OFFS -> offset = reader.s32();
          case NLMSGERR_ATTR_MISS_TYPE -> missing = reader.s32();
          // A cookie, a policy or a nest's offset; none is for people.
          default -> {}
        }
      }
    }
    String attribute = offset < 0 ? null : attribute(written, requestStart, offset);
    return new NetlinkException(request.description(), errno, message, offset, attribute, missing);
  }

  private static int tlvStart(Frame frame, ByteBuffer payload) {
    int start = ERRNO_BYTES;
    if (frame.type() == NetlinkFormat.NLMSG_ERROR) {
      if (payload.limit() < ERRNO_BYTES + NetlinkFormat.HEADER_BYTES) {
        throw new WireException("an acknowledgement without the request's header", ERRNO_BYTES);
      }
      int requestBytes = payload.getInt(ERRNO_BYTES + NetlinkFormat.LENGTH_OFFSET);
      boolean capped = frame.has(NetlinkFormat.NLM_F_CAPPED);
      start += capped ? NetlinkFormat.HEADER_BYTES : NetlinkFormat.align(requestBytes);
    }
    if (start < 0 || start > payload.limit()) {
      throw new WireException("the echoed request ends outside the acknowledgement", ERRNO_BYTES);
    }
    return start;
  }

  private static String attribute(MessageWriter written, int requestStart, int offset) {
    Attribute<?> key = written.attributeAt(requestStart + offset);
    if (key != null) {
      return key.name();
    }
    ByteBuffer bytes = written.written();
    int at = requestStart + offset;
    if (offset < NetlinkFormat.HEADER_BYTES || at + 4 > bytes.limit()) {
      return "offset " + offset;
    }
    return "attribute " + (bytes.getShort(at + 2) & NetlinkFormat.NLA_TYPE_MASK);
  }
}
