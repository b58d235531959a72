// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code plumbline} as a process of its own, from the classes of the test that starts it. */
public final class MainProcess {
  private MainProcess() {}

  /** All that it prints goes into the file. */
  public static ProcessBuilder of(Path output, String... arguments) {
    List<String> command = new ArrayList<>();
    // Whoever is started in the background by a script ignores Ctrl-C, and so do its children.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
  }
}
