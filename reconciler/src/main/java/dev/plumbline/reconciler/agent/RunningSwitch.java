// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.control.Announcement;
import dev.plumbline.datapath.control.Switch;
import dev.plumbline.datapath.control.SwitchOptions;
import dev.plumbline.reconciler.api.SavedSwitch;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The switch that this agent runs: there from the first bridge on, and gone with the last one.
 *
 * <p>What an agent leaves that ends goes on forwarding; the next one with the same run directory
 * takes it over as it was, and then compares it with its file like everything else. Belongs to the
 * agent's thread, whose network namespace it is in.
 */
final class RunningSwitch implements SwitchAccess, AutoCloseable {
  /** What the switch sets right by itself is no step of a plan. */
  private static final Map<String, ?> REPAIRED =
      Map.of("kinds", Map.of("switch", Map.of("modify", 1)), "repaired", true);

  private final Path runDirectory;
  private final AgentLog log;

  /** Set by the agent's thread, read by the one that answers the command line. */
  private volatile @Nullable Switch running;

  /**
   * Held while the switch is made another one and that is noted. The switch's own thread only tries
   * to: it is waited for.
   */
  private final ReentrantLock changing = new ReentrantLock();

  private volatile Runnable flowsEnded = () -> {};
  private final CountDownLatch resumed = new CountDownLatch(1);
  private boolean forgotten;

  RunningSwitch(Path runDirectory, AgentLog log) {
    this.runDirectory = runDirectory;
    this.log = log;
  }

  /** What is to be done when flows have ended by themselves; by the switch's thread. */
  void whenFlowsEnd(Runnable then) {
    flowsEnded = then;
  }

  /** The switch; null where no bridge is wanted. */
  @Nullable Switch running() {
    return running;
  }

  /**
   * Takes over what an earlier agent left, as it was. What cannot be taken over is made anew when
   * the file is applied.
   */
  void resume() {
    try {
      SwitchConfig earlier = SavedSwitch.read(runDirectory);
      if (earlier != null) {
        changing.lock();
        try {
          opened().configure(earlier);
        } finally {
          changing.unlock();
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      log.say("warning", "the switch of before is not taken over as it was: " + e.getMessage());
    } finally {
      resumed.countDown();
    }
  }

  /** Waits until it is known what there is; from any thread. */
  void awaitResumed() throws IOException {
    try {
      resumed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the agent starts", e);
    }
  }

  @Override
  public boolean isInReach() {
    return true;
  }

  @Override
  public SwitchConfig config() throws IOException {
    Switch now = running;
    return now == null ? SwitchConfig.EMPTY : now.config();
  }

  @Override
  public void configure(SwitchConfig config, List<Announcement> announcements) throws IOException {
    if (config.bridges().isEmpty()) {
      dismantle();
      return;
    }
    changing.lock();
    try {
      // Before it is so: one who takes over makes it so, whether this process came to it or not.
      SavedSwitch.save(runDirectory, config);
      opened().configure(config, announcements);
    } catch (IOException | RuntimeException e) {
      SavedSwitch.save(runDirectory, config());
      throw e;
    } finally {
      changing.unlock();
    }
  }

  /** Has the time of flows begin anew that were put in again as they are. */
  void renew(String bridge, List<FlowConfig> flows) throws IOException {
    Switch now = running;
    if (now != null && !flows.isEmpty()) {
      now.renew(bridge, flows);
    }
  }

  /** Notes that flows end by themselves, before they do; by the switch's thread. */
  private boolean mayEnd(SwitchConfig after, Map<String, List<FlowConfig>> ended) {
    if (!changing.tryLock()) {
      return false;
    }
    try {
      SavedSwitch.save(runDirectory, after);
    } catch (IOException e) {
      log.say("warning", "that flows have ended cannot be noted: " + e.getMessage());
    } finally {
      changing.unlock();
    }
    ended.forEach(
        (bridge, flows) ->
            log.say(
                "flows-ended",
                "the time of "
                    + flows.size()
                    + (flows.size() == 1 ? " flow of " : " flows of ")
                    + bridge
                    + " is up: "
                    + flows.get(0).key()
                    + (flows.size() == 1 ? "" : " and others"),
                Map.of("bridge", bridge, "deleted", flows.size())));
    flowsEnded.run();
    return true;
  }

  /**
   * Removes what an earlier agent left and the file does not ask for any more; to be called once
   * the file is applied. Does so once.
   */
  void forgetEarlier() throws IOException {
    if (!forgotten) {
      forgotten = true;
      if (running == null && Files.isDirectory(SavedSwitch.directory(runDirectory))) {
        opened();
        dismantle();
      }
    }
  }

  private Switch opened() throws IOException {
    Switch now = running;
    if (now == null) {
      now =
          Switch.open(
              SwitchOptions.in(SavedSwitch.directory(runDirectory))
                  .repaired(text -> log.say("drift", "drift: " + text, REPAIRED))
                  .expiry(this::mayEnd));
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
    SavedSwitch.forget(runDirectory);
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
