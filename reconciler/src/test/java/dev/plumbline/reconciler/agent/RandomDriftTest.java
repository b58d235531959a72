// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code reconciler/bench/random-drift}, for a moment. On a throwaway host, but not in user-mode
 * Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
class RandomDriftTest {
  @TempDir private Path directory;

  @Test
  void theHostComesBackWhateverSomebodyDoesToIt() throws Exception {
    long seed = Long.getLong("plumbline.seed", 1);
    System.out.println(RandomDrift.run(directory, Duration.ofSeconds(12), seed));
  }
}
