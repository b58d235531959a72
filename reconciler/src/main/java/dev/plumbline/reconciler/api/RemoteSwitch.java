// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.control.Announcement;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The switch that the agent of a run directory runs, or that one has left there which forwards on:
 * to be read, for the agent alone changes it.
 */
public final class RemoteSwitch implements SwitchAccess {
  private final Path runDirectory;
  private final @Nullable AgentClient agent;

  private RemoteSwitch(Path runDirectory, @Nullable AgentClient agent) {
    this.runDirectory = runDirectory;
    this.agent = agent;
  }

  public static RemoteSwitch of(Path runDirectory) throws IOException {
    return new RemoteSwitch(runDirectory, AgentClient.find(runDirectory));
  }

  /**
   * The same without a word of the agent, which may hang: what was saved of it.
   *
   * @param running whether an agent runs it; else it is what the kernel forwards by
   */
  public static SwitchAccess saved(Path runDirectory, boolean running) {
    return new SwitchAccess() {
      @Override
      public @Nullable SwitchConfig config() throws IOException {
        return running ? SavedSwitch.read(runDirectory) : SavedSwitch.readForwarding(runDirectory);
      }

      @Override
      public void configure(SwitchConfig config, List<Announcement> announcements)
          throws IOException {
        NONE.configure(config, announcements);
      }
    };
  }

  /** The agent; null if none is running. */
  public @Nullable AgentClient agent() {
    return agent;
  }

  @Override
  public @Nullable SwitchConfig config() throws IOException {
    return agent == null
        ? SavedSwitch.readForwarding(runDirectory)
        : SwitchJson.config(Node.of(agent.get("switch")));
  }

  @Override
  public void configure(SwitchConfig config, List<Announcement> announcements) throws IOException {
    NONE.configure(config, announcements);
  }
}
