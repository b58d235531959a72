// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.checkpoint;

import dev.plumbline.reconciler.host.DirectoryTree;
import dev.plumbline.reconciler.host.Memory;
import dev.plumbline.reconciler.host.StateFile;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Ownership;
import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.LiveJson;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.exc.JacksonIOException;

/**
 * A checkpoint as a directory of the state directory: {@code about.json}, the live state in {@code
 * live.json}, what was remembered in {@code ownership}. It gets its name when all of it is on the
 * disk, and loses it before any of it is removed: a crash leaves a whole one or none.
 */
final class CheckpointFiles {
  private static final String ABOUT = "about.json";
  private static final String LIVE = "live.json";

  private final Path directory;

  /**
   * @param directory the checkpoint's own
   */
  CheckpointFiles(Path directory) {
    this.directory = directory;
  }

  boolean exists() {
    return Files.exists(directory);
  }

  /**
   * What it says of itself; null if there is none.
   *
   * @throws DamagedException if it cannot be read
   */
  @Nullable Checkpoint read() throws IOException {
    Path about = directory.resolve(ABOUT);
    String text;
    try {
      text = Files.readString(about);
    } catch (NoSuchFileException e) {
      if (exists()) {
        throw new DamagedException(about + " is missing", e);
      }
      return null;
    }
    try {
      return Checkpoint.of(Node.of(JsonTree.read(text)));
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      throw new DamagedException(about + ": " + e.getMessage(), e);
    }
  }

  LiveState live() throws IOException {
    return LiveJson.read(directory.resolve(LIVE));
  }

  Ownership ownership() throws IOException {
    return new Memory(directory).load();
  }

  /** Puts it on the disk; where that fails nothing of it stays there. */
  void write(Checkpoint checkpoint, LiveState live, Ownership ownership) throws IOException {
    Path fresh = directory.resolveSibling(directory.getFileName() + ".new");
    DirectoryTree.delete(fresh);
    try {
      Files.createDirectories(fresh);
      Path file = fresh.resolve(LIVE);
      try (Writer writer = Files.newBufferedWriter(file)) {
        LiveJson.write(live, Map.of(), writer);
      } catch (JacksonIOException e) {
        throw e.getCause();
      }
      sync(file, StandardOpenOption.WRITE);
      new Memory(fresh).save(ownership);
      StateFile.replace(fresh.resolve(ABOUT), JsonTree.line(checkpoint.tree()) + "\n");
      move(fresh, directory);
    } catch (IOException e) {
      try {
        DirectoryTree.delete(fresh); // half of it would hold the space that others lack
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /** Says something else of it. */
  void rewrite(Checkpoint checkpoint) throws IOException {
    StateFile.replace(directory.resolve(ABOUT), JsonTree.line(checkpoint.tree()) + "\n");
  }

  /** There is none from now on. */
  void remove() throws IOException {
    if (exists()) {
      Path old = directory.resolveSibling(directory.getFileName() + ".old");
      DirectoryTree.delete(old);
      move(directory, old);
      DirectoryTree.delete(old);
    }
  }

  /** Puts it into the place of another one. */
  void moveTo(CheckpointFiles other) throws IOException {
    other.remove();
    move(directory, other.directory);
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    Path parent = to.getParent();
    if (parent != null) {
      sync(parent, StandardOpenOption.READ);
    }
  }

  private static void sync(Path path, StandardOpenOption how) throws IOException {
    try (FileChannel channel = FileChannel.open(path, how)) {
      channel.force(true);
    }
  }

  /** The checkpoint is not one that plumbline wrote. */
  static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedException(String message, Exception cause) {
      super(message, cause);
    }
  }
}
