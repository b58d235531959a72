// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Runs commands in the namespaces of the calling thread. */
public final class Sh {
  private Sh() {}

  /**
   * Runs a command line with {@code sh -c} and waits for it.
   *
   * @return its standard output
   * @throws AssertionError with its standard error if it fails
   */
  public static String run(String commandLine) {
    try {
      // The JDK starts the child from this very thread, so that it inherits its namespaces.
      Process process = new ProcessBuilder("sh", "-c", commandLine).start();
      process.getOutputStream().close();
      CompletableFuture<String> errors = new CompletableFuture<>();
      Thread reader =
          new Thread(() -> errors.complete(text(process.getErrorStream())), "sh-stderr");
      reader.start();
      String output = text(process.getInputStream());
      int status = process.waitFor();
      reader.join();
      if (status != 0) {
        throw new AssertionError(commandLine + ": exit " + status + ": " + errors.join() + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(commandLine, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(commandLine + ": interrupted", e);
    }
  }

  /**
   * Pings until it is answered, however busy the machine is; up to twenty times three.
   *
   * @param namespace to ping from; empty: that of the calling thread
   * @throws AssertionError if nothing is answered
   */
  public static void ping(String namespace, String to) {
    String in = namespace.isEmpty() ? "" : "ip netns exec " + namespace + " ";
    String unused =
        run(
            "for i in $(seq 20); do "
                + (in + "ping -q -c 3 -i 0.1 -W 1 " + to)
                + " && exit 0; done; exit 1");
  }

  private static String text(InputStream stream) {
    try {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "cannot be read: " + e;
    }
  }
}
