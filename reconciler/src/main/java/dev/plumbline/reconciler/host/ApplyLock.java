// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/**
 * Lets one process at a time apply with a state directory, and only with a plan that no other
 * process has overtaken.
 *
 * <p>The lock is on the file {@code lock} and ends with the process, however that ends. Who took it
 * last stands in the file {@code applier}: a process number and a time. It is a file of its own
 * since a process loses its POSIX locks on a file when it closes any descriptor of it (fcntl(2)).
 */
final class ApplyLock {
  /** There while an apply is not confirmed yet. */
  static final String UNDECIDED = "checkpoint";

  private final Path directory;
  private final Path applier;

  /** Who had applied last when the live state was read. */
  private String seen = "";

  private boolean tolerant;

  ApplyLock(Path directory) {
    this.directory = directory;
    this.applier = directory.resolve("applier");
  }

  /** To be called before the live state is read from which the next plan is made. */
  void look() throws IOException {
    seen = last();
  }

  /** Whether another process has applied since {@link #look}. */
  boolean isOvertaken() throws IOException {
    return !last().equals(seen);
  }

  private String last() throws IOException {
    try {
      return Files.readString(applier).strip();
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /**
   * Holds the next process off until the result is closed.
   *
   * @throws BusyException if another process holds it, or has held it since {@link #look}, or an
   *     earlier apply is not confirmed yet
   * @throws IOException if the directory cannot be written
   */
  Closeable take() throws IOException {
    Closeable taken = takeToDecide();
    if (Files.exists(directory.resolve(UNDECIDED))) {
      taken.close();
      throw new BusyException(
          "an apply with the state directory " + directory + " waits for `plumbline confirm`");
    }
    return taken;
  }

  /** As {@link #take}, also while an apply waits to be confirmed. */
  Closeable takeToDecide() throws IOException {
    Files.createDirectories(directory);
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean done = false;
    try {
      if (!isLocked(channel)) {
        throw new BusyException(
            process(last()) + " is applying with the state directory " + directory);
      }
      String last = last();
      if (!last.equals(seen)) {
        throw new BusyException(
            process(last)
                + " has applied with the state directory "
                + directory
                + " since this plan was made");
      }
      seen = ProcessHandle.current().pid() + " " + Instant.now();
      write();
      done = true;
      return channel; // closing it gives the lock up
    } finally {
      if (!done) {
        channel.close();
      }
    }
  }

  private void write() throws IOException {
    try {
      Files.writeString(applier, seen + "\n");
    } catch (IOException e) {
      if (!tolerant) {
        throw e;
      }
      seen = last(); // what the disk had room for; the lock itself is held all the same
    }
  }

  /** From now on a full disk keeps nobody from applying. */
  void tolerate() {
    tolerant = true;
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // this very process has it, by another channel
    }
  }

  /** "process 4711", from what it wrote. */
  private static String process(String line) {
    int end = line.indexOf(' ');
    return end > 0 ? "process " + line.substring(0, end) : "another process";
  }
}
