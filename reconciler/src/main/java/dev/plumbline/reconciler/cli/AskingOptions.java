// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.api.ApiOptions;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who may ask the agent, and where. */
final class AskingOptions {
  private static final int LARGEST_PORT = 65_535;

  @Option(
      names = "--api-group",
      paramLabel = "GROUP",
      description = "Whose members may read on the agent's socket. Default: root alone.")
  private @Nullable String group;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS:PORT",
      description = {
        "Answer /healthz, /readyz, /metrics and /webhook here, too: 127.0.0.1:9469, [::]:9469.",
        "The address may come to the host later. Default: nowhere."
      })
  private @Nullable String listen;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "The listener's certificate with its chain (PEM). Default: no TLS.")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The certificate's private key (PEM, PKCS #8).")
  private @Nullable Path key;

  @Option(
      names = "--api-token-file",
      paramLabel = "FILE",
      description = {
        "The token, in the file's first line, that lets read all at the listener, over TLS.",
        "Default: nobody may."
      })
  private @Nullable Path tokenFile;

  @Option(
      names = "--webhook-secret-file",
      paramLabel = "FILE",
      description = {
        "The secret, in the file's first line, that webhooks are signed with.",
        "Default: no webhook is taken."
      })
  private @Nullable Path webhookSecretFile;

  /**
   * What was given.
   *
   * @throws IllegalArgumentException if that does not go together
   */
  ApiOptions options() {
    return new ApiOptions(
        group,
        listen == null ? null : address(listen),
        certificate,
        key,
        tokenFile,
        webhookSecretFile);
  }

  /** Numbers alone: there may be nobody yet to ask for names. */
  static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      host = "";
    }
    InetAddress address =
        host.isEmpty() ? null : NetUtil.createInetAddressFromIpAddressString(host);
    String port = text.substring(colon + 1);
    if (address == null || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > LARGEST_PORT) {
      throw new CommandException(
          "--listen: `"
              + text
              + "` is no address with a port, expected 127.0.0.1:9469, 0.0.0.0:9469 or [::]:9469");
    }
    return new InetSocketAddress(address, Integer.parseInt(port));
  }
}
