// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Lets one agent at a time use a state directory; ends with the process, however that ends. The
 * file {@code agent.lock} has the process number in it. Safe for any thread.
 */
public final class AgentLock implements AutoCloseable {
  private final FileChannel channel;

  private AgentLock(FileChannel channel) {
    this.channel = channel;
  }

  private static Path file(Path stateDirectory) {
    return stateDirectory.resolve("agent.lock");
  }

  /**
   * Takes the lock.
   *
   * @throws IOException if another agent has it, or the directory cannot be written
   */
  static AgentLock take(Path stateDirectory) throws IOException {
    Files.createDirectories(stateDirectory);
    FileChannel channel =
        FileChannel.open(
            file(stateDirectory),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    if (tryLock(channel, false)) {
      String pid = ProcessHandle.current().pid() + "\n";
      try {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
      } catch (IOException e) {
        // A full disk: whoever comes second is refused all the same, and not told by whom.
        return new AgentLock(channel);
      }
      return new AgentLock(channel);
    }
    String holder = pid(channel);
    channel.close();
    throw new IOException(
        "another agent"
            + (holder.isEmpty() ? "" : " (process " + holder + ")")
            + " uses the state directory "
            + stateDirectory
            + ": stop it, or give this one another by --state");
  }

  /**
   * The process number of the agent that uses a state directory, "" if it has not written it yet;
   * null if there is no agent.
   */
  public static @Nullable String holder(Path stateDirectory) throws IOException {
    // Also where nothing can be written any more; such a lock is shared (fcntl(2)).
    try (FileChannel channel = FileChannel.open(file(stateDirectory), StandardOpenOption.READ)) {
      return tryLock(channel, true) ? null : pid(channel);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static boolean tryLock(FileChannel channel, boolean shared) throws IOException {
    try {
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // this very process has it, by another channel
    }
  }

  private static String pid(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(32);
    channel.read(bytes, 0);
    return StandardCharsets.US_ASCII.decode(bytes.flip()).toString().strip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
