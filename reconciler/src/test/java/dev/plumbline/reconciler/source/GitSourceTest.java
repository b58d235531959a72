// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.Loaded;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.ResetCommand;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheEditor;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.util.FS;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GitSourceTest {
  private static final String GOOD = "version: 1\nnamespaces: {web: {}}\n";

  @TempDir private Path directory;
  private Path work;
  private Git git;
  private GitSource source;

  @BeforeEach
  void aRepositoryWithABranchMain() throws Exception {
    JGitEnvironment.install();
    work = directory.resolve("work");
    git = Git.init().setDirectory(work.toFile()).setInitialBranch("main").call();
    source =
        GitSource.open(
            directory.resolve("clone"),
            work.toString(),
            new GitRef.Branch("main"),
            GitAccess.USUAL);
  }

  @AfterEach
  void close() {
    source.close();
    git.close();
  }

  private String commit(String subject, String path, String content)
      throws IOException, GitAPIException {
    Path file = work.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    git.add().addFilepattern(".").call();
    return git.commit()
        .setSign(false)
        .setMessage(subject + "\n\nA longer text.\n")
        .setAuthor("Ann", "ann@example.org")
        .setCommitter("Bob", "bob@example.org")
        .call()
        .getName();
  }

  private Loaded load(Revision revision, String path) throws IOException {
    return HostFile.load(source.files(revision), path, LoadOptions.defaults().forHost("alpha"));
  }

  private String text(Revision revision, String path) throws IOException {
    return new String(source.files(revision).read(path, 1000), StandardCharsets.UTF_8);
  }

  @Test
  void aRevisionHasTheCommitsIdAuthorSubjectAndTime() throws Exception {
    String id = commit("Web on port 2", "hosts/alpha.yaml", GOOD);

    Revision revision = source.fetch();

    assertEquals(id, revision.id());
    assertEquals("Ann", revision.author());
    assertEquals("Web on port 2", revision.subject());
    assertEquals(id.substring(0, 7) + " \"Web on port 2\" by Ann", revision.toString());
    long age = Math.abs(System.currentTimeMillis() - revision.time().toEpochMilli());
    assertTrue(age < 60_000, "committed " + revision.time());
  }

  @Test
  void aFileIsReadWithItsIncludesAndNothingIsCheckedOut() throws Exception {
    commit("Base", "base/compute.yaml", "dummies: {lo1: {addresses: [10.0.0.1/32]}}\n");
    commit("Host", "hosts/alpha.yaml", "version: 1\ninclude: [../base/compute.yaml]\n");

    Loaded loaded = load(source.fetch(), "hosts/alpha.yaml");

    assertEquals(List.of(), loaded.problems());
    assertTrue(loaded.orThrow().dummies().containsKey("lo1"));
    try (Stream<Path> files = Files.walk(directory.resolve("clone"))) {
      assertEquals(List.of(), files.filter(file -> file.toString().endsWith(".yaml")).toList());
    }
  }

  @Test
  void aNewCommitIsFetchedAndTheOldOneStaysReadable() throws Exception {
    commit("One", "a.yaml", "one");
    Revision first = source.fetch();
    String id = commit("Two", "a.yaml", "two");

    Revision second = source.fetch();

    assertEquals(id, second.id());
    assertEquals("two", text(second, "a.yaml"));
    assertEquals("one", text(first, "a.yaml"));
  }

  @Test
  void fetchingAgainWithoutANewCommitGivesTheSameRevision() throws Exception {
    commit("One", "a.yaml", "one");

    assertEquals(source.fetch(), source.fetch());
  }

  @Test
  void theHistoryIsNotFetched() throws Exception {
    String old = commit("One", "a.yaml", "one");
    commit("Two", "a.yaml", "two");
    source.fetch();

    Revision gone = new Revision(old, "", "", java.time.Instant.EPOCH);

    assertThrows(IOException.class, () -> source.files(gone));
  }

  @Test
  void aBranchThatWasForcedBackIsFollowed() throws Exception {
    String first = commit("One", "a.yaml", "one");
    commit("Two", "a.yaml", "two");
    source.fetch();
    git.reset().setMode(ResetCommand.ResetType.HARD).setRef(first).call();

    assertEquals(first, source.fetch().id());

    String other = commit("Three", "a.yaml", "three");
    assertEquals(other, source.fetch().id());
    assertEquals("three", text(source.fetch(), "a.yaml"));
  }

  @Test
  void aBranchThatIsNotThereIsNamed() throws Exception {
    commit("One", "a.yaml", "one");
    try (GitSource other =
        GitSource.open(
            directory.resolve("other"),
            work.toString(),
            new GitRef.Branch("production"),
            GitAccess.USUAL)) {
      SourceException refused = assertThrows(SourceException.class, other::fetch);

      assertEquals(work + ": has no branch production", refused.getMessage());
    }
  }

  @Test
  void aRepositoryWithoutAnyCommitHasNoBranch() {
    SourceException refused = assertThrows(SourceException.class, source::fetch);

    assertEquals(work + ": has no branch main", refused.getMessage());
  }

  @Test
  void nothingIsMeasuredInDirectoriesThatAreOnlyReadFrom() {
    // JGit would measure now, and wait for the end of it; that takes files that come and go.
    FS.FileStoreAttributes.setBackground(false);
    try {
      FS.FileStoreAttributes attributes = FS.FileStoreAttributes.get(work);
      assertEquals(Duration.ofSeconds(2), attributes.getFsTimestampResolution());
      assertEquals(Duration.ZERO, attributes.getMinimalRacyInterval());
    } finally {
      FS.FileStoreAttributes.setBackground(true);
    }
  }

  @Test
  void aBranchThatIsDeletedIsAnErrorAndTheLastFetchedRevisionStays() throws Exception {
    commit("One", "a.yaml", "one");
    Revision last = source.fetch();
    git.checkout().setCreateBranch(true).setName("other").call();
    git.branchDelete().setBranchNames("main").setForce(true).call();

    assertThrows(SourceException.class, source::fetch);
    assertEquals(last, source.fetched());
    assertEquals("one", text(last, "a.yaml"));
  }

  @Test
  void aRepositoryThatIsNotThereIsOneClearLineWithoutThePassword() throws Exception {
    String url = "http://ann:secret@127.0.0.1:1/hosts.git";
    try (GitSource other =
        GitSource.open(
            directory.resolve("other"), url, new GitRef.Branch("main"), GitAccess.USUAL)) {
      SourceException refused = assertThrows(SourceException.class, other::fetch);

      assertFalse(refused.getMessage().contains("secret"), refused.getMessage());
      assertFalse(refused.getMessage().contains("\n"), refused.getMessage());
      assertTrue(refused.getMessage().contains("127.0.0.1"), refused.getMessage());
      assertFalse(other.toString().contains("secret"), other.toString());
    }
  }

  @Test
  void aPathThatIsNoRepositoryIsOneClearLine() throws Exception {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    try (GitSource other =
        GitSource.open(
            directory.resolve("other"),
            empty.toString(),
            new GitRef.Branch("main"),
            GitAccess.USUAL)) {
      SourceException refused = assertThrows(SourceException.class, other::fetch);

      assertTrue(refused.getMessage().startsWith(empty.toString()), refused.getMessage());
      assertFalse(refused.getMessage().contains("\n"), refused.getMessage());
    }
  }

  private boolean needsUser(String url) throws IOException {
    try (GitSource other =
        GitSource.open(
            directory.resolve("other"), url, new GitRef.Branch("main"), GitAccess.USUAL)) {
      SourceException refused = assertThrows(SourceException.class, other::fetch, url);
      assertFalse(refused.getMessage().contains("\n"), refused.getMessage());
      return refused.needsUser();
    }
  }

  @Test
  void whatSomebodyHasToMendIsToldFromWhatPasses() throws Exception {
    commit("One", "a.yaml", "one");
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertTrue(needsUser("gopher://127.0.0.1/hosts.git"));
    assertTrue(needsUser(empty.toString()));
    assertTrue(needsUser(directory.resolve("nothing").toString()));
    assertTrue(needsUser("file://" + empty));
    assertFalse(needsUser("http://127.0.0.1:1/hosts.git"), "nobody listens");
  }

  @ParameterizedTest
  @CsvSource({"401,true", "403,true", "404,true", "500,false", "502,false", "503,false"})
  void whatAServerRefusesNeedsSomebodyAndWhatItFailsAtPasses(int status, boolean needsUser)
      throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"hosts\"");
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    try {
      String at = "127.0.0.1:" + server.getAddress().getPort() + "/hosts.git";
      assertEquals(needsUser, needsUser("http://" + at));
      assertEquals(needsUser, needsUser("http://ann:secret@" + at));
    } finally {
      server.stop(0);
    }
  }

  private Revision fetched(GitRef ref) throws IOException {
    try (GitSource other =
        GitSource.open(directory.resolve("other"), work.toString(), ref, GitAccess.USUAL)) {
      return other.fetch();
    }
  }

  @Test
  void aTagLeadsToItsCommitAndIsFollowedWhereItIsMoved() throws Exception {
    String first = commit("One", "a.yaml", "one");
    git.tag().setName("light").setAnnotated(false).call();
    git.tag().setName("v1").setMessage("The first").setSigned(false).call();
    String second = commit("Two", "a.yaml", "two");

    assertEquals(first, fetched(new GitRef.Tag("light")).id());
    assertEquals(first, fetched(new GitRef.Tag("v1")).id());
    git.tag().setName("v1").setMessage("Moved").setSigned(false).setForceUpdate(true).call();
    assertEquals(second, fetched(new GitRef.Tag("v1")).id());
    SourceException none = assertThrows(SourceException.class, () -> fetched(new GitRef.Tag("v2")));
    assertEquals(work + ": has no tag v2", none.getMessage());
  }

  @Test
  void oneCommitIsHeldAlsoAfterTheBranchHasMoved() throws Exception {
    String first = commit("One", "a.yaml", "one");
    commit("Two", "a.yaml", "two");
    git.getRepository()
        .getConfig()
        .setBoolean("uploadpack", null, "allowReachableSHA1InWant", true);
    git.getRepository().getConfig().save();

    assertEquals(first, fetched(new GitRef.Commit(first)).id());
    GitRef none = new GitRef.Commit("0123456789012345678901234567890123456789");
    SourceException refused = assertThrows(SourceException.class, () -> fetched(none));
    assertTrue(refused.getMessage().contains("is there a " + none), refused.getMessage());
  }

  @Test
  void whatCannotBeARefIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new GitRef.Branch("a..b"));
    assertThrows(IllegalArgumentException.class, () -> new GitRef.Tag(""));
    assertThrows(IllegalArgumentException.class, () -> new GitRef.Commit("3f2c1ab"));
  }

  @Test
  void whatIsInASubmoduleOrKeptByLfsIsNamed() throws Exception {
    commit(
        "Big",
        "hosts/alpha.yaml",
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n");
    ObjectId commit = git.getRepository().resolve("HEAD");
    DirCache index = git.getRepository().lockDirCache();
    DirCacheEditor editor = index.editor();
    editor.add(
        new DirCacheEditor.PathEdit("base") {
          @Override
          public void apply(DirCacheEntry entry) {
            entry.setFileMode(FileMode.GITLINK);
            entry.setObjectId(commit);
          }
        });
    assertTrue(editor.commit());
    git.commit().setSign(false).setMessage("Submodule").call();
    Revision revision = source.fetch();

    IOException lfs = assertThrows(IOException.class, () -> text(revision, "hosts/alpha.yaml"));
    assertTrue(lfs.getMessage().startsWith("it is a pointer of Git LFS"), lfs.getMessage());
    IOException in = assertThrows(IOException.class, () -> text(revision, "base/compute.yaml"));
    assertTrue(in.getMessage().startsWith("it is in the submodule base,"), in.getMessage());
    assertThrows(NoSuchFileException.class, () -> text(revision, "hosts/beta.yaml"));
  }

  @Test
  void aBrokenFileIsReportedWithItsPlaceInTheRepository() throws Exception {
    commit("Broken", "hosts/alpha.yaml", "version: 1\nbridgs: {}\n");

    Loaded loaded = load(source.fetch(), "hosts/alpha.yaml");

    assertTrue(loaded.hasErrors());
    String line = loaded.problems().get(0).line();
    assertTrue(line.startsWith("hosts/alpha.yaml:2:1: "), line);
  }

  @Test
  void aMissingFileIsAProblemOfThatFile() throws Exception {
    commit("Other", "hosts/beta.yaml", GOOD);

    Loaded loaded = load(source.fetch(), "hosts/alpha.yaml");

    assertTrue(loaded.hasErrors());
    assertTrue(loaded.problems().get(0).line().startsWith("hosts/alpha.yaml"));
  }

  @Test
  void anIncludeThatLeadsOutOfTheTreeIsRefused() throws Exception {
    Files.writeString(directory.resolve("outside.yaml"), GOOD);
    commit("Escape", "hosts/alpha.yaml", "version: 1\ninclude: [../../outside.yaml]\n");

    Loaded loaded = load(source.fetch(), "hosts/alpha.yaml");

    assertTrue(loaded.hasErrors());
    assertTrue(
        loaded.problems().get(0).line().contains("leads out of the repository"),
        loaded.problems().toString());
  }

  @Test
  void aSymbolicLinkIsRefused() throws Exception {
    Files.writeString(directory.resolve("outside.yaml"), GOOD);
    Files.createDirectories(work.resolve("base"));
    Files.createSymbolicLink(work.resolve("base/link.yaml"), directory.resolve("outside.yaml"));
    commit("Link", "hosts/alpha.yaml", "version: 1\ninclude: [../base/link.yaml]\n");

    Loaded loaded = load(source.fetch(), "hosts/alpha.yaml");

    assertTrue(loaded.hasErrors());
    assertTrue(
        loaded.problems().get(0).line().contains("symbolic link"), loaded.problems().toString());
  }

  @Test
  void readingADirectoryOrNothingSaysSo() throws Exception {
    commit("One", "hosts/alpha.yaml", GOOD);
    var files = source.files(source.fetch());

    IOException directory = assertThrows(IOException.class, () -> files.read("hosts", 10));
    assertEquals("it is a directory", directory.getMessage());
    assertThrows(NoSuchFileException.class, () -> files.read("nothing", 10));
  }

  @Test
  void noMoreThanTheLimitAndOneByteIsRead() throws Exception {
    commit("Long", "a.yaml", "x".repeat(100_000));

    assertEquals(11, source.files(source.fetch()).read("a.yaml", 10).length);
  }

  @Test
  void theLastGoodRevisionOutlivesTheProcess() throws Exception {
    commit("One", "a.yaml", "one");
    assertNull(source.good());
    Revision good = source.fetch();
    source.keepAsGood(good);
    commit("Two", "a.yaml", "two");
    source.fetch();
    source.close();

    try (GitSource again =
        GitSource.open(
            directory.resolve("clone"),
            work.toString(),
            new GitRef.Branch("main"),
            GitAccess.USUAL)) {
      assertEquals(good, again.good());
      assertEquals("Two", again.fetched().subject());
      byte[] content = again.files(good).read("a.yaml", 10);
      assertEquals("one", new String(content, StandardCharsets.UTF_8));
    }
  }

  @Test
  void manyCommitsDoNotFillTheCloneWithPacks() throws Exception {
    for (int i = 0; i < 60; i++) {
      commit("Commit " + i, "a.yaml", "content " + i);
      source.fetch();
    }

    try (Stream<Path> packs = Files.list(directory.resolve("clone/objects/pack"))) {
      long count = packs.filter(file -> file.toString().endsWith(".pack")).count();
      assertTrue(count <= 51, count + " packs");
    }
    assertEquals("content 59", text(source.fetch(), "a.yaml"));
  }

  @Test
  void nothingIsWrittenBelowTheUsersHome() throws Exception {
    Path config = Path.of(System.getProperty("user.home"), ".config", "jgit");
    boolean before = Files.exists(config);
    commit("One", "a.yaml", "one");
    source.fetch();

    assertEquals(before, Files.exists(config));
  }
}
