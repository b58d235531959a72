// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of this build: Maven's, and the Git commit if the build knew it. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() throws IOException {
    return new String[] {"plumbline " + current()};
  }

  /** For example {@code 0.1.0-SNAPSHOT (7895220)}. */
  static String current() throws IOException {
    Properties build = new Properties();
    try (InputStream resource = Version.class.getResourceAsStream("build.properties")) {
      if (resource == null) {
        throw new IOException("build.properties is missing from this build");
      }
      build.load(resource);
    }
    String commit = build.getProperty("commit", "");
    return build.getProperty("version") + (commit.isBlank() ? "" : " (" + commit + ")");
  }
}
