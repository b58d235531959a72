// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.source.Signers;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whose commits the agent applies. */
final class SignerOptions {
  @Option(
      names = "--allowed-signers",
      paramLabel = "FILE",
      description = {
        "Apply only commits with an SSH signature by one of these keys (ssh-keygen(1), ALLOWED",
        "SIGNERS). Default: anybody's commits, signed or not."
      })
  private @Nullable Path allowed;

  @Option(
      names = "--revoked-signers",
      paramLabel = "FILE",
      description = "Keys that count no more: public keys, or a key revocation list.")
  private @Nullable Path revoked;

  @Option(
      names = "--allowed-openpgp-keys",
      paramLabel = "FILE",
      description = {
        "Apply only commits with an OpenPGP signature by one of these keys (gpg --export --armor),",
        "or with an SSH signature by one of --allowed-signers."
      })
  private @Nullable Path openPgp;

  /** Null: anybody's commits. */
  @Nullable Signers signers() {
    if (allowed == null && revoked != null) {
      throw new CommandException("--revoked-signers is of no use without --allowed-signers");
    }
    return allowed == null && openPgp == null ? null : new Signers(allowed, revoked, openPgp);
  }
}
