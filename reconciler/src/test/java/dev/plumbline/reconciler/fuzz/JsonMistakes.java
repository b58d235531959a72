// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.render.JsonFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads JSON as from a file: what is wrong with it has to be said in one line, by its name. */
final class JsonMistakes {
  private static final String NAME = "f.json";

  private JsonMistakes() {}

  /** A reader of one form. */
  @FunctionalInterface
  interface Form<T> {
    T read(String name, Reader reader) throws IOException;
  }

  /** What was read; null if it is refused. */
  static <T> @Nullable T read(byte[] input, Form<T> form) throws IOException {
    // As Files.newBufferedReader has it: what is no UTF-8 is not passed over.
    try (Reader reader =
        new InputStreamReader(
            new ByteArrayInputStream(input), StandardCharsets.UTF_8.newDecoder())) {
      return form.read(NAME, reader);
    } catch (JsonFormatException e) {
      String message = String.valueOf(e.getMessage());
      assertTrue(message.startsWith(NAME + ":"), message);
      assertEquals(1, message.lines().count(), message);
      return null;
    }
  }
}
