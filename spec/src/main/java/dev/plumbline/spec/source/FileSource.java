// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.source;

import java.io.IOException;

/** Reads files of one repository. */
public interface FileSource {
  /**
   * The content of a file.
   *
   * @param path normalised, relative to the root
   * @param limit most bytes that the caller wants; a larger file gives {@code limit + 1} bytes
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws IOException if it is no regular file, leads out of the root, or cannot be read; the
   *     message is for the user
   */
  byte[] read(String path, int limit) throws IOException;

  /** How to call the file in messages. */
  default String display(String path) {
    return path;
  }
}
