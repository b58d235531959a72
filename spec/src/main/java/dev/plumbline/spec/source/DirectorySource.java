// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Files below a directory; a symbolic link that leads out of it is refused. */
public class DirectorySource implements FileSource {
  private final Path root;

  /**
   * @param root an existing directory
   */
  public DirectorySource(Path root) throws IOException {
    this.root = root.toRealPath();
  }

  /** The nearest directory at or above a directory that has a {@code .git}; null if none has. */
  public static @Nullable Path gitRoot(Path directory) {
    for (Path at = directory.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve(".git"))) {
        return at;
      }
    }
    return null;
  }

  @Override
  public byte[] read(String path, int limit) throws IOException {
    Path asked = root.resolve(path);
    if (Files.exists(asked) && !Files.isRegularFile(asked)) {
      // A pipe or a device could block for ever; standard input's real path is none.
      throw new IOException("it is not a regular file");
    }
    Path real = asked.toRealPath();
    if (!real.startsWith(root)) {
      throw new IOException("it is a link that leads out of the repository");
    }
    // Only those that say they are empty can block; the mounts are not read for each file.
    if (Files.size(real) == 0 && KernelFiles.has(real)) {
      throw new IOException("it is a file that the kernel makes up, and may never end");
    }
    try (InputStream in = Files.newInputStream(real)) {
      return in.readNBytes(limit + 1);
    }
  }

  @Override
  public String display(String path) {
    return path;
  }
}
