// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import org.jspecify.annotations.Nullable;

/**
 * What a plan is about.
 *
 * @param host the host's name
 * @param file the file as it was named on the command line
 * @param revision the Git commit the file is from; null where that is not known
 */
public record PlanHeader(String host, String file, @Nullable String revision) {
  private static final int SHORT_REVISION = 10;

  /** The first characters of the revision; empty without one. */
  String shortRevision() {
    if (revision == null) {
      return "";
    }
    return revision.length() <= SHORT_REVISION ? revision : revision.substring(0, SHORT_REVISION);
  }
}
