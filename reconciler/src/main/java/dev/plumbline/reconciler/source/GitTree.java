// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import dev.plumbline.spec.source.FileSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.treewalk.TreeWalk;

/** The files of one commit's tree. */
final class GitTree implements FileSource {
  private final Repository repository;
  private final ObjectId tree;

  GitTree(Repository repository, ObjectId tree) {
    this.repository = repository;
    this.tree = tree;
  }

  @Override
  public byte[] read(String path, int limit) throws IOException {
    try (TreeWalk walk = TreeWalk.forPath(repository, path, tree)) {
      if (walk == null) {
        throw new NoSuchFileException(path);
      }
      FileMode mode = walk.getFileMode();
      if (mode.equals(FileMode.SYMLINK)) {
        // Without a work tree a link has no target to follow, and one could lead out of the tree.
        throw new IOException("it is a symbolic link, and links in a repository are not followed");
      }
      if (!mode.equals(FileMode.REGULAR_FILE) && !mode.equals(FileMode.EXECUTABLE_FILE)) {
        throw new IOException(
            "it is a " + (mode.equals(FileMode.TREE) ? "directory" : "submodule"));
      }
      try (InputStream in = repository.open(walk.getObjectId(0)).openStream()) {
        return in.readNBytes(limit + 1);
      }
    } catch (MissingObjectException e) {
      throw new IOException("its content is missing in the clone", e);
    }
  }
}
