// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;
import org.eclipse.jgit.transport.sshd.SshdSessionFactory;
import org.eclipse.jgit.transport.sshd.SshdSessionFactoryBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How plumbline proves to a repository who it is, and how it knows that it is the right one.
 *
 * <p>Nothing is taken from the user's own {@code ~/.ssh} or an SSH agent: a daemon that works only
 * while somebody is logged in is of no use. Files are read anew for every fetch, so that a token or
 * key may be exchanged.
 *
 * @param token a file with a token for http and https in its first line; null to use what {@link
 *     #TOKEN} holds, or nothing
 * @param sshKey a private key without a passphrase, in any of OpenSSH's formats
 * @param knownHosts the host keys of servers, as {@code sshd(8)} describes it; a server that is not
 *     in it is refused
 */
public record GitAccess(@Nullable Path token, Path sshKey, Path knownHosts) {
  /** The environment variable that may hold a token. */
  public static final String TOKEN = "PLUMBLINE_GIT_TOKEN";

  public static final String USUAL_SSH_KEY = "/etc/plumbline/id_ed25519";
  public static final String USUAL_KNOWN_HOSTS = "/etc/plumbline/known_hosts";

  /** What is used if nothing else is said. */
  public static final GitAccess USUAL =
      new GitAccess(null, Path.of(USUAL_SSH_KEY), Path.of(USUAL_KNOWN_HOSTS));

  /** GitHub, GitLab and Gitea take any name with a token, but not none. */
  private static final String ANYBODY = "git";

  private static final String OPENSSH = "BEGIN OPENSSH PRIVATE KEY";
  private static final String WITHOUT_CIPHER = "openssh-key-v1\0\0\0\0\4none";

  private static final int PRIVATE = 0077;

  /** What is sent to a server that asks over http; null for nothing. */
  @Nullable CredentialsProvider credentials(URIish uri) throws IOException {
    if (!String.valueOf(uri.getScheme()).startsWith("http") || uri.getPass() != null) {
      return null;
    }
    String secret = secret();
    String user = uri.getUser() == null ? ANYBODY : uri.getUser();
    return secret == null ? null : new UsernamePasswordCredentialsProvider(user, secret);
  }

  private @Nullable String secret() throws IOException {
    if (token == null) {
      String held = System.getenv(TOKEN);
      return held == null || held.isBlank() ? null : held.strip();
    }
    String text = read(token, "token").strip();
    String first = text.lines().findFirst().orElse("");
    if (first.isEmpty()) {
      throw new SourceException("the token file " + token + " is empty");
    }
    return first;
  }

  /**
   * Looks whether there is what a repository over ssh needs.
   *
   * @throws SourceException if not, with what to do
   */
  void checkSsh() throws SourceException {
    String key = read(sshKey, "ssh key");
    int mode = mode(sshKey);
    if ((mode & PRIVATE) != 0) {
      throw new SourceException(
          String.format(
              "the ssh key %s can be read by others (mode %04o): chmod 600 it", sshKey, mode));
    }
    if (hasPassphrase(key)) {
      throw new SourceException(
          "the ssh key " + sshKey + " has a passphrase, which nobody can type here: use another");
    }
    read(knownHosts, "known_hosts file");
  }

  /** PEM says so in words; OpenSSH's own format (PROTOCOL.key) names the cipher first, or none. */
  private static boolean hasPassphrase(String key) {
    if (!key.contains(OPENSSH)) {
      return key.contains("ENCRYPTED");
    }
    String body = key.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    try {
      String plain = new String(Base64.getDecoder().decode(body), StandardCharsets.ISO_8859_1);
      return !plain.startsWith(WITHOUT_CIPHER);
    } catch (IllegalArgumentException e) {
      return false; // damaged: said where it is read
    }
  }

  private static int mode(Path file) throws SourceException {
    try {
      return (Integer) Files.getAttribute(file, "unix:mode") & 07777;
    } catch (IOException e) {
      throw new SourceException("cannot read " + file + ": " + e.getMessage(), e, true);
    }
  }

  private static String read(Path file, String what) throws SourceException {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new SourceException("there is no " + what + " at " + file, e, true);
    } catch (IOException e) {
      throw new SourceException("cannot read the " + what + " " + file + ": " + e, e, true);
    }
  }

  /**
   * Connections over ssh with this key to these servers alone.
   *
   * @param home an empty directory in the place of the user's home
   */
  SshdSessionFactory sessions(File home) {
    return new SshdSessionFactoryBuilder()
        .setHomeDirectory(home)
        .setSshDirectory(home)
        .setPreferredAuthentications("publickey")
        .setConfigStoreFactory((directory, file, user) -> null)
        .setConnectorFactory(null)
        .setDefaultIdentities(directory -> List.of(sshKey))
        .setDefaultKnownHostsFiles(directory -> List.of(knownHosts))
        .build(null);
  }
}
