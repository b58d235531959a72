// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

/** What happened can not be followed: the host has to be read as a whole. */
public final class LostTrackException extends Exception {
  private static final long serialVersionUID = 1;

  public LostTrackException(String why) {
    super(why);
  }

  LostTrackException(String why, Throwable cause) {
    super(why, cause);
  }
}
