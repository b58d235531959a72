// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.host.StateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Which content of an agent's own file was good last, in {@code proven-file} of the state
 * directory. Safe for any thread; never throws for a disk that cannot be read or written.
 */
final class ProvenFile {
  private final Path file;
  private final StateTrouble trouble;

  ProvenFile(Path stateDirectory, StateTrouble trouble) {
    this.file = stateDirectory.resolve("proven-file");
    this.trouble = trouble;
  }

  /** Whether it was this one. */
  boolean is(String content) {
    try {
      return Files.readString(file).strip().equals(content);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      trouble.met("read which file was good last", e);
      return false;
    }
  }

  /** It is this one now. */
  void keep(String content) {
    if (is(content)) {
      return;
    }
    try {
      StateFile.replace(file, content + "\n");
      trouble.over("remember which file was good last");
    } catch (IOException e) {
      trouble.met("remember which file was good last", e);
    }
  }
}
