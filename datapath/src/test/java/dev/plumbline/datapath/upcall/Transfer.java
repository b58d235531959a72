// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.upcall;

import dev.plumbline.netlink.namespace.NetNamespace;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32;

/** Bytes by TCP from one namespace to another, in threads of their own. */
public final class Transfer {
  private static final int PORT = 5001;
  private static final int TIMEOUT_MILLIS = 60_000;

  private final CompletableFuture<Long> sent = new CompletableFuture<>();
  private final CompletableFuture<Long> received = new CompletableFuture<>();

  /** Begins to send so many bytes to an address in the other namespace. */
  public static Transfer start(NetNamespace from, NetNamespace to, String address, int bytes)
      throws Exception {
    Transfer transfer = new Transfer();
    ServerSocket server = to.run(() -> new ServerSocket(PORT));
    server.setSoTimeout(TIMEOUT_MILLIS);
    Socket client = from.run(Transfer::unconnected);
    new Thread(() -> transfer.receive(server), "transfer-receive").start();
    new Thread(() -> transfer.send(client, address, bytes), "transfer-send").start();
    return transfer;
  }

  /** A socket is in the namespace of the thread that makes it, and Java makes it when it must. */
  private static Socket unconnected() throws Exception {
    Socket socket = new Socket();
    socket.setReuseAddress(true);
    return socket;
  }

  private void send(Socket client, String address, int bytes) {
    try (client) {
      client.connect(new InetSocketAddress(address, PORT), TIMEOUT_MILLIS);
      byte[] piece = new byte[256 * 1024];
      new Random(1).nextBytes(piece);
      CRC32 sum = new CRC32();
      OutputStream out = client.getOutputStream();
      for (int left = bytes; left > 0; left -= piece.length) {
        int length = Math.min(left, piece.length);
        sum.update(piece, 0, length);
        out.write(piece, 0, length);
      }
      sent.complete(sum.getValue());
    } catch (Exception e) {
      sent.completeExceptionally(e);
    }
  }

  private void receive(ServerSocket server) {
    try (server;
        Socket one = server.accept()) {
      one.setSoTimeout(TIMEOUT_MILLIS);
      CRC32 sum = new CRC32();
      InputStream in = one.getInputStream();
      byte[] piece = new byte[256 * 1024];
      for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
        sum.update(piece, 0, length);
      }
      received.complete(sum.getValue());
    } catch (Exception e) {
      received.completeExceptionally(e);
    }
  }

  public boolean isOver() {
    return received.isDone() && sent.isDone();
  }

  /** Whether what came is what was sent; throws what went wrong. */
  public boolean isWhole() {
    return received.join().equals(sent.join());
  }
}
