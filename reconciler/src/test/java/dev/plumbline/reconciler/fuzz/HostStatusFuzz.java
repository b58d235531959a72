// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.rollout.HostStatus;
import dev.plumbline.reconciler.source.StatusRefs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What other hosts tell of themselves, which anybody may have written who may push. */
public final class HostStatusFuzz {
  private HostStatusFuzz() {}

  /** One status. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    if (input.length > StatusRefs.TEXT_BYTES) {
      return;
    }
    HostStatus status;
    try {
      status = HostStatus.read("hv-01", new String(input, StandardCharsets.UTF_8));
    } catch (IOException e) {
      assertTrue(e.getMessage() != null && !e.getMessage().isBlank(), "refused without a word");
      return;
    }
    String written = status.text();
    assertEquals(status, HostStatus.read("hv-01", written), written);
  }
}
