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
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one process at a time apply with a state directory, and only with a plan that no other
 * process has overtaken.
 *
 * <p>The lock is on the file {@code lock} and ends with the process, however that ends. Who took it
 * last stands in the file {@code applier}: a process number and a time. It is a file of its own
 * since a process loses its POSIX locks on a file when it closes any descriptor of it (fcntl(2)).
 */
final class ApplyLock {
  /** There while an apply is not decided yet. */
  private static final String UNDECIDED = "checkpoint";

  private final Path directory;
  private final Path applier;

  /** Who had applied last when the live state was read. */
  private String seen = "";

  private @Nullable BiConsumer<String, IOException> tolerant;
  private BooleanSupplier undecided;

  ApplyLock(Path directory) {
    this.directory = directory;
    this.applier = directory.resolve("applier");
    this.undecided = () -> Files.exists(directory.resolve(UNDECIDED));
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
   *     earlier apply is not confirmed yet; of who tolerates it also if there is no lock to be had
   * @throws IOException if the directory cannot be written
   */
  Closeable take() throws IOException {
    Closeable taken = tolerant == null ? lock(false) : lockOrLater();
    if (undecided.getAsBoolean()) {
      taken.close();
      throw new BusyException(
          "an apply with the state directory " + directory + " waits for `plumbline confirm`");
    }
    return taken;
  }

  /** Whoever goes on without a disk does not end for want of a lock, but tries again. */
  private Closeable lockOrLater() throws IOException {
    try {
      return lock(true);
    } catch (BusyException e) {
      throw e;
    } catch (IOException e) {
      throw new BusyException("the state directory cannot be locked: " + e.getMessage());
    }
  }

  /**
   * As {@link #take}, also while an apply waits to be confirmed. Whoever tolerates a full disk goes
   * on, here as there, on a file system that is read-only by now, too: what is in the kernel
   * counts, and there nobody else can apply, but for one who began before.
   */
  Closeable takeToDecide() throws IOException {
    return lock(tolerant != null);
  }

  /**
   * @param readOnly whether a file that cannot be written will do
   */
  private Closeable lock(boolean readOnly) throws IOException {
    FileChannel channel;
    try {
      Files.createDirectories(directory);
      channel =
          FileChannel.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      if (!readOnly) {
        throw e;
      }
      Closeable taken = takeToRead(e);
      told("lock it against who began before", e);
      return taken;
    }
    return held(channel, false);
  }

  /** The lock by a file that cannot be written. */
  private Closeable takeToRead(IOException why) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(directory.resolve("lock"), StandardOpenOption.READ);
    } catch (IOException e) {
      why.addSuppressed(e);
      throw why;
    }
    return held(channel, true);
  }

  private Closeable held(FileChannel channel, boolean shared) throws IOException {
    boolean done = false;
    try {
      if (!isLocked(channel, shared)) {
        throw new BusyException(
            process(last()) + " is applying with the state directory " + directory, holder(last()));
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
      if (tolerant == null) {
        throw e;
      }
      told("write down who applies", e);
      seen = last(); // what the disk had room for; the lock itself is held all the same
    }
  }

  /** From now on somebody else says whether an earlier apply is not decided yet. */
  void undecidedWhile(BooleanSupplier says) {
    undecided = says;
  }

  private void told(String what, IOException why) {
    if (tolerant != null) {
      tolerant.accept(what, why);
    }
  }

  /** From now on a full disk, or one that is read-only, keeps nobody from applying; it is told. */
  void tolerate(BiConsumer<String, IOException> unsaved) {
    tolerant = unsaved;
  }

  /**
   * @param shared with others that only read: the kernel gives no other lock on a channel that
   *     cannot write (fcntl(2))
   */
  private static boolean isLocked(FileChannel channel, boolean shared) throws IOException {
    try {
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
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

  /** The number, from what it wrote; 0 for none. */
  private static long holder(String line) {
    int end = line.indexOf(' ');
    try {
      return end > 0 ? Long.parseLong(line.substring(0, end)) : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
