// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

import org.jspecify.annotations.Nullable;

/** The field {@code peer} of a veth: {@code name}, or {@code namespace/name}. */
public final class PeerText {
  private static final String OTHER_HALF = " (other half)";
  private static final String FAR_END = ".peer";

  private PeerText() {}

  public static String of(ResourceId device) {
    return device.namespace().isEmpty()
        ? device.device()
        : device.namespace() + "/" + device.device();
  }

  public static ResourceId parse(String text) {
    int slash = text.indexOf('/');
    return slash < 0
        ? ResourceId.deviceIn("", text)
        : ResourceId.deviceIn(text.substring(0, slash), text.substring(slash + 1));
  }

  /**
   * Whose an unmarked half is: a pair is made by one request, but marked by two, so that both
   * halves are plumbline's where one bears the mark.
   *
   * @param owner of the marked half
   */
  public static String otherHalf(String owner) {
    return owner + OTHER_HALF;
  }

  /** Whether a half counts as its owner's for the sake of the other one alone. */
  public static boolean isOtherHalf(@Nullable String owner) {
    return owner != null && owner.endsWith(OTHER_HALF);
  }

  /** Where the file names the far end of the pair whose near end it names there. */
  public static String farEnd(String address) {
    return address + FAR_END;
  }

  /** Where the file names the near end; null if it does not name a far end there. */
  public static @Nullable String nearEnd(String address) {
    return address.endsWith(FAR_END)
        ? address.substring(0, address.length() - FAR_END.length())
        : null;
  }

  /**
   * The mark that such a half is without.
   *
   * @param owner one that {@link #isOtherHalf} is true of
   */
  public static String lostMark(String owner) {
    String marked = owner.substring(0, owner.length() - OTHER_HALF.length());
    String near = nearEnd(marked);
    return near == null ? farEnd(marked) : near;
  }
}
