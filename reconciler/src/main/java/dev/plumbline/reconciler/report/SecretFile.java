// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A secret in a file's first line, read whenever it is needed, so that it can be exchanged. */
public final class SecretFile {
  private final Path file;

  public SecretFile(Path file) {
    this.file = file;
  }

  /**
   * The secret.
   *
   * @throws IOException if there is none
   */
  public String read() throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      String line = reader.readLine();
      if (line == null || line.isBlank()) {
        throw new IOException(file + " has no secret in its first line");
      }
      return line.strip();
    }
  }

  /** Whether two texts are the same; how long that takes tells nothing about either. */
  public static boolean same(String one, String other) {
    return MessageDigest.isEqual(digest(one), digest(other));
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
