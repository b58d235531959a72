// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A switch in a process of its own, in the namespaces of the thread that starts it: a bridge of the
 * named devices, with flows or as a learning switch, until it is killed.
 */
final class SwitchProcess {
  private final Process process;

  private SwitchProcess(Process process) {
    this.process = process;
  }

  /** Starts one, and waits until it forwards. */
  static SwitchProcess start(Path directory, String... devicesAndFlows) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(SwitchProcess.class.getName());
    command.add(directory.toString());
    command.addAll(List.of(devicesAndFlows));
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

  /** A bridge of these devices, which has those among them that are flows. */
  static SwitchConfig config(List<String> devicesAndFlows) throws FlowSyntaxException {
    List<Object> ports = new ArrayList<>();
    List<String> flows = new ArrayList<>();
    for (String one : devicesAndFlows) {
      if (one.contains("actions=")) {
        flows.add(one);
      } else {
        ports.addAll(List.of(one.substring(1), PortVlan.TRUNK_ALL));
      }
    }
    return Guests.withFlows(Guests.bridgeOf(ports.toArray()), flows);
  }

  /** As usual, but flows may be idle for as long as a busy machine takes to start a process. */
  static SwitchOptions options(Path directory) {
    SwitchOptions usual = SwitchOptions.in(directory);
    return new SwitchOptions(
        directory,
        usual.tap(),
        usual.flowLimit(),
        600_000,
        usual.ebpf(),
        usual.repaired(),
        usual.expiry());
  }

  /** Directory, then devices and flows. */
  public static void main(String[] args) throws Exception {
    try (Switch running = Switch.open(options(Path.of(args[0])))) {
      running.configure(config(List.of(args).subList(1, args.length)));
      System.out.println("ready");
      while (running.failure() == null) {
        Thread.sleep(100);
      }
      throw new IllegalStateException(running.failure());
    }
  }
}
