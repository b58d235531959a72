// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.control.Switch;
import dev.plumbline.datapath.control.SwitchOptions;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The switch that this agent runs: there from the first bridge on, and gone with the last one.
 *
 * <p>What an agent leaves that ends goes on forwarding; the next one with the same run directory
 * takes it over with its first configuration. Belongs to the agent's thread, whose network
 * namespace it is in.
 */
final class RunningSwitch implements SwitchAccess, AutoCloseable {
  private final Path directory;

  /** Set by the agent's thread, read by the one that answers the command line. */
  private volatile @Nullable Switch running;

  private boolean forgotten;

  RunningSwitch(Path runDirectory) {
    this.directory = runDirectory.resolve("switch");
  }

  /** The switch; null where no bridge is wanted. */
  @Nullable Switch running() {
    return running;
  }

  @Override
  public SwitchConfig config() throws IOException {
    Switch now = running;
    return now == null ? SwitchConfig.EMPTY : now.config();
  }

  @Override
  public void configure(SwitchConfig config) throws IOException {
    if (config.bridges().isEmpty()) {
      dismantle();
      return;
    }
    opened().configure(config);
  }

  /**
   * Removes what an earlier agent left and the file does not ask for any more; to be called once
   * the file is applied. Does so once.
   */
  void forgetEarlier() throws IOException {
    if (!forgotten) {
      forgotten = true;
      if (running == null && Files.isDirectory(directory)) {
        opened();
        dismantle();
      }
    }
  }

  private Switch opened() throws IOException {
    Switch now = running;
    if (now == null) {
      now = Switch.open(SwitchOptions.in(directory));
      running = now;
    }
    return now;
  }

  private void dismantle() throws IOException {
    Switch now = running;
    if (now != null) {
      running = null;
      now.remove();
    }
  }

  /** Ends this process's part; the fast path forwards on. */
  @Override
  public void close() throws IOException {
    Switch now = running;
    running = null;
    if (now != null) {
      now.close();
    }
  }
}
