// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commits and tags that git signed with keys of gpg, in a home of their own. */
@Timeout(120)
class OpenPgpTest {
  /** Keys whose use is over now, and whose signatures are from when it was not. */
  private static final String LONG_AGO = "20200101T000000!";

  @TempDir Path directory;

  private @Nullable GitSource source;

  @BeforeEach
  void repository() throws Exception {
    if (Sh.run("gpg --version 2>/dev/null || true").isEmpty()
        || Sh.run("git version || true").isEmpty()) {
      System.err.println("gpg or git is not here: test skipped");
      Assumptions.abort("gpg or git is not here");
    }
    Sh.run("mkdir -m 700 " + home() + " && mkdir " + work());
    // No agent outlives the test, and none is asked for a passphrase.
    Sh.run("echo 'batch\nno-tty\nno-permission-warning' > " + home() + "/gpg.conf");
    git("init -q -b main .");
    JGitEnvironment.install();
  }

  @AfterEach
  void close() {
    if (source != null) {
      source.close();
    }
    Sh.run("GNUPGHOME=" + home() + " gpgconf --kill all");
  }

  private Path home() {
    return directory.resolve("gnupg");
  }

  private Path work() {
    return directory.resolve("work");
  }

  private Path keys() {
    return directory.resolve("keys.asc");
  }

  private String gpg(String arguments) {
    return Sh.run("GNUPGHOME=" + home() + " gpg --batch --passphrase '' " + arguments + " 2>&1");
  }

  /** Makes a key that can only sign; {@code more} goes to gpg before the command. */
  private void key(String name, String expires, String more) {
    gpg(
        more
            + " --quick-generate-key '"
            + name
            + " <"
            + name
            + "@example.org>' ed25519 sign "
            + expires);
  }

  private String fingerprint(String name) {
    return gpg("--with-colons --list-keys " + name + " | grep ^fpr | head -1 | cut -d: -f10")
        .strip();
  }

