// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.netlink.testing.KernelTest;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code reconciler/bench/random-drift}, for a moment. */
@KernelTest
class RandomDriftTest {
  @TempDir private Path directory;

  @Test
  void theHostComesBackWhateverSomebodyDoesToIt() throws Exception {
    long seed = Long.getLong("plumbline.seed", System.nanoTime());
    System.out.println(RandomDrift.run(directory, Duration.ofSeconds(12), seed));
  }
}
