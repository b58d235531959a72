// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.namespace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The sysctls below {@code net} (sysctl(8), Documentation/networking/ip-sysctl.rst). Without a
 * namespace they are those of the namespace that the calling thread is in: the kernel decides by
 * the thread that opens the file, so no /proc of the namespace needs to be mounted.
 *
 * <p>Keys are written as for sysctl(8): {@code net.ipv4.conf.eth0/100.forwarding} and {@code
 * net/ipv4/conf/eth0.100/forwarding} are the same key, of the device {@code eth0.100}.
 */
public final class Sysctl {
  /** No sysctl below net is longer; a page is what most of them are cut to. */
  private static final int MOST_BYTES = 1 << 16;

  private static final Path ROOT = Path.of("/proc/sys");

  private Sysctl() {}

  /**
   * The value, without the newline after it.
   *
   * @throws NoSuchFileException if the kernel has no such key
   * @throws IllegalArgumentException if it is no key below {@code net}
   */
  public static String read(String key) throws IOException {
    Path path = path(key);
    try {
      return readAtOnce(path);
    } catch (FileSystemException e) {
      throw named(key, e);
    } catch (IOException e) {
      throw new IOException("sysctl " + key + ": " + e.getMessage(), e);
    }
  }

  /**
   * The kernel gives a number to the first read alone, whatever the size of that (do_proc_dointvec,
   * kernel/sysctl.c); {@code Files.readString} would ask for one byte first, and get one digit.
   */
  private static String readAtOnce(Path path) throws IOException {
    ByteBuffer value = ByteBuffer.allocate(MOST_BYTES);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.read(value);
    }
    return StandardCharsets.UTF_8.decode(value.flip()).toString().stripTrailing();
  }

  /**
   * Sets the value.
   *
   * @throws NoSuchFileException if the kernel has no such key
   * @throws IOException with the key and the kernel's reason if it does not take the value
   * @throws IllegalArgumentException if it is no key below {@code net}
   */
  public static void write(String key, String value) throws IOException {
    Path path = path(key);
    try {
      // No CREATE and no TRUNCATE: the kernel takes the value from the first write alone.
      Files.writeString(path, value + "\n", StandardOpenOption.WRITE);
    } catch (FileSystemException e) {
      throw named(key + " = " + value, e);
    } catch (IOException e) {
      throw new IOException("sysctl " + key + " = " + value + ": " + e.getMessage(), e);
    }
  }

  /** {@link #read(String)} in a namespace. */
  public static String read(NetNamespace namespace, String key) throws IOException {
    return in(namespace, () -> read(key));
  }

  /** {@link #write(String, String)} in a namespace. */
  public static void write(NetNamespace namespace, String key, String value) throws IOException {
    in(
        namespace,
        () -> {
          write(key, value);
          return value;
        });
  }

  /** What is wrong with the key, or null if it can be one. */
  public static @Nullable String invalidKey(String key) {
    if (key.indexOf('\0') >= 0) {
      return "has a NUL in it";
    }
    String path = slashes(key);
    if (!path.startsWith("net/")) {
      return "is not below net";
    }
    for (String part : path.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return "has a part '" + part + "'";
      }
    }
    return null;
  }

  private interface Access {
    String run() throws IOException;
  }

  private static String in(NetNamespace namespace, Access access) throws IOException {
    try {
      return namespace.run(access::run);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e); // access throws nothing else
    }
  }

  private static Path path(String key) {
    String invalid = invalidKey(key);
    if (invalid != null) {
      throw new IllegalArgumentException("sysctl " + key + " " + invalid);
    }
    return ROOT.resolve(slashes(key));
  }

  /**
   * As procps does: whichever of the two comes first is the separator, the other one is swapped.
   */
  private static String slashes(String key) {
    int slash = key.indexOf('/');
    int dot = key.indexOf('.');
    if (dot < 0 || (slash >= 0 && slash < dot)) {
      return key;
    }
    return key.replace('/', '\0').replace('.', '/').replace('\0', '.');
  }

  private static FileSystemException named(String key, FileSystemException e) {
    String text = "sysctl " + key;
    FileSystemException named;
    if (e instanceof NoSuchFileException) {
      named = new NoSuchFileException(text, null, "this kernel has no such key");
    } else if (e instanceof AccessDeniedException) {
      named = new AccessDeniedException(text, null, e.getReason());
    } else {
      named = new FileSystemException(text, null, e.getReason());
    }
    named.initCause(e);
    return named;
  }
}