  private void allow(String... names) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String name : names) {
      all.append(gpg("--armor --export " + name)); // a block each
    }
    Files.writeString(keys(), all);
  }

  private void git(String arguments) {
    Sh.run(
        "cd "
            + work()
            + " && HOME="
            + directory
            + " GNUPGHOME="
            + home()
            + " GIT_CONFIG_NOSYSTEM=1 git -c user.name=Ann -c user.email=ann@example.org"
            + " -c gpg.program="
            + directory.resolve("gpg")
            + " "
            + arguments);
  }

  /** What git runs for gpg: with more options. */
  private void sign(String options, String arguments) throws IOException {
    Files.writeString(
        directory.resolve("gpg"), "#!/bin/sh\nexec gpg --batch " + options + " \"$@\"\n");
    Sh.run("chmod +x " + directory.resolve("gpg"));
    git(arguments);
  }

  private void commit(String signer, String options) throws IOException {
    sign(options, "commit -q --allow-empty -S" + signer + " -m x");
  }

  private @Nullable String problem() throws IOException {
    return problem(new GitRef.Branch("main"), new Signers(null, null, keys()));
  }

  private @Nullable String problem(GitRef ref, Signers signers) throws IOException {
    if (source != null) {
      source.close();
    }
    GitSource from =
        GitSource.open(directory.resolve("clone"), work().toString(), ref, GitAccess.USUAL);
    source = from;
    return from.problem(from.fetch(), signers);
  }

  private void refused(String expected) throws IOException {
    String problem = problem();
    assertNotNull(problem);
    assertTrue(problem.contains(expected), problem);
  }

  @Test
  void aCommitOfAnAllowedKeyMayBeAppliedAndOfAnotherNot() throws Exception {
    key("ann", "never", "");
    key("bob", "never", "");
    key("eve", "never", "");
    allow("ann", "bob");
    commit("ann", "");
    assertNull(problem());
    commit("bob", "");
    assertNull(problem());
    commit("eve", "");
    assertEquals(
        "is signed with an OpenPGP key that is not in " + keys() + " (" + fingerprint("eve") + ")",
        problem());
    git("commit -q --allow-empty --no-gpg-sign -m x");
    refused("is not signed, and only signed commits are applied (" + keys());
  }

  @Test
  void aCommitThatWasAlteredAfterItWasSignedDoesNotCount() throws Exception {
    key("ann", "never", "");
    allow("ann");
    commit("ann", "");
    Sh.run(
        "cd "
            + work()
            + " && id=$(git cat-file commit HEAD | sed 's/^x$/y/' | git hash-object -t commit -w"
            + " --stdin) && git update-ref refs/heads/main $id");
    refused("(" + fingerprint("ann") + "): it does not fit what is signed");
  }

  @Test
  void aKeyThatIsRevokedDoesNotCountForWhatItSignedBeforeEither() throws Exception {
    key("ann", "never", "");
    commit("ann", "");
    allow("ann");
    assertNull(problem());
    String revocation = home() + "/openpgp-revocs.d/" + fingerprint("ann") + ".rev";

    Sh.run("sed -i 's/^:---/---/' " + revocation);
    gpg("--import " + revocation);
    allow("ann");
    refused("the key is revoked");
  }

  @Test
  void aKeyThatHasExpiredDoesNotCountUntilItIsProlonged() throws Exception {
    String then = "--faked-system-time " + LONG_AGO;
    key("ann", "20200201T000000", then);
    commit("ann", then);
    allow("ann");
    refused("the key has expired on 2020-02-01");
    gpg("--quick-set-expire " + fingerprint("ann") + " 0");
    allow("ann");
    assertNull(problem());
  }

  @Test
  void aSubkeyThatSignsCountsUntilItIsRevokedAndOneThatMayNotSignDoesNot() throws Exception {
    key("ann", "never", "");
    String primary = fingerprint("ann");
    gpg("--quick-add-key " + primary + " ed25519 sign never");
    String subkey =
        gpg("--with-colons --list-keys ann | grep ^fpr | tail -1 | cut -d: -f10").strip();
    allow("ann");
    commit(subkey + "!", "");
    assertNull(problem());
    // The key in the file is from before there was this subkey.
    key("bob", "never", "");
    allow("bob");
    refused("not in " + keys() + " (" + subkey + ")");
    Sh.run(
        "GNUPGHOME="
            + home()
            + " gpg --no-tty --command-fd 0 --pinentry-mode loopback --passphrase '' --edit-key "
            + primary
            + " <<'E'\nkey 1\nrevkey\ny\n0\n\ny\nsave\nE\n");
    allow("ann");
    refused("(" + subkey + "): the key is revoked");
  }

  @Test
  void aSignatureThatHasExpiredOrIsFromTheFutureDoesNotCount() throws Exception {
    String then = "--faked-system-time " + LONG_AGO;
    key("ann", "never", then);
    allow("ann");
    commit("ann", then + " --default-sig-expire 2d");
    refused("the signature has expired on 2020-01-03");
    commit("ann", "--faked-system-time 20990101T000000!");
    refused("made in the future, at 2099-01-01T00:00:00Z; is the clock of this host right?");
  }

  @Test
  void aSignedTagCountsForItsCommitUnderItsOwnNameAlone() throws Exception {
    key("ann", "never", "");
    key("eve", "never", "");
    allow("ann");
    git("commit -q --allow-empty --no-gpg-sign -m x");
    Signers signers = new Signers(null, null, keys());
    sign("", "tag -u ann -m one v1");
    assertNull(problem(new GitRef.Tag("v1"), signers));
    git("update-ref refs/tags/v2 refs/tags/v1");
    assertEquals(
        "is led to by a signed tag of another name: v1", problem(new GitRef.Tag("v2"), signers));
    sign("", "tag -u eve -m three v3");
    String unknown = problem(new GitRef.Tag("v3"), signers);
    assertTrue(
        String.valueOf(unknown).startsWith("is led to by a tag that is signed with an OpenPGP key"),
        unknown);
    git("tag light");
    String light = problem(new GitRef.Tag("light"), signers);
    assertTrue(String.valueOf(light).startsWith("is not signed"), light);
    commit("ann", "");
    git("tag -f light");
    assertNull(problem(new GitRef.Tag("light"), signers));
  }

  @Test
  void aKindOfSignatureWithoutKeysDoesNotCount() throws Exception {
    key("ann", "never", "");
    commit("ann", "");
    Path allowed = Files.writeString(directory.resolve("allowed"), "");
    String problem = problem(new GitRef.Branch("main"), new Signers(allowed, null, null));
    assertEquals(
        "has an OpenPGP signature, and no OpenPGP keys are allowed (--allowed-openpgp-keys)",
        problem);
  }

  @Test
  void whatHoldsNoKeysIsNamed() throws Exception {
    key("ann", "never", "");
    commit("ann", "");
    SourceException none = assertThrows(SourceException.class, this::problem);
    assertTrue(
        none.getMessage().startsWith("cannot read the OpenPGP keys in " + keys()),
        none.getMessage());
    Files.writeString(keys(), "nothing\n");
    assertTrue(
        assertThrows(SourceException.class, this::problem)
            .getMessage()
            .startsWith("no OpenPGP public key is in " + keys()));
    Files.writeString(keys(), gpg("--armor --export-secret-keys ann"));
    assertTrue(
        assertThrows(SourceException.class, this::problem).getMessage().contains("private ones"));
    allow("ann");
    String damaged = Files.readString(keys());
    Files.writeString(keys(), damaged.replaceFirst("\n\n....", "\n\nAAAA"));
    assertThrows(SourceException.class, this::problem);
  }
}
