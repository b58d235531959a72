// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.rollout;

import dev.plumbline.reconciler.source.GitAccess;
import dev.plumbline.reconciler.source.StatusRefs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The references {@code refs/plumbline/status/HOST} of the repository. */
public final class RefBoard implements StatusBoard {
  private final Path directory;
  private final String url;
  private final GitAccess access;
  private @Nullable StatusRefs<HostStatus> opened;

  /**
   * Opens nothing and asks nobody before it is used.
   *
   * @param directory for a small repository of its own
   */
  public RefBoard(Path directory, String url, GitAccess access) {
    this.directory = directory;
    this.url = url;
    this.access = access;
  }

  private synchronized StatusRefs<HostStatus> refs() throws IOException {
    StatusRefs<HostStatus> refs = opened;
    if (refs == null) {
      refs = StatusRefs.open(directory, url, access, HostStatus::read);
      opened = refs;
    }
    return refs;
  }

  @Override
  public List<HostStatus> read() throws IOException {
    return refs().read();
  }

  @Override
  public synchronized Map<String, String> unreadable() {
    return opened == null ? Map.of() : opened.unreadable();
  }

  @Override
  public void tell(HostStatus status) throws IOException {
    refs().tell(status.host(), status.text());
  }

  @Override
  public synchronized void close() {
    if (opened != null) {
      opened.close();
    }
  }
}
