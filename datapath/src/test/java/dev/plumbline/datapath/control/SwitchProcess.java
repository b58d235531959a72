// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A switch in a process of its own, in the namespaces of the thread that starts it: a bridge of the
 * named devices, until it is killed.
 */
final class SwitchProcess {
  private final Process process;

  private SwitchProcess(Process process) {
    this.process = process;
  }

  /** Starts one, and waits until it forwards. */
  static SwitchProcess start(Path directory, String... devices) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(SwitchProcess.class.getName());
    command.add(directory.toString());
    command.addAll(List.of(devices));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = output.readLine();
    if (!"ready".equals(line)) {
      process.destroyForcibly();
      throw new IOException("the switch's process says " + line);
    }
    return new SwitchProcess(process);
  }

  /** As {@code kill -9}. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    int unused = process.waitFor();
  }

  /** Directory, then devices. */
  public static void main(String[] args) throws Exception {
    Object[] ports = new Object[2 * (args.length - 1)];
    for (int i = 1; i < args.length; i++) {
      ports[2 * i - 2] = args[i].substring(1);
      ports[2 * i - 1] = dev.plumbline.datapath.config.PortVlan.TRUNK_ALL;
    }
    try (Switch running = Switch.open(SwitchOptions.in(Path.of(args[0])))) {
      running.configure(Guests.bridgeOf(ports));
      System.out.println("ready");
      while (running.failure() == null) {
        Thread.sleep(100);
      }
      throw new IllegalStateException(running.failure());
    }
  }
}
