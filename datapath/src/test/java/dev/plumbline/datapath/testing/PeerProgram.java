// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A program of others, which ours is compared with. */
public final class PeerProgram {
  private PeerProgram() {}

  /**
   * Runs it, with what it says in the files {@code output} and {@code errors} of the directory. The
   * test is skipped, with the reason on standard error, if there is no such program here.
   *
   * @param otherwise what is not done then
   * @return its exit code
   */
  public static int run(Path directory, List<String> command, String otherwise) throws Exception {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectOutput(directory.resolve("output").toFile())
              .redirectError(directory.resolve("errors").toFile())
              .start();
    } catch (IOException e) {
      String reason = "no " + command.get(0) + ": " + otherwise;
      System.err.println(reason + " (" + e.getMessage() + ")");
      Assumptions.abort(reason);
      throw e;
    }
    return process.waitFor();
  }
}
