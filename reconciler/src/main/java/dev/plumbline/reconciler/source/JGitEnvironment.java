// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ConfigConstants;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/**
 * Keeps JGit from what a daemon must not do: writing a file of its own below the user's home,
 * starting {@code git} to ask where the system's configuration is, and measuring how finely a file
 * system keeps times. For that it makes and removes files for seconds, from a thread of its own, in
 * whatever directory it reads from: somebody else's repository, or one that is being deleted.
 */
public final class JGitEnvironment extends SystemReader.Delegate {
  /** As coarse as any file system's times: files are read once more at times, and never missed. */
  private static final Duration TIME_RESOLUTION = Duration.ofSeconds(2);

  private static final SystemReader INSTANCE = new JGitEnvironment(SystemReader.getInstance());

  private JGitEnvironment(SystemReader usual) {
    super(usual);
  }

  /** Once for the process; JGit has one such reader for all. */
  public static void install() {
    if (SystemReader.getInstance() != INSTANCE) {
      SystemReader.setInstance(INSTANCE);
      // Else whoever comes first waits for the thread that looks up TIME_RESOLUTION.
      FS.FileStoreAttributes.setBackground(true);
      System.setErr(new QuietServer(System.err));
    }
  }

  /**
   * Standard error without what JGit's own server for local paths prints there: stack traces of
   * failures that its client in the same process is told of, too.
   */
  private static final class QuietServer extends PrintStream {
    private static final String THREAD = "JGit-Upload-Pack";

    QuietServer(PrintStream real) {
      super(real, true, StandardCharsets.UTF_8);
    }

    private static boolean isServer() {
      return Thread.currentThread().getName().equals(THREAD);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      if (!isServer()) {
        super.write(bytes, offset, length);
      }
    }

    @Override
    public void println(@Nullable Object value) {
      if (!isServer()) {
        super.println(value);
      }
    }
  }

  @Override
  public StoredConfig getUserConfig() throws IOException, ConfigInvalidException {
    return new UserConfig(super.getUserConfig());
  }

  /** The user's configuration, which knows how finely every file system keeps times. */
  private static final class UserConfig extends StoredConfig {
    private final StoredConfig users;

    UserConfig(StoredConfig users) {
      super(users);
      this.users = users;
    }

    @Override
    public long getTimeUnit(
        String section, @Nullable String subsection, String name, long byDefault, TimeUnit unit) {
      boolean asked =
          section.equals(ConfigConstants.CONFIG_FILESYSTEM_SECTION)
              && name.equals(ConfigConstants.CONFIG_KEY_TIMESTAMP_RESOLUTION);
      return asked
          ? unit.convert(TIME_RESOLUTION)
          : super.getTimeUnit(section, subsection, name, byDefault, unit);
    }

    @Override
    public void load() throws IOException, ConfigInvalidException {
      users.load();
    }

    @Override
    public void save() {
      throw new UnsupportedOperationException("the user's configuration is the user's");
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
