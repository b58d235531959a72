// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.netlink.namespace.NetNamespace;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** A TCP connection between two guests, and what else they may send each other. */
final class Tcp implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;

  /** For what is not to come. */
  private static final int SHORT_MILLIS = 700;

  private final Socket client;
  private final Socket server;

  private Tcp(Socket client, Socket server) {
    this.client = client;
    this.server = server;
  }

  /** Connects; TCP sends its first segment again until it passes. */
  static Tcp connect(String from, String to, String address, int port) throws Exception {
    return connect(from, 0, to, address, port, port);
  }

  /**
   * The same where who listens may do it by another port than is asked for.
   *
   * @param own port of who connects; 0: any
   */
  static Tcp connect(String from, int own, String to, String address, int port, int listening)
      throws Exception {
    try (ServerSocket listener = listener(to, listening)) {
      Socket client = in(from, () -> socket(own));
      client.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
      listener.setSoTimeout(PATIENCE_MILLIS);
      Socket server = listener.accept();
      client.setSoTimeout(PATIENCE_MILLIS);
      server.setSoTimeout(PATIENCE_MILLIS);
      return new Tcp(client, server);
    }
  }

  /** Whether a guest that listens can be connected to. */
  static boolean connects(String from, String to, String address, int port) throws Exception {
    try (ServerSocket listener = listener(to, port);
        Socket client = in(from, Tcp::socket)) {
      client.connect(new InetSocketAddress(address, port), SHORT_MILLIS);
      return listener.isBound();
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  /** Its descriptor is there from now on, and so is its namespace. */
  private static Socket socket() throws IOException {
    return socket(0);
  }

  private static Socket socket(int port) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(port));
    return socket;
  }

  /** Who connects, as who listens sees him: address and port. */
  InetSocketAddress peer() {
    return (InetSocketAddress) server.getRemoteSocketAddress();
  }

  private static ServerSocket listener(String guest, int port) throws Exception {
    return in(guest, () -> new ServerSocket(port));
  }

  /** Sends a byte there and another one back. */
  void echo() throws IOException {
    client.getOutputStream().write(7);
    expect(server.getInputStream().read(), 7);
    server.getOutputStream().write(8);
    expect(client.getInputStream().read(), 8);
  }

  private static void expect(int got, int sent) {
    if (got != sent) {
      throw new AssertionError("got " + got + " for " + sent);
    }
  }

  /** Whether the port can be asked by UDP, and its answer comes back. */
  static boolean udp(String from, String to, String address, int port) throws Exception {
    try (DatagramSocket server = in(to, () -> new DatagramSocket(port));
        DatagramSocket client = in(from, () -> new DatagramSocket())) {
      server.setSoTimeout(SHORT_MILLIS);
      client.setSoTimeout(PATIENCE_MILLIS);
      DatagramPacket packet = new DatagramPacket(new byte[8], 8);
      client.connect(new InetSocketAddress(address, port));
      for (int i = 0; i < 3; i++) {
        client.send(packet);
        try {
          DatagramPacket asked = new DatagramPacket(new byte[8], 8);
          server.receive(asked);
          server.send(asked);
          client.receive(packet);
          return true;
        } catch (SocketTimeoutException e) {
          // the first may have been lost
        }
      }
      return false;
    }
  }

  /** Whether one is told that nobody is at the port. */
  static boolean isToldOfClosedPort(String from, String address, int port) throws Exception {
    try (DatagramSocket client = in(from, () -> new DatagramSocket())) {
      client.setSoTimeout(SHORT_MILLIS);
      client.connect(new InetSocketAddress(address, port));
      for (int i = 0; i < 20; i++) {
        try {
          client.send(new DatagramPacket(new byte[8], 8));
          client.receive(new DatagramPacket(new byte[8], 8));
        } catch (PortUnreachableException e) {
          return true;
        } catch (SocketTimeoutException e) {
          // sent again
        }
      }
      return false;
    }
  }

  private interface Opens<T> {
    T open() throws IOException;
  }

  private static <T> T in(String guest, Opens<T> opens) throws Exception {
    try (NetNamespace there = NetNamespace.named(guest)) {
      return there.run(opens::open);
    }
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.close();
  }
}
