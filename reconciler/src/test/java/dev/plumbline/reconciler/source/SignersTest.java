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

/** Commits that git signed with keys of ssh-keygen. */
@Timeout(120)
class SignersTest {
  @TempDir Path directory;

  private String keygen = "";
  private @Nullable GitSource source;

  @BeforeEach
  void keys() throws Exception {
    String unpacked = Sh.run("../tools/openssh || true").strip();
    String git = Sh.run("git version || true");
    if (unpacked.isEmpty() || git.isEmpty()) {
      System.err.println("git or Debian's ssh-keygen cannot be had: test skipped here");
      Assumptions.abort("git or Debian's ssh-keygen cannot be had");
    }
    keygen = unpacked + "/usr/bin/ssh-keygen";
    for (String name : new String[] {"ann", "eve"}) {
      Sh.run(keygen + " -q -t ed25519 -N '' -f " + directory.resolve(name));
    }
    allow("", "ann");
    git("init -q -b main .");
    JGitEnvironment.install();
    source =
        GitSource.open(
            directory.resolve("clone"),
            directory.resolve("work").toString(),
            new GitRef.Branch("main"),
            GitAccess.USUAL);
  }

  @AfterEach
  void close() {
    if (source != null) {
      source.close();
    }
  }

  private String key(String name) throws IOException {
    return Files.readString(directory.resolve(name + ".pub")).strip();
  }

  private void allow(String options, String name) throws IOException {
    Files.writeString(
        directory.resolve("allowed"), name + "@example.org " + options + key(name) + "\n");
  }

  private void git(String arguments) throws IOException {
    Files.createDirectories(directory.resolve("work"));
    Sh.run(
        "cd "
            + directory.resolve("work")
            + " && HOME="
            + directory
            + " GIT_CONFIG_NOSYSTEM=1 git -c user.name=Ann -c user.email=ann@example.org"
            + " -c gpg.format=ssh -c gpg.ssh.program="
            + keygen
            + " "
            + arguments);
  }

  private void commit(String signer) throws IOException {
    String sign = signer.isEmpty() ? "" : "-S" + directory.resolve(signer + ".pub") + " ";
    git("commit -q --allow-empty " + sign + "-m x");
  }

  private @Nullable String problem(@Nullable String revoked) throws IOException {
    GitSource from = source;
    assertNotNull(from);
    Path list = revoked == null ? null : directory.resolve(revoked);
    return from.problem(from.fetch(), new Signers(directory.resolve("allowed"), list, null));
  }

  @Test
  void aCommitOfAnAllowedKeyMayBeApplied() throws Exception {
    commit("ann");
    assertNull(problem(null));
    // Files are read anew.
    allow("", "eve");
    Thread.sleep(1100);
    assertNotNull(problem(null));
  }

  @Test
  void whatIsNotSignedOrByAnotherKeyMayNot() throws Exception {
    commit("");
    String unsigned = String.valueOf(problem(null));
    assertTrue(unsigned.startsWith("is not signed, and only signed"), unsigned);
    commit("eve");
    String unknown = String.valueOf(problem(null));
    assertTrue(unknown.startsWith("has a signature that does not count (SHA256:"), unknown);
  }

  @Test
  void aKeyThatWasNotValidWhenTheCommitWasMadeDoesNotCount() throws Exception {
    commit("ann");
    allow("valid-before=\"20200101\" ", "ann");
    assertNotNull(problem(null));
  }

  @Test
  void aRevokedKeyDoesNotCount() throws Exception {
    commit("ann");
    Files.writeString(directory.resolve("revoked"), key("eve") + "\n");
    assertNull(problem("revoked"));
    Files.writeString(directory.resolve("revoked2"), key("ann") + "\n");
    assertNotNull(problem("revoked2"));
    Sh.run(keygen + " -q -k -f " + directory.resolve("krl") + " " + directory.resolve("ann.pub"));
    assertNotNull(problem("krl"));
  }

  @Test
  void aCommitThatWasAlteredAfterItWasSignedDoesNotCount() throws Exception {
    commit("ann");
    Sh.run(
        "cd "
            + directory.resolve("work")
            + " && id=$(git cat-file commit HEAD | sed 's/^x$/y/' | git hash-object -t commit -w"
            + " --stdin) && git update-ref refs/heads/main $id");
    String altered = String.valueOf(problem(null));
    assertTrue(altered.startsWith("has a signature that does not count"), altered);
  }

  @Test
  void keysThatCannotBeReadAreNamed() throws Exception {
    commit("ann");
    Files.delete(directory.resolve("allowed"));
    SourceException refused = assertThrows(SourceException.class, () -> problem(null));
    assertEquals(
        "cannot read the allowed signers in " + directory.resolve("allowed"), refused.getMessage());
  }
}
