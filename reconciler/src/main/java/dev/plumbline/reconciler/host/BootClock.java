// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Time since the host was started, which nobody sets: proc_uptime(5) and {@code boot_id} of
 * random(4).
 */
public interface BootClock {
  BootClock OF_THE_HOST =
      new BootClock() {
        @Override
        public String boot() throws IOException {
          return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        }

        @Override
        public long millis() throws IOException {
          String[] words = Files.readString(Path.of("/proc/uptime")).split(" ", -1);
          return (long) (Double.parseDouble(words[0]) * 1000);
        }
      };

  /** Another one for each start of the host. */
  String boot() throws IOException;

  /** Milliseconds since then, those asleep too. */
  long millis() throws IOException;
}
