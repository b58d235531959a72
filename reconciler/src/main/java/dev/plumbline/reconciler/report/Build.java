// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which build this is. From any thread. */
public final class Build {
  private Build() {}

  /**
   * Maven's version, and the Git commit if the build knew it: {@code 0.1.0-SNAPSHOT (7895220)}.
   *
   * @throws UncheckedIOException if the jar is damaged
   */
  public static String version() {
    Properties build = new Properties();
    try (InputStream resource = Build.class.getResourceAsStream("build.properties")) {
      if (resource == null) {
        throw new IOException("build.properties is missing from this build");
      }
      build.load(resource);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String commit = build.getProperty("commit", "");
    return build.getProperty("version") + (commit.isBlank() ? "" : " (" + commit + ")");
  }
}
