// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * A port of the loopback device that leads to an agent's socket, as {@code ssh -L
 * PORT:run/agent.sock} makes one. On the host of the thread that opens it.
 */
final class ForwardedSocket implements AutoCloseable {
  private final ServerSocketChannel server;
  private final Path socket;

  ForwardedSocket(Path run) throws IOException {
    this.socket = run.resolve("agent.sock");
    this.server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    start("forward", this::accept);
  }

  int port() throws IOException {
    SocketAddress address = server.getLocalAddress();
    return ((InetSocketAddress) address).getPort();
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        try {
          SocketChannel agent = SocketChannel.open(UnixDomainSocketAddress.of(socket));
          start("forward-to", () -> pump(client, agent));
          start("forward-from", () -> pump(agent, client));
        } catch (IOException e) {
          client.close(); // as ssh does where nobody listens
        }
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void pump(SocketChannel from, SocketChannel to) {
    try (from;
        to) {
      // Not by streams: of one channel, one who reads would keep the other from writing.
      ByteBuffer some = ByteBuffer.allocate(64 << 10);
      while (from.read(some) >= 0) {
        some.flip();
        while (some.hasRemaining()) {
          int unused = to.write(some);
        }
        some.clear();
      }
    } catch (IOException e) {
      // one of them has gone: so does the other
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
