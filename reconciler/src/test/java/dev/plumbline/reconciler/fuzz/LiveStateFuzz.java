// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.render.LiveJson;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.Map;

/**
 * The reader of recorded states: one that reads back as it is written, or what is wrong and where.
 */
public final class LiveStateFuzz {
  private LiveStateFuzz() {}

  /** One recorded state. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    LiveState live = JsonMistakes.read(input, LiveJson::read);
    if (live != null) {
      StringWriter written = new StringWriter();
      LiveJson.write(live, Map.of(), written);
      LiveState again = LiveJson.read("again", new StringReader(written.toString()));
      assertEquals(live.host(), again.host());
      assertEquals(live.capabilities(), again.capabilities());
      assertEquals(live.byId(), again.byId());
    }
  }
}
