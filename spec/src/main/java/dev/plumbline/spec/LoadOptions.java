// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a host file is loaded.
 *
 * @param host name of the host that the file is for: a file with another {@code host} is refused,
 *     and the variable {@code host} stands for it; null: any, and the variable {@code host} stands
 *     for the file's own
 * @param root directory that includes may not leave; null: the nearest directory above the file
 *     that has a {@code .git}, or else the file's own directory
 * @param checks made after those of this module
 */
public record LoadOptions(@Nullable String host, @Nullable Path root, List<FileCheck> checks) {
  public LoadOptions {
    checks = List.copyOf(checks);
  }

  /** Without further checks. */
  public LoadOptions(@Nullable String host, @Nullable Path root) {
    this(host, root, List.of());
  }

  /** Any host; the root is found. */
  public static LoadOptions defaults() {
    return new LoadOptions(null, null);
  }

  /** The same for one host. */
  public LoadOptions forHost(String name) {
    return new LoadOptions(name, root, checks);
  }

  /** The same within a root. */
  public LoadOptions within(Path directory) {
    return new LoadOptions(host, directory, checks);
  }

  /** The same with one more check. */
  public LoadOptions checking(FileCheck check) {
    List<FileCheck> more = new ArrayList<>(checks);
    more.add(check);
    return new LoadOptions(host, root, more);
  }
}
