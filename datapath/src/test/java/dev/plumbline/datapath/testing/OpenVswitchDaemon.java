// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.testing;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * Open vSwitch with dummy devices, in a directory of its own: no device, no namespace and no right
 * is needed. Ends with {@link #close}.
 */
public final class OpenVswitchDaemon implements AutoCloseable {
  private static final long PATIENCE_MILLIS = 60_000;
  private static final String SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema";

  private final Path directory;
  private final List<Process> processes = new ArrayList<>();

  private OpenVswitchDaemon(Path directory) {
    this.directory = directory;
  }

  /** Starts one; the test is skipped, with the reason on standard error, where there is none. */
  public static OpenVswitchDaemon start(Path directory) throws Exception {
    return start(directory, "--enable-dummy=override");
  }

  /** The same; tunnels put packets into outer ones, as the routes say that it is told. */
  public static OpenVswitchDaemon startWithTunnels(Path directory) throws Exception {
    return start(directory, "--enable-dummy");
  }

  /**
   * The same with the devices of the calling thread's network namespace: its bridges are to have
   * the datapath type {@code netdev}.
   */
  public static OpenVswitchDaemon startWithDevices(Path directory) throws Exception {
    return start(directory, "--log-file=" + directory.resolve("ovs-vswitchd.log"));
  }

  private static OpenVswitchDaemon start(Path directory, String devices) throws Exception {
    OpenVswitchDaemon daemon = new OpenVswitchDaemon(directory);
    String otherwise = "decisions are not compared with Open vSwitch's here";
    if (!Files.exists(Path.of(SCHEMA))) { // the daemon comes with it, ovsdb-tool without
      String reason = "no ovs-vswitchd (openvswitch-switch): " + otherwise;
      System.err.println(reason);
      Assumptions.abort(reason);
    }
    String database = directory.resolve("conf.db").toString();
    int created =
        PeerProgram.run(directory, List.of("ovsdb-tool", "create", database, SCHEMA), otherwise);
    if (created != 0) {
      throw new IOException(Files.readString(directory.resolve("errors")));
    }
    try {
      daemon.spawn("ovsdb-server", database, "--remote=punix:" + directory + "/db.sock");
      daemon.await("db.sock");
      daemon.vsctl(List.of("--no-wait", "init"));
      daemon.spawn("ovs-vswitchd", "unix:" + directory + "/db.sock", devices, "--disable-system");
      daemon.await("ovs-vswitchd.ctl");
      daemon.vsctl(List.of("set", "Open_vSwitch", ".", "other_config:vlan-limit=2"));
      return daemon;
    } catch (IOException | InterruptedException | RuntimeException e) {
      daemon.close();
      throw e;
    }
  }

  private ProcessBuilder command(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    for (String variable : List.of("OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR", "OVS_SYSCONFDIR")) {
      builder.environment().put(variable, directory.toString());
    }
    return builder;
  }

  private void spawn(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(arguments));
    command.add("--unixctl=" + directory.resolve(program + ".ctl"));
    command.add("-vconsole:off");
    processes.add(
        command(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(program + ".out").toFile())
            .start());
  }

  private void await(String file) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
    while (!Files.exists(directory.resolve(file))) {
      for (Process process : processes) {
        if (!process.isAlive()) {
          throw new IOException("Open vSwitch ended: " + process.info() + process.exitValue());
        }
      }
      if (System.nanoTime() > end) {
        throw new IOException("no " + file + " of Open vSwitch");
      }
      Thread.sleep(20);
    }
  }

  /** Runs {@code ovs-vsctl}, which waits until the switch is as it says. */
  public void vsctl(List<String> arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("ovs-vsctl", "--timeout=60", "--db=unix:" + directory.resolve("db.sock")));
    command.addAll(arguments);
    run(command);
  }

  /** Puts flows into a bridge, each a line as ovs-ofctl has it. */
  public void flows(String bridge, List<String> flows) throws IOException, InterruptedException {
    flows(bridge, "OpenFlow10,OpenFlow13", flows);
  }

  /** The same in one of OpenFlow's versions, or the first of several that has all of it. */
  public void flows(String bridge, String versions, List<String> flows)
      throws IOException, InterruptedException {
    Path file = Files.write(directory.resolve("flows"), flows);
    String socket = "unix:" + directory.resolve(bridge + ".mgmt");
    run(List.of("ovs-ofctl", "-O", versions, "add-flows", socket, file.toString()));
  }

  /**
   * Puts groups into a bridge, each a line as ovs-ofctl has it; before the flows that name them.
   */
  public void groups(String bridge, List<String> groups) throws IOException, InterruptedException {
    Path file = Files.write(directory.resolve("groups"), groups);
    String socket = "unix:" + directory.resolve(bridge + ".mgmt");
    run(List.of("ovs-ofctl", "-O", "OpenFlow15", "add-groups", socket, file.toString()));
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    Path output = directory.resolve("command.out");
    Process process =
        command(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + Files.readString(output));
    }
  }

  /** What a command of Open vSwitch prints; its files are in this one's directory. */
  public String printed(List<String> command) throws IOException, InterruptedException {
    run(command);
    return Files.readString(directory.resolve("command.out"));
  }

  /** What {@code ovs-appctl} prints for a command; asked without a process, as it is done often. */
  public String ask(String method, String... arguments) throws IOException {
    StringBuilder request = new StringBuilder("{\"id\":0,\"method\":").append(quoted(method));
    request.append(",\"params\":[");
    for (int i = 0; i < arguments.length; i++) {
      request.append(i == 0 ? "" : ",").append(quoted(arguments[i]));
    }
    byte[] bytes = request.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(directory.resolve("ovs-vswitchd.ctl")));
      ByteBuffer out = ByteBuffer.wrap(bytes);
      while (out.hasRemaining()) {
        int unused = channel.write(out);
      }
      return result(answer(channel), method);
    }
  }

  /** Reads one JSON object. */
  private static String answer(SocketChannel channel) throws IOException {
    StringBuilder text = new StringBuilder();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    int depth = 0;
    boolean isText = false;
    int at = 0;
    while (true) {
      buffer.clear();
      if (channel.read(buffer) < 0) {
        throw new IOException("Open vSwitch hung up: " + text);
      }
      text.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
      for (; at < text.length(); at++) {
        char each = text.charAt(at);
        if (isText && each == '\\') {
          if (at + 1 == text.length()) {
            break;
          }
          at++;
        } else if (each == '"') {
          isText = !isText;
        } else if (!isText && each == '{') {
          depth++;
        } else if (!isText && each == '}' && --depth == 0) {
          return text.toString();
        }
      }
    }
  }

  /** The text of the member {@code result}. */
  private static String result(String json, String method) throws IOException {
    String key = "\"result\":";
    int start = json.indexOf(key);
    if (start < 0 || json.charAt(start + key.length()) != '"') {
      throw new IOException(method + ": " + json);
    }
    StringBuilder text = new StringBuilder();
    for (int i = start + key.length() + 1; json.charAt(i) != '"'; i++) {
      char each = json.charAt(i);
      if (each == '\\') {
        i++;
        each = json.charAt(i) == 'n' ? '\n' : json.charAt(i) == 't' ? '\t' : json.charAt(i);
      }
      text.append(each);
    }
    return text.toString();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** Ends what was started here. */
  @Override
  public void close() throws IOException {
    for (int i = processes.size() - 1; i >= 0; i--) {
      processes.get(i).destroy();
    }
    for (Process process : processes) {
      try {
        int unused = process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }
  }
}
