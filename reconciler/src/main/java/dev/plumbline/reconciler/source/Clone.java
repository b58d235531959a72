// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.PackInvalidException;
import org.eclipse.jgit.errors.PackMismatchException;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;

/** Makes the clone, and makes it good again after whatever has broken off while it was written. */
final class Clone {
  private Clone() {}

  /**
   * Opens a clone, or makes it. Nobody else may use it: what somebody has locked is what a process
   * left that is dead.
   */
  static Repository open(Path directory, FetchLimits limits) throws IOException {
    if (Files.exists(directory.resolve("HEAD")) && Files.exists(directory.resolve("config"))) {
      sweep(directory);
      return new BoundedRepository(directory, limits.objectBytes());
    }
    // Under another name until it is whole.
    Path fresh = directory.resolveSibling(directory.getFileName() + ".new");
    delete(fresh);
    delete(directory);
    Files.createDirectories(fresh);
    try (Repository made = new BoundedRepository(fresh, limits.objectBytes())) {
      made.create(true);
      // Nobody else uses the clone, so that what is not the newest commit may go at once.
      StoredConfig config = made.getConfig();
      config.setInt("gc", null, "auto", 0); // tidy() does it, and not behind anybody's back
      config.setBoolean("gc", null, "autoDetach", false);
      config.setString("gc", null, "pruneExpire", "now");
      config.setString("gc", null, "prunePackExpire", "now");
      config.save();
    }
    Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
    return new BoundedRepository(directory, limits.objectBytes());
  }

  /** Removes the locks and half packs of a process that was killed. */
  private static void sweep(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = String.valueOf(file.getFileName());
        boolean half = name.startsWith("incoming_") || name.endsWith("_tmp");
        if ((name.endsWith(".lock") || half) && Files.isRegularFile(file)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** Whether a failure tells of a clone that is damaged, or may. */
  static boolean isDamage(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof MissingObjectException
          || each instanceof CorruptObjectException
          || each instanceof PackInvalidException
          || each instanceof PackMismatchException
          || each instanceof EOFException) {
        return true;
      }
    }
    return failure instanceof RuntimeException
        || (failure instanceof IOException && !(failure instanceof SourceException));
  }

  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
