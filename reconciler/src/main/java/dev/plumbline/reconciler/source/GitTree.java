// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import dev.plumbline.spec.source.FileSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.treewalk.TreeWalk;

/** The files of one commit's tree. */
final class GitTree implements FileSource {
  /** What a file that Git LFS keeps elsewhere begins with (git-lfs, docs/spec.md). */
  private static final byte[] LFS_POINTER =
      "version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.US_ASCII);

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
        refuseSubmodule(path);
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
        byte[] content = in.readNBytes(limit + 1);
        if (startsWith(content, LFS_POINTER)) {
          throw new IOException(
              "it is a pointer of Git LFS, whose content is not fetched: keep it in Git itself");
        }
        return content;
      }
    } catch (MissingObjectException e) {
      throw new IOException("its content is missing in the clone", e);
    }
  }

  /** What is in a submodule is in another repository. */
  private void refuseSubmodule(String path) throws IOException {
    for (int end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1)) {
      String directory = path.substring(0, end);
      try (TreeWalk walk = TreeWalk.forPath(repository, directory, tree)) {
        if (walk != null && walk.getFileMode().equals(FileMode.GITLINK)) {
          throw new IOException(
              "it is in the submodule "
                  + directory
                  + ", and submodules are not fetched: keep the host's files in one repository");
        }
      }
    }
  }

  private static boolean startsWith(byte[] content, byte[] start) {
    return content.length >= start.length
        && Arrays.equals(content, 0, start.length, start, 0, start.length);
  }
}
