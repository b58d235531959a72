// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The file that the agent's options came from, which is read at the start alone: tells whether it
 * says something else by now. Safe for any thread.
 */
final class ConfigurationFile {
  /** What is more than that is no configuration. */
  private static final int MOST_BYTES = 1 << 20;

  private final Path file;
  private final String read;

  /** To be made when it has just been read. */
  ConfigurationFile(Path file) {
    this.file = file;
    this.read = digest(file);
  }

  /** Whether it is as it was read. */
  boolean isAsRead() {
    return digest(file).equals(read);
  }

  @Override
  public String toString() {
    return file.toString();
  }

  private static String digest(Path file) {
    return new ContentDigest().file("", content(file)).hex();
  }

  private static byte @Nullable [] content(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MOST_BYTES);
    } catch (IOException e) {
      return null; // gone is another content too
    }
  }
}
