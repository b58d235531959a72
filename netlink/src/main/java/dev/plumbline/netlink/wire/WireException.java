// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.wire;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that are no well-formed netlink message or attribute, or an attribute whose value does not
 * fit the type it is known to have. Unchecked, because codecs run inside functions of the reader;
 * it means a bug here or a kernel that speaks differently, never a condition to retry.
 */
public final class WireException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String problem;
  private final int offset;
  private final @Nullable String attribute;

  /**
   * A failure that is not yet of a named attribute.
   *
   * @param offset bytes from the start of the payload that was read, or -1 if not known
   */
  public WireException(String problem, int offset) {
    this(problem, offset, null);
  }

  public WireException(String problem, int offset, @Nullable Throwable cause) {
    this(problem, offset, null, cause);
  }

  private WireException(
      String problem, int offset, @Nullable String attribute, @Nullable Throwable cause) {
    super(
        (attribute == null ? "" : attribute + ": ")
            + problem
            + (offset < 0 ? "" : " at offset " + offset),
        cause);
    this.problem = problem;
    this.offset = offset;
    this.attribute = attribute;
  }

  /** The same failure, with the name of the attribute that was being read put in front. */
  WireException in(String name) {
    String path = attribute == null ? name : name + "/" + attribute;
    return new WireException(problem, offset, path, this);
  }

  /** The same failure, seen from a buffer that holds the failing one at an offset. */
  WireException movedBy(int bytes) {
    return new WireException(problem, offset < 0 ? offset : offset + bytes, attribute, this);
  }

  /** Bytes from the start of the payload that was read; -1 if not known. */
  public int offset() {
    return offset;
  }

  /**
   * The attribute that did not fit, with the nests around it: {@code IFLA_LINKINFO/IFLA_INFO_KIND}.
   */
  public @Nullable String attribute() {
    return attribute;
  }
}
