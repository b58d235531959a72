// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@link BenchSwitch} in a process of its own. */
final class BenchProcess {
  private final Process process;
  private final BufferedReader answers;

  private BenchProcess(Process process) {
    this.process = process;
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Starts it; returns when the switch is configured.
   *
   * @param host namespace
   * @param classes what to find classes by
   * @param directory of the switch
   * @param ports as {@link BenchSwitch} takes them
   */
  static BenchProcess start(String host, String classes, Path directory, List<String> ports)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            // Not ip netns exec: the pins are in a mount namespace that has to outlive the process.
            List.of(
                "nsenter",
                "--net=/run/netns/" + host,
                System.getProperty("java.home") + "/bin/java"));
    String options = System.getProperty("bench.jvm", "-XX:+UseSerialGC -XX:-UsePerfData -Xmx512m");
    command.addAll(List.of(options.split("[ ,]", -1)));
    command.addAll(List.of("-cp", classes, BenchSwitch.class.getName(), directory.toString()));
    command.addAll(ports);
    BenchProcess started =
        new BenchProcess(
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    String ready = started.answers.readLine();
    if (!"ready".equals(ready)) {
      throw new IOException("the switch did not start: " + ready);
    }
    return started;
  }

  /** Its status. */
  String status() throws IOException {
    return ask("");
  }

  /** Gives the bridge the flows of a file, in place of all it has. */
  void flows(Path file) throws IOException {
    String answer = ask(file.toString());
    if (!answer.equals("done")) {
      throw new IOException(answer);
    }
  }

  private String ask(String line) throws IOException {
    process.getOutputStream().write((line + '\n').getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    return String.valueOf(answers.readLine());
  }

  /** Ends it by SIGKILL; returns when it has ended. */
  void kill() throws InterruptedException {
    int unused = process.destroyForcibly().waitFor();
  }
}
