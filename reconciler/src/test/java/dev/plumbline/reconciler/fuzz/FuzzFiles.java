// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Several files in one input: a line {@code #file NAME} begins another one. What is before the
 * first such line is {@link #FIRST}, so that any file is an input too. Bytes, not texts: what is no
 * UTF-8 has to stay so.
 */
final class FuzzFiles {
  static final String FIRST = "f.yaml";
  private static final byte[] MARK = "#file ".getBytes(StandardCharsets.US_ASCII);

  private FuzzFiles() {}

  /** Contents by name; of files with the same name the last. */
  static Map<String, byte[]> of(byte[] input) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    String name = FIRST;
    int start = 0;
    for (int at = 0; at < input.length; at = lineEnd(input, at)) {
      if (at + MARK.length <= input.length
          && Arrays.equals(input, at, at + MARK.length, MARK, 0, MARK.length)) {
        files.put(name, Arrays.copyOfRange(input, start, at));
        start = lineEnd(input, at);
        name =
            new String(
                    input, at + MARK.length, start - at - MARK.length, StandardCharsets.ISO_8859_1)
                .strip();
      }
    }
    files.put(name, Arrays.copyOfRange(input, start, input.length));
    return files;
  }

  /** After the line break of the line that begins there. */
  private static int lineEnd(byte[] input, int at) {
    int end = at;
    while (end < input.length && input[end] != '\n') {
      end++;
    }
    return Math.min(input.length, end + 1);
  }
}
