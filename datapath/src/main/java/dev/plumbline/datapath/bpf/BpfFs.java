// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bpffs of our own, where maps and links are pinned. Not {@code /sys/fs/bpf}: {@code ip netns
 * exec} mounts another {@code /sys} over that. In the calling thread's mount namespace.
 */
public final class BpfFs {
  private static final long MAGIC = 0xcafe4a11L; // <linux/magic.h>

  private final Path directory;

  private BpfFs(Path directory) {
    this.directory = directory;
  }

  /**
   * Mounts one, readable by root alone, unless it is there already; the directory is made. What is
   * mounted or unmounted elsewhere does not reach it, nor the other way round.
   */
  public static BpfFs mount(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    Files.createDirectories(absolute);
    if (!isMounted(absolute)) {
      Libc.mount(
          "bpf",
          absolute.toString(),
          "bpf",
          Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC,
          "mode=0700");
      Libc.mount(null, absolute.toString(), null, Libc.MS_PRIVATE, null);
    }
    return new BpfFs(absolute);
  }

  /** Whether a bpffs is mounted right there. */
  public static boolean isMounted(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    if (!Files.isDirectory(absolute)) {
      return false;
    }
    Path parent = absolute.getParent();
    return Libc.fileSystemType(absolute.toString()) == MAGIC
        && (parent == null || !device(parent).equals(device(absolute)));
  }

  private static Object device(Path path) throws IOException {
    return Files.getAttribute(path, "unix:dev");
  }

  /** Where it is. */
  public Path directory() {
    return directory;
  }

  /** The path of a pin; a name has no dot, which bpffs keeps for itself. */
  public Path pin(String name) {
    if (name.isEmpty() || name.contains("/") || name.contains(".")) {
      throw new IllegalArgumentException("'" + name + "' cannot be pinned");
    }
    return directory.resolve(name);
  }

  /** The names of all pins, sorted. */
  public List<String> pins() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (!name.contains(".")) { // the kernel's own: maps.debug, progs.debug
          names.add(name);
        }
      }
    } catch (NoSuchFileException e) {
      return List.of(); // unmounted, and its directory gone
    }
    Collections.sort(names);
    return Collections.unmodifiableList(names);
  }

  /** The pinned map of that name, or null if nothing is pinned so. */
  public @Nullable BpfMap map(String name) throws IOException {
    try {
      return BpfMap.open(pin(name));
    } catch (ErrnoException e) {
      if (e.errno() == Errno.ENOENT) {
        return null;
      }
      throw e;
    }
  }

  /** Takes a pin away: what it held goes if nobody else has it. */
  public void unpin(String name) throws IOException {
    Libc.unlink(pin(name).toString());
  }

  /** Unmounts it: everything pinned in it goes. Nothing if it is not mounted. */
  public void unmount() throws IOException {
    if (isMounted(directory)) {
      Libc.umount2(directory.toString(), Libc.MNT_DETACH);
    }
  }

  @Override
  public String toString() {
    return "bpffs " + directory;
  }
}
