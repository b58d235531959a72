// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A certificate and its key, read again when one of the files has changed: whoever renews it need
 * not start the agent anew. What cannot be read leaves the one before in place, and is said once.
 * For the server's thread.
 */
final class TlsFiles {
  private final Path certificate;
  private final Path key;
  private final BiConsumer<String, String> log;
  private @Nullable SslContext context;
  private String read = "";

  /**
   * @param log takes an event's name and its message
   */
  TlsFiles(Path certificate, Path key, BiConsumer<String, String> log) {
    this.certificate = certificate;
    this.key = key;
    this.log = log;
  }

  /**
   * As the files are now.
   *
   * @return null if they were never good
   */
  @Nullable SslContext current() {
    String now;
    try {
      now = state(certificate) + " " + state(key);
    } catch (IOException e) {
      now = "cannot be read: " + e;
    }
    if (!now.equals(read)) {
      read = now;
      try {
        context = load();
      } catch (IOException | IllegalArgumentException e) {
        log.accept(
            "tls-failed",
            "the certificate "
                + certificate
                + " with the key "
                + key
                + " cannot be used: "
                + e.getMessage()
                + (context == null ? "" : "; the one before stays"));
      }
    }
    return context;
  }

  private static String state(Path file) throws IOException {
    return Files.getAttribute(file, "unix:ino")
        + " "
        + Files.getLastModifiedTime(file)
        + " "
        + Files.size(file);
  }

  private SslContext load() throws IOException {
    try {
      return SslContextBuilder.forServer(certificate.toFile(), key.toFile())
          .sslProvider(SslProvider.JDK)
          .protocols("TLSv1.3", "TLSv1.2")
          .build();
    } catch (SSLException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
