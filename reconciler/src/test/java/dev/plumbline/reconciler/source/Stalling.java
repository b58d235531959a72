// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;

/** A way to a server on which answers stop. */
final class Stalling {
  private static final long FOR_EVER_MILLIS = 60_000;

  private Stalling() {}

  /** Hands on all that is asked, and of what is answered so many bytes; then nothing more. */
  static void relay(Socket client, int port, int bytes) throws Exception {
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
      Thread there =
          new Thread(
              () -> {
                try {
                  copy(client.getInputStream(), server.getOutputStream(), Integer.MAX_VALUE);
                } catch (IOException e) {
                  Thread.onSpinWait(); // one of them has gone
                }
              });
      there.setDaemon(true);
      there.start();
      copy(server.getInputStream(), client.getOutputStream(), bytes);
      Thread.sleep(FOR_EVER_MILLIS);
    }
  }

  private static void copy(InputStream in, OutputStream out, int bytes) throws IOException {
    byte[] buffer = new byte[8192];
    int left = bytes;
    while (left > 0) {
      int read = in.read(buffer, 0, Math.min(buffer.length, left));
      if (read < 0) {
        return;
      }
      out.write(buffer, 0, read);
      out.flush();
      left -= read;
    }
  }
}
