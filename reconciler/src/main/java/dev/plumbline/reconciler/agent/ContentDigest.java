// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Tells what was read from what was read before: SHA-256, in hexadecimal digits. */
final class ContentDigest {
  private final MessageDigest digest;

  ContentDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Adds a file; null for one that cannot be read. */
  ContentDigest file(String path, byte @Nullable [] content) {
    text(path);
    digest.update((byte) (content == null ? 0 : 1));
    if (content != null) {
      digest.update(content);
      digest.update((byte) 0);
    }
    return this;
  }

  ContentDigest text(String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
    return this;
  }

  /** All that was added; to be asked once. */
  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
