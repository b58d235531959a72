// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.GpgConfig;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.SignatureVerifier.SignatureVerification;
import org.eclipse.jgit.lib.SignatureVerifier.TrustLevel;
import org.eclipse.jgit.lib.SignatureVerifiers;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevTag;
import org.eclipse.jgit.util.RawParseUtils;
import org.jspecify.annotations.Nullable;

/**
 * Whose commits may be applied. A kind of signature for which no keys are given does not count.
 *
 * @param allowed SSH keys, as ssh-keygen(1) describes ALLOWED SIGNERS; null: none
 * @param revoked SSH keys that count no more: a list of public keys or a key revocation list (KRL);
 *     null: none
 * @param openPgp armoured OpenPGP public keys; null: none
 */
public record Signers(@Nullable Path allowed, @Nullable Path revoked, @Nullable Path openPgp) {
  private static final String OPENPGP = "-----BEGIN PGP";
  private static final byte[] HEADER = "gpgsig".getBytes(StandardCharsets.US_ASCII);

  public Signers {
    if (allowed == null && openPgp == null) {
      throw new IllegalArgumentException("no keys are given");
    }
  }

  /**
   * Why a commit may not be applied; null if it may.
   *
   * @param tag that leads to it; where it is signed, its signature is what counts
   * @param tagName by which it was found
   * @throws SourceException if the keys cannot be read
   */
  @Nullable String problem(
      Repository repository, RevCommit commit, @Nullable RevTag tag, String tagName)
      throws IOException {
    if (allowed != null) {
      readable(allowed, "allowed signers");
    }
    if (revoked != null) {
      readable(revoked, "revoked signers");
    }
    OpenPgpKeys keys = openPgp == null ? null : OpenPgpKeys.read(openPgp);
    if (tag == null || tag.getRawGpgSignature() == null) {
      return problem(repository, commit, commit.getRawGpgSignature(), keys);
    }
    if (!tag.getTagName().equals(tagName)) {
      return "is led to by a signed tag of another name: " + tag.getTagName();
    }
    String problem = problem(repository, tag, tag.getRawGpgSignature(), keys);
    return problem == null ? null : "is led to by a tag that " + problem;
  }

  private @Nullable String problem(
      Repository repository,
      RevObject object,
      byte @Nullable [] signature,
      @Nullable OpenPgpKeys keys)
      throws IOException {
    if (signature == null) {
      return "is not signed, and only signed commits are applied ("
          + (allowed == null ? openPgp : allowed)
          + ")";
    }
    if (new String(signature, StandardCharsets.US_ASCII).contains(OPENPGP)) {
      return keys == null
          ? "has an OpenPGP signature, and no OpenPGP keys are allowed (--allowed-openpgp-keys)"
          : keys.problem(signed(object, signature), signature, Instant.now());
    }
    if (allowed == null) {
      return "has a signature that is not OpenPGP's, and no others are allowed (--allowed-signers)";
    }
    return sshProblem(repository, object, allowed);
  }

  private @Nullable String sshProblem(Repository repository, RevObject object, Path keys)
      throws IOException {
    Config config = new Config();
    config.setString("gpg", null, "format", "ssh");
    config.setString("gpg", "ssh", "allowedSignersFile", keys.toAbsolutePath().toString());
    if (revoked != null) {
      config.setString("gpg", "ssh", "revocationFile", revoked.toAbsolutePath().toString());
    }
    SignatureVerification found =
        SignatureVerifiers.verify(repository, new GpgConfig(config), object);
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

  /**
   * All but the signature: of a commit without its header {@code gpgsig}, of a tag before it
   * (gitformat-signature(5)).
   */
  private static byte[] signed(RevObject object, byte[] signature) {
    if (object instanceof RevTag tag) {
      byte[] raw = tag.getRawBuffer();
      return Arrays.copyOf(raw, raw.length - signature.length);
    }
    byte[] raw = ((RevCommit) object).getRawBuffer();
    int value = RawParseUtils.headerStart(HEADER, raw, 0);
    int end = RawParseUtils.nextLF(raw, value);
    while (end < raw.length && raw[end] == ' ') {
      end = RawParseUtils.nextLF(raw, end);
    }
    int start = value - HEADER.length - 1;
    byte[] signed = Arrays.copyOf(raw, raw.length - (end - start));
    System.arraycopy(raw, end, signed, start, raw.length - end);
    return signed;
  }

  private static void readable(Path file, String what) throws SourceException {
    if (!Files.isReadable(file)) {
      throw new SourceException("cannot read the " + what + " in " + file);
    }
  }
}
