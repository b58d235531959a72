// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jgit.api.Git;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fetches from Debian's sshd and git. On a throwaway host, but not in user-mode Linux too: nothing
 * of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@Timeout(120)
class SshFetchTest {
  @TempDir Path directory;

  private SshServer server;
  private Path knownHosts;

  @BeforeEach
  void aRepositoryBehindSsh() throws Exception {
    JGitEnvironment.install();
    Path work = directory.resolve("work");
    try (Git git = Git.init().setDirectory(work.toFile()).setInitialBranch("main").call()) {
      Files.writeString(work.resolve("a.yaml"), "one");
      git.add().addFilepattern(".").call();
      git.commit().setSign(false).setMessage("One").setAuthor("Ann", "a@b").call();
    }
    server = SshServer.start(directory);
    knownHosts = Files.writeString(directory.resolve("known_hosts"), server.known("host"));
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private Revision fetch(Path key) throws IOException {
    String url = "ssh://root@127.0.0.1:" + SshServer.PORT + directory.resolve("work");
    try (GitSource source =
        GitSource.open(
            directory.resolve("clone"),
            url,
            new GitRef.Branch("main"),
            new GitAccess(null, key, knownHosts))) {
      return source.fetch();
    }
  }

  private String refused(Path key) {
    SourceException refused = assertThrows(SourceException.class, () -> fetch(key));
    String message = String.valueOf(refused.getMessage());
    assertTrue(refused.needsUser(), message);
    assertFalse(message.contains("\n"), message);
    return message;
  }

  @Test
  void aBranchIsFetchedWithAKey() throws Exception {
    assertEquals("One", fetch(directory.resolve("user")).subject());
  }

  @Test
  void aServerThatNobodyKnowsIsRefusedAndNotLearnt() throws Exception {
    Files.writeString(knownHosts, "");
    String message = refused(directory.resolve("user"));
    assertTrue(
        message.endsWith(
            "the server's key is not in "
                + knownHosts
                + "; what it has is told by: ssh-keyscan -p 2222 127.0.0.1"),
        message);
    assertEquals("", Files.readString(knownHosts));
  }

  @Test
  void aServerWithAnotherKeyThanKnownIsRefused() throws Exception {
    server.key("other", "");
    Files.writeString(knownHosts, server.known("other"));
    String message = refused(directory.resolve("user"));
    assertTrue(message.contains("known_hosts"), message);
  }

  @Test
  void aKeyThatTheServerDoesNotKnowIsRefused() {
    String message = refused(server.key("stranger", ""));
    assertTrue(
        message.endsWith("the server refuses the key " + directory.resolve("stranger")), message);
  }

  @Test
  void aKeyThatCannotBeUsedIsToldBeforeAnybodyIsAsked() {
    Path key = server.key("locked", "secret");
    assertTrue(refused(key).contains("has a passphrase"), refused(key));
    Sh.run("chmod 644 " + directory.resolve("user"));
    String open = refused(directory.resolve("user"));
    assertTrue(open.contains("mode 0644): chmod 600 it"), open);
    Path none = directory.resolve("none");
    assertEquals("there is no ssh key at " + none, refused(none));
  }
}
