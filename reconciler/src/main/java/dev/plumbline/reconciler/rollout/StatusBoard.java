// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.rollout;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Where hosts tell how they are, and read how others are. */
public interface StatusBoard extends AutoCloseable {
  /** What all hosts tell by now; may take a minute. */
  List<HostStatus> read() throws IOException;

  /** What was left out at the last reading since it is no status: why, by its name. */
  Map<String, String> unreadable();

  /**
   * Puts this host's status in the place of the one before; may take a minute.
   *
   * @throws dev.plumbline.reconciler.source.SourceException that needs somebody if it is not
   *     allowed
   */
  void tell(HostStatus status) throws IOException;

  @Override
  void close();
}
