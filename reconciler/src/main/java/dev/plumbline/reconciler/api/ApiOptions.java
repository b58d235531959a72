// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask an agent, and where. Files are read when they are needed, and again when they change.
 *
 * @param group whose members may read on the Unix socket; null: root alone
 * @param listen where to listen with TCP, too; null: nowhere
 * @param certificate the listener's certificate with those that lead to its root (PEM); null: no
 *     TLS
 * @param key the certificate's private key (PEM, PKCS #8); null: no TLS
 * @param tokenFile the token that lets read all over TLS, in its first line; null: nobody may
 * @param webhookSecretFile what webhooks are signed with, in its first line; null: no webhook
 */
public record ApiOptions(
    @Nullable String group,
    @Nullable InetSocketAddress listen,
    @Nullable Path certificate,
    @Nullable Path key,
    @Nullable Path tokenFile,
    @Nullable Path webhookSecretFile) {

  /** Root alone, on the Unix socket. */
  public static final ApiOptions NONE = new ApiOptions(null, null, null, null, null, null);

  public ApiOptions {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("TLS takes both --tls-cert and --tls-key");
    }
    if (tokenFile != null && certificate == null) {
      throw new IllegalArgumentException(
          "--api-token-file is of no use without --tls-cert and --tls-key: anybody could read the"
              + " token on its way");
    }
    if (certificate != null && listen == null) {
      throw new IllegalArgumentException("--tls-cert is of no use without --listen");
    }
    if (webhookSecretFile != null && listen == null) {
      throw new IllegalArgumentException("--webhook-secret-file is of no use without --listen");
    }
  }
}
