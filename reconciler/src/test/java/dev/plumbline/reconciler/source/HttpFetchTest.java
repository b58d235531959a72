// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.revwalk.RevCommit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fetches from Git's own server over http. */
@Timeout(120)
class HttpFetchTest {
  private static final String TOKEN = "glpat-1234";

  @TempDir Path directory;

  private GitHttpServer server;
  private RevCommit first;

  @BeforeEach
  void aRepositoryBehindHttp() throws Exception {
    boolean git = new ProcessBuilder("git", "--exec-path").start().waitFor() == 0;
    if (!git) {
      System.err.println("there is no git here: test skipped");
    }
    Assumptions.assumeTrue(git, "there is no git here");
    JGitEnvironment.install();
    first = commit("One");
    server = new GitHttpServer(directory, TOKEN);
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private RevCommit commit(String subject) throws Exception {
    Path work = directory.resolve("hosts");
    try (Git git = Git.init().setDirectory(work.toFile()).setInitialBranch("main").call()) {
      Files.writeString(work.resolve("a.yaml"), subject);
      git.add().addFilepattern(".").call();
      return git.commit().setSign(false).setMessage(subject).setAuthor("Ann", "a@b").call();
    }
  }

  private Revision fetch(String user, GitRef ref, @Nullable Path token) throws IOException {
    String url = "http://" + user + "127.0.0.1:" + server.port() + "/hosts/.git";
    GitAccess access = new GitAccess(token, GitAccess.USUAL.sshKey(), GitAccess.USUAL.knownHosts());
    try (GitSource source = GitSource.open(directory.resolve("clone"), url, ref, access)) {
      return source.fetch();
    }
  }

  private Path token(String text) throws IOException {
    return Files.writeString(directory.resolve("token"), text);
  }

  @Test
  void aTokenFromAFileIsSentAndMayBeExchanged() throws Exception {
    GitRef main = new GitRef.Branch("main");
    Path token = token(TOKEN + "\n");
    assertEquals("One", fetch("", main, token).subject());
    assertEquals("One", fetch("deploy@", main, token).subject());
    server.password("another");
    SourceException refused = assertThrows(SourceException.class, () -> fetch("", main, token));
    assertTrue(refused.needsUser());
    assertFalse(refused.getMessage().contains(TOKEN), refused.getMessage());
    token("another");
    assertEquals("One", fetch("", main, token).subject());
  }

  @Test
  void withoutATokenItIsSaidThatOneIsNeeded() throws Exception {
    GitRef main = new GitRef.Branch("main");
    SourceException refused = assertThrows(SourceException.class, () -> fetch("", main, null));
    assertTrue(refused.needsUser());
    assertTrue(refused.getMessage().contains("uthentication is required"), refused.getMessage());
    Path none = directory.resolve("none");
    SourceException missing = assertThrows(SourceException.class, () -> fetch("", main, none));
    assertEquals("there is no token at " + none, missing.getMessage());
    Path empty = token("\n");
    SourceException nothing = assertThrows(SourceException.class, () -> fetch("", main, empty));
    assertEquals("the token file " + empty + " is empty", nothing.getMessage());
  }

  @Test
  void oneCommitIsFetchedByItsNumberAfterTheBranchHasMoved() throws Exception {
    commit("Two");
    Path token = token(TOKEN);
    assertEquals("Two", fetch("", new GitRef.Branch("main"), token).subject());
    assertEquals("One", fetch("", new GitRef.Commit(first.getName()), token).subject());
    GitRef none = new GitRef.Commit("0123456789012345678901234567890123456789");
    SourceException refused = assertThrows(SourceException.class, () -> fetch("", none, token));
    assertTrue(refused.getMessage().contains("is there a " + none), refused.getMessage());
    SourceException tag =
        assertThrows(SourceException.class, () -> fetch("", new GitRef.Tag("v1"), token));
    assertTrue(tag.getMessage().endsWith(": has no tag v1"), tag.getMessage());
  }

  @Test
  void aBranchThatHasNotMovedIsAskedForAndNotFetchedAgain() throws Exception {
    GitRef main = new GitRef.Branch("main");
    Path token = token(TOKEN);
    fetch("git@", main, token);
    server.asked.clear();
    assertEquals("One", fetch("git@", main, token).subject());
    List<String> asked = server.asked;
    assertEquals(
        List.of("POST /hosts/.git/git-upload-pack"),
        asked.stream().filter(each -> each.startsWith("POST")).toList(),
        "for the branch's commit, and not for a pack");
    commit("Two");
    assertEquals("Two", fetch("git@", main, token).subject());
  }
}
