// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.control.Switch;
import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the switch of a run directory was made last, beside what it left in the kernel: the agent
 * that comes next makes it that again before it compares it with its file, and who plans without an
 * agent compares with it.
 *
 * <p>It holds for one boot and one network namespace, like what it tells of.
 */
public final class SavedSwitch {
  private static final String FILE = "config.json";

  private SavedSwitch() {}

  /** Where the switch of a run directory keeps what survives its process. */
  public static Path directory(Path runDirectory) {
    return runDirectory.resolve("switch");
  }

  /** Writes what the switch is about to be. */
  public static void save(Path runDirectory, SwitchConfig config) throws IOException {
    Path directory = directory(runDirectory);
    Files.createDirectories(directory);
    Path next = directory.resolve(FILE + ".next");
    Files.writeString(
        next, JsonTree.document(Map.of("place", place(), "resources", SwitchJson.tree(config))));
    Files.move(
        next,
        directory.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Forgets it: there is no switch any more. */
  public static void forget(Path runDirectory) throws IOException {
    boolean unused = Files.deleteIfExists(directory(runDirectory).resolve(FILE));
  }

  /**
   * What the switch was.
   *
   * @return null if there was none since the host was started
   * @throws IOException if that cannot be told
   */
  public static @Nullable SwitchConfig read(Path runDirectory) throws IOException {
    Path file = directory(runDirectory).resolve(FILE);
    try {
      Node tree = Node.of(JsonTree.read(Files.readString(file)));
      return tree.text("place").equals(place()) ? SwitchJson.config(tree) : null;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  /** As {@link #read}, only if the kernel forwards by it though nobody runs it. */
  static @Nullable SwitchConfig readForwarding(Path runDirectory) throws IOException {
    return Switch.isLeft(directory(runDirectory)) ? read(runDirectory) : null;
  }

  private static String place() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
        + " "
        + Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"));
  }
}
