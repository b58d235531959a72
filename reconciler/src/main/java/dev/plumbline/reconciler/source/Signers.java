// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.GpgConfig;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.SignatureVerifier.SignatureVerification;
import org.eclipse.jgit.lib.SignatureVerifier.TrustLevel;
import org.eclipse.jgit.lib.SignatureVerifiers;
import org.eclipse.jgit.revwalk.RevCommit;
import org.jspecify.annotations.Nullable;

/**
 * Whose commits may be applied. Signatures are SSH's ({@code gpg.format = ssh}).
 *
 * @param allowed the keys, as ssh-keygen(1) describes ALLOWED SIGNERS
 * @param revoked keys that count no more: a list of public keys or a key revocation list (KRL);
 *     null: none
 */
public record Signers(Path allowed, @Nullable Path revoked) {
  private static final String OPENPGP = "-----BEGIN PGP";

  /**
   * Why a commit may not be applied; null if it may.
   *
   * @throws SourceException if the keys cannot be read
   */
  @Nullable String problem(Repository repository, RevCommit commit) throws IOException {
    readable(allowed, "allowed signers");
    if (revoked != null) {
      readable(revoked, "revoked signers");
    }
    byte[] signature = commit.getRawGpgSignature();
    if (signature == null) {
      return "is not signed, and only signed commits are applied (" + allowed + ")";
    }
    if (new String(signature, java.nio.charset.StandardCharsets.US_ASCII).contains(OPENPGP)) {
      return "has an OpenPGP signature, and only SSH's can be checked: set gpg.format to ssh";
    }
    Config config = new Config();
    config.setString("gpg", null, "format", "ssh");
    config.setString("gpg", "ssh", "allowedSignersFile", allowed.toAbsolutePath().toString());
    if (revoked != null) {
      config.setString("gpg", "ssh", "revocationFile", revoked.toAbsolutePath().toString());
    }
    SignatureVerification found =
        SignatureVerifiers.verify(repository, new GpgConfig(config), commit);
    if (found == null) {
      return "has a signature of a kind that cannot be checked";
    }
    if (found.verified() && !found.expired() && found.trustLevel() == TrustLevel.FULL) {
      return null;
    }
    String message = found.message() == null ? "" : ": " + found.message().strip();
    return "has a signature that does not count ("
        + found.keyFingerprint()
        + ")"
        + message.replaceAll("\\s*\\R\\s*", "; ");
  }

  private static void readable(Path file, String what) throws SourceException {
    if (!Files.isReadable(file)) {
      throw new SourceException("cannot read the " + what + " in " + file);
    }
  }
}
