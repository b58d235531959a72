// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.embedded;

import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.control.Announcement;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The way to this host's embedded switch. Used by one thread at a time. */
public interface SwitchAccess {
  /** A host on which nobody runs a switch. */
  SwitchAccess NONE =
      new SwitchAccess() {
        @Override
        public @Nullable SwitchConfig config() {
          return null;
        }

        @Override
        public void configure(SwitchConfig config, List<Announcement> announcements)
            throws IOException {
          throw new IOException(
              "the embedded switch runs inside the agent, and none is running here: start one with"
                  + " `plumbline agent --file FILE`");
        }
      };

  /**
   * What the switch is.
   *
   * @return null if nobody runs one, so that what needs it cannot be applied from here
   */
  @Nullable SwitchConfig config() throws IOException;

  /** Whether it can be changed from here. */
  default boolean isInReach() {
    return false;
  }

  /**
   * Makes the switch this; what an empty configuration leaves is no switch at all.
   *
   * @param announcements let in as soon as its ports have their devices
   * @throws IOException if it cannot be, with the reason
   */
  void configure(SwitchConfig config, List<Announcement> announcements) throws IOException;
}
