// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

import dev.plumbline.netlink.libc.Errno;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request that the kernel refused, with everything it said about it. */
public final class NetlinkException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String request;
  private final int errno;
  private final @Nullable String kernelMessage;
  private final int offset;
  private final @Nullable String attribute;
  private final int missingAttribute;

  NetlinkException(String request, int errno) {
    this(request, errno, null, -1, null, -1);
  }

  NetlinkException(
      String request,
      int errno,
      @Nullable String kernelMessage,
      int offset,
      @Nullable String attribute,
      int missingAttribute) {
    super(text(request, errno, kernelMessage, attribute, missingAttribute));
    this.request = request;
    this.errno = errno;
    this.kernelMessage = kernelMessage;
    this.offset = offset;
    this.attribute = attribute;
    this.missingAttribute = missingAttribute;
  }

  private static String text(
      String request,
      int errno,
      @Nullable String kernelMessage,
      @Nullable String attribute,
      int missingAttribute) {
    StringBuilder text = new StringBuilder(request).append(": ").append(Errno.name(errno));
    text.append(" (").append(Errno.description(errno)).append(')');
    if (kernelMessage != null) {
      text.append(": ").append(kernelMessage);
    }
    if (attribute != null) {
      text.append(" [").append(attribute).append(']');
    }
    if (missingAttribute >= 0) {
      text.append(" [attribute ").append(missingAttribute).append(" is missing]");
    }
    return text.toString();
  }

  /** Positive, as in errno(3). */
  public int errno() {
    return errno;
  }

  /** {@code EOPNOTSUPP} and the like. */
  public String errnoName() {
    return Errno.name(errno);
  }

  /** The extended acknowledgement's message (NLMSGERR_ATTR_MSG). */
  public @Nullable String kernelMessage() {
    return kernelMessage;
  }

  /** Bytes from the request's nlmsghdr to the attribute at fault (NLMSGERR_ATTR_OFFS), or -1. */
  public int offset() {
    return offset;
  }

  /** The attribute at {@link #offset}: the kernel's name where it is known, else its number. */
  public @Nullable String attribute() {
    return attribute;
  }

  /** The number of the attribute that the kernel misses (NLMSGERR_ATTR_MISS_TYPE), or -1. */
  public int missingAttribute() {
    return missingAttribute;
  }

  /** What was asked, {@link Request#description}. */
  public String request() {
    return request;
  }
}
