// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.bcpg.KeyIdentifier;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.api.OpenPGPCertificate;
import org.bouncycastle.openpgp.api.OpenPGPCertificate.OpenPGPComponentKey;
import org.bouncycastle.openpgp.api.OpenPGPDetachedSignatureProcessor;
import org.bouncycastle.openpgp.api.OpenPGPImplementation;
import org.bouncycastle.openpgp.api.OpenPGPKeyReader;
import org.bouncycastle.openpgp.api.OpenPGPSignature.OpenPGPDocumentSignature;
import org.bouncycastle.openpgp.api.bc.BcOpenPGPImplementation;
import org.jspecify.annotations.Nullable;

/**
 * The OpenPGP keys of one file (RFC 9580, as {@code gpg --export --armor} writes them). The file is
 * all that is trusted: who signed a key is not looked at.
 *
 * <p>Stricter than needed where that costs nothing: a key that is revoked or expired now does not
 * count for what it signed before either, as gpg has it, and a revocation counts whoever made it.
 */
final class OpenPgpKeys {
  /** Clocks differ; a signature may be from so far in the future. */
  private static final Duration CLOCKS = Duration.ofMinutes(5);

  private static final OpenPGPImplementation LIBRARY = new BcOpenPGPImplementation();

  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN PGP PUBLIC KEY BLOCK-----.*?-----END PGP PUBLIC KEY BLOCK-----",
          Pattern.DOTALL);

  private final Path file;
  private final List<OpenPGPCertificate> certificates;

  private OpenPgpKeys(Path file, List<OpenPGPCertificate> certificates) {
    this.file = file;
    this.certificates = certificates;
  }

  /**
   * Reads the keys.
   *
   * @throws SourceException if there are none, or something else
   */
  static OpenPgpKeys read(Path file) throws SourceException {
    List<OpenPGPCertificate> found = new ArrayList<>();
    try {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      if (text.contains("-----BEGIN PGP PRIVATE KEY BLOCK-----")) {
        throw new SourceException(
            "the OpenPGP keys in " + file + " are private ones: export them by gpg --export");
      }
      Matcher blocks = BLOCK.matcher(text);
      while (blocks.find()) {
        found.addAll(new OpenPGPKeyReader(LIBRARY).parseCertificates(blocks.group()));
      }
    } catch (SourceException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new SourceException("cannot read the OpenPGP keys in " + file + ": " + e, e, true);
    }
    if (found.isEmpty()) {
      throw new SourceException(
          "no OpenPGP public key is in " + file + ": gpg --export --armor writes them");
    }
    return new OpenPgpKeys(file, found);
  }

  /**
   * Why a signature does not count; null if it does.
   *
   * @param signed what it is of
   * @param armoured the signature
   */
  @Nullable String problem(byte[] signed, byte[] armoured, Instant now) throws IOException {
    PGPSignature signature;
    try {
      signature = parse(armoured);
    } catch (IOException | RuntimeException e) {
      return "has an OpenPGP signature that cannot be read: " + e.getMessage();
    }
    if (signature == null) {
      return "has not exactly one OpenPGP signature";
    }
    if (signature.getSignatureType() != PGPSignature.BINARY_DOCUMENT) {
      return "has an OpenPGP signature of another type than documents have";
    }
    OpenPGPComponentKey key = signer(signature);
    if (key == null) {
      return "is signed with an OpenPGP key that is not in " + file + ids(signature);
    }
    String reason = problem(signature, key, signed, now);
    return reason == null
        ? null
        : "has an OpenPGP signature that does not count (" + name(key) + "): " + reason;
  }

  private static @Nullable PGPSignature parse(byte[] armoured) throws IOException {
    Object first =
        LIBRARY
            .pgpObjectFactory(PGPUtil.getDecoderStream(new ByteArrayInputStream(armoured)))
            .nextObject();
    return first instanceof PGPSignatureList list && list.size() == 1 ? list.get(0) : null;
  }

  private @Nullable OpenPGPComponentKey signer(PGPSignature signature) {
    for (OpenPGPCertificate certificate : certificates) {
      for (KeyIdentifier id : signature.getKeyIdentifiers()) {
        OpenPGPComponentKey key = id.isWildcard() ? null : certificate.getKey(id);
        if (key != null) {
          return key;
        }
      }
    }
    return null;
  }

  private static @Nullable String problem(
      PGPSignature signature, OpenPGPComponentKey key, byte[] signed, Instant now)
      throws IOException {
    OpenPGPCertificate certificate = key.getCertificate();
    List<String> refused = new ArrayList<>();
    List<OpenPGPDocumentSignature> checked =
        new OpenPGPDetachedSignatureProcessor(LIBRARY)
            .addVerificationCertificate(certificate)
            .addSignature(signature)
            .verifyNotAfter(Date.from(now.plus(CLOCKS)))
            .setExceptionCallback(failure -> refused.add(String.valueOf(failure.getMessage())))
            .process(new ByteArrayInputStream(signed));
    Date time = Date.from(now);
    if (checked.isEmpty()) {
      return refused.isEmpty()
          ? "it was made in the future, at "
              + signature.getCreationTime().toInstant()
              + "; is the clock of this host right?"
          : String.join("; ", refused);
    }
    OpenPGPDocumentSignature document = checked.get(0);
    if (!document.isTestedCorrect()) {
      return "it does not fit what is signed: one of them was altered";
    }
    if (certificate.getPrimaryKey().getPGPPublicKey().hasRevocation()
        || key.getPGPPublicKey().hasRevocation()) {
      return "the key is revoked";
    }
    for (Instant expires :
        new Instant[] {
          instant(certificate.getExpirationTime(time)), instant(key.getKeyExpirationDateAt(time))
        }) {
      if (expires != null && !expires.isAfter(now)) {
        return "the key has expired on " + expires;
      }
    }
    Instant end = instant(document.getExpirationTime());
    if (end != null && !end.isAfter(now)) {
      return "the signature has expired on " + end;
    }
    Instant made = signature.getCreationTime().toInstant();
    Date later = Date.from(made.isAfter(now) ? made : now);
    try {
      // Not at the time of the signature: gpg drops the older self-signature of a key that is
      // prolonged, and with that what it was then.
      return document.isValidAt(later) ? null : "the key may not sign";
    } catch (PGPException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static @Nullable Instant instant(@Nullable Date date) {
    return date == null ? null : date.toInstant();
  }

  private static String name(OpenPGPComponentKey key) {
    return hex(key.getPGPPublicKey().getFingerprint());
  }

  private static String ids(PGPSignature signature) {
    for (KeyIdentifier id : signature.getKeyIdentifiers()) {
      byte[] fingerprint = id.getFingerprint();
      return fingerprint == null
          ? String.format(Locale.ROOT, " (%016X)", id.getKeyId())
          : " (" + hex(fingerprint) + ")";
    }
    return "";
  }

  private static String hex(byte[] bytes) {
    return java.util.HexFormat.of().withUpperCase().formatHex(bytes);
  }
}
