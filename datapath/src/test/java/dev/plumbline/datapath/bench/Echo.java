// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** One byte there and back over TCP, as netperf's TCP_RR and TCP_CRR have it. */
final class Echo {
  static final int PORT = 7;

  private Echo() {}

  /** Answers in the calling thread's namespace, on all addresses, one connection after another. */
  static void serve() throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(PORT), 128);
    Thread thread = new Thread(() -> answer(server), "echo");
    thread.setDaemon(true);
    thread.start();
  }

  private static void answer(ServerSocketChannel server) {
    ByteBuffer one = ByteBuffer.allocateDirect(1);
    while (true) {
      try (SocketChannel client = server.accept()) {
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        while (client.read(one.clear()) > 0) {
          client.write(one.flip());
        }
      } catch (IOException e) {
        // A reset: it is how clients leave.
        if (!server.isOpen()) {
          return;
        }
      }
    }
  }

  private static SocketChannel connect(InetAddress address) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.setOption(StandardSocketOptions.SO_LINGER, 0); // no TIME_WAIT
    channel.connect(new InetSocketAddress(address, PORT));
    return channel;
  }

  /** Transactions a second by one connection. */
  static double transactions(InetAddress address, long nanos) throws IOException {
    ByteBuffer one = ByteBuffer.allocateDirect(1);
    try (SocketChannel channel = connect(address)) {
      long count = 0;
      long begin = System.nanoTime();
      while (System.nanoTime() - begin < nanos) {
        channel.write(one.clear());
        if (channel.read(one.clear()) != 1) {
          throw new IOException("the other end has closed");
        }
        count++;
      }
      return count * 1e9 / (System.nanoTime() - begin);
    }
  }

  /** Connections a second, each with one transaction, one after another. */
  static double connections(InetAddress address, long nanos) throws IOException {
    ByteBuffer one = ByteBuffer.allocateDirect(1);
    long count = 0;
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < nanos) {
      try (SocketChannel channel = connect(address)) {
        channel.write(one.clear());
        if (channel.read(one.clear()) != 1) {
          throw new IOException("the other end has closed");
        }
      }
      count++;
    }
    return count * 1e9 / (System.nanoTime() - begin);
  }
}
