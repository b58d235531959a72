// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.io.File;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/**
 * Keeps JGit from what a daemon must not do: writing a file of its own below the user's home, and
 * starting {@code git} to ask where the system's configuration is.
 */
public final class JGitEnvironment extends SystemReader.Delegate {
  private static final SystemReader INSTANCE = new JGitEnvironment(SystemReader.getInstance());

  private JGitEnvironment(SystemReader usual) {
    super(usual);
  }

  /** Once for the process; JGit has one such reader for all. */
  public static void install() {
    if (SystemReader.getInstance() != INSTANCE) {
      SystemReader.setInstance(INSTANCE);
      // Else the first fetch waits for seconds while JGit measures how finely the file system keeps
      // times; until it knows, it takes times to be coarse, which is slower and never wrong.
      FS.FileStoreAttributes.setBackground(true);
    }
  }

  @Override
  public FileBasedConfig openSystemConfig(@Nullable Config parent, FS fs) {
    return new FileBasedConfig(parent, new File("/etc/gitconfig"), fs);
  }

  @Override
  public FileBasedConfig openJGitConfig(@Nullable Config parent, FS fs) {
    return new FileBasedConfig(parent, new File("/nonexistent"), fs) {
      @Override
      public void load() {}

      @Override
      public void save() {}

      @Override
      public boolean isOutdated() {
        return false;
      }
    };
  }
}
