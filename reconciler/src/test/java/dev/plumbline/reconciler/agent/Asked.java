// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer of the agent. The socket is made by the calling thread, and so is on the test's host.
 */
record Asked(int status, String head, String body) {
  private static final Pattern LENGTH = Pattern.compile("(?i)\ncontent-length: (\\d+)");

  static Asked get(Path run, String path) throws IOException {
    return unix(run, request("GET", path, Map.of(), ""));
  }

  static Asked get(int port, String path) throws IOException {
    return tcp(port, "GET", path, Map.of(), "");
  }

  static Asked tcp(int port, String method, String path, Map<String, String> headers, String body)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return of(socket, request(method, path, headers, body));
    }
  }

  static Asked of(Socket socket, byte[] request) throws IOException {
    return of(socket.getInputStream(), socket.getOutputStream(), request);
  }

  static Asked unix(Path run, byte[] request) throws IOException {
    try (SocketChannel socket =
        SocketChannel.open(UnixDomainSocketAddress.of(run.resolve("agent.sock")))) {
      return of(Channels.newInputStream(socket), Channels.newOutputStream(socket), request);
    }
  }

  static byte[] request(String method, String path, Map<String, String> headers, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    StringBuilder text =
        new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    headers.forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
    text.append("Content-Length: " + bytes.length + "\r\n\r\n" + body);
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Asked of(InputStream in, OutputStream out, byte[] request) throws IOException {
    out.write(request);
    out.flush();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (!bytes.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no answer: " + bytes);
      }
      bytes.write(next);
    }
    String head = bytes.toString(StandardCharsets.UTF_8).strip();
    Matcher length = LENGTH.matcher(head);
    byte[] body =
        length.find() ? in.readNBytes(Integer.parseInt(length.group(1))) : in.readAllBytes();
    return new Asked(
        Integer.parseInt(head.split(" ", 3)[1]), head, new String(body, StandardCharsets.UTF_8));
  }

  Node tree() throws IOException {
    return Node.of(JsonTree.read(body));
  }

  /** The value of a metric, by its name with its labels. */
  double metric(String name) {
    return body.lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + body));
  }
}
