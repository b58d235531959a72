// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.wire.LinkLayerAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The namespaces that talk to each other by the switches, and the servers in them. */
final class Guests implements AutoCloseable {
  static final List<String> NAMES = List.of("a", "b", "c");

  private final List<Process> servers = new ArrayList<>();

  void open() throws Exception {
    for (String guest : NAMES) {
      Contender.shell("ip netns add " + guest);
      Contender.shell("ip -n " + guest + " link set lo up");
    }
    serve("b");
  }

  /** Has iperf3 and {@link Echo} answer in a namespace. */
  void serve(String namespace) throws Exception {
    servers.add(server(namespace));
  }

  /** As {@link #serve}; the process is iperf3's, and the caller's to end. */
  static Process server(String namespace) throws Exception {
    boolean unused =
        Contender.in(
            namespace,
            () -> {
              Echo.serve();
              return true;
            });
    // Again and again: it ends when a test with many streams breaks off.
    return new ProcessBuilder(
            "ip", "netns", "exec", namespace, "sh", "-c", "while :; do iperf3 -s; sleep 0.1; done")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  static int ifindex(String device) throws IOException {
    try (RouteSocket socket = RouteSocket.open()) {
      return socket.index(device);
    }
  }

  /** A device's address in the low 48 bits; of the calling thread's namespace. */
  static long mac(String device) throws IOException {
    try (RouteSocket socket = RouteSocket.open()) {
      Link link = socket.link(device);
      LinkLayerAddress address = link == null ? null : link.address();
      if (address == null) {
        throw new IOException("no device " + device);
      }
      return Long.parseLong(address.toString().replace(":", ""), 16);
    }
  }

  /** Frames that a device of the calling thread's namespace has received. */
  static long received(String device) throws IOException {
    String table =
        Files.readString(Path.of("/proc/thread-self/net/dev"), StandardCharsets.US_ASCII);
    for (String line : table.split("\n", -1)) {
      String[] words = line.strip().split("[\\s:]+", -1);
      if (words[0].equals(device)) {
        return Long.parseLong(words[2]);
      }
    }
    throw new IOException("no device " + device);
  }

  @Override
  public void close() {
    servers.forEach(Process::destroy);
  }
}
