// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What hosts tell through the references of a repository that git serves over http. */
class StatusRefsTest {
  @TempDir private Path directory;
  private GitHttpServer server;
  private final List<StatusRefs<String>> opened = new ArrayList<>();

  @BeforeEach
  void aRepository() throws IOException {
    Sh.run("git init -q --bare -b main " + repository());
    git("config http.receivepack true");
    server = new GitHttpServer(directory, "");
  }

  @AfterEach
  void close() {
    opened.forEach(StatusRefs::close);
    server.close();
  }

  private Path repository() {
    return directory.resolve("hosts.git");
  }

  private String git(String arguments) {
    return Sh.run("git -C " + repository() + " -c safe.directory='*' " + arguments);
  }

  private StatusRefs<String> open(String name) throws IOException {
    return open(name, StatusRefs.HOSTS);
  }

  private StatusRefs<String> open(String name, int hosts) throws IOException {
    return open(name, "http://127.0.0.1:" + server.port() + "/hosts.git", hosts);
  }

  private StatusRefs<String> open(String name, String url, int hosts) throws IOException {
    StatusRefs<String> refs =
        StatusRefs.open(
            directory.resolve(name),
            url,
            GitAccess.USUAL,
            (host, text) -> {
              if (!text.startsWith("{")) {
                throw new IOException("it is no JSON");
              }
              return host + text;
            },
            hosts);
    opened.add(refs);
    return refs;
  }

  @Test
  void whatOneTellsAnotherReadsAndReadsAgainWhatHasChangedAlone() throws Exception {
    StatusRefs<String> alpha = open("alpha");
    StatusRefs<String> reader = open("reader");
    assertEquals(List.of(), reader.read());
    alpha.tell("alpha", "{1}");
    open("beta").tell("beta", "{2}");
    assertEquals(List.of("alpha{1}", "beta{2}"), reader.read());

    int before = server.asked.size();
    assertEquals(List.of("alpha{1}", "beta{2}"), reader.read());
    List<String> unchanged = server.asked.subList(before, server.asked.size());
    assertEquals(2, unchanged.size(), "what there is, no objects: " + unchanged);

    alpha.tell("alpha", "{3}");
    assertEquals(List.of("alpha{3}", "beta{2}"), reader.read());
    git("update-ref -d refs/plumbline/status/beta");
    assertEquals(List.of("alpha{3}"), reader.read());
    assertTrue(reader.unreadable().isEmpty());
  }

  /** As a path leads to it, JGit is the server too. */
  @Test
  void statusesAreReadWhereTheRepositoryIsAPath() throws Exception {
    String path = repository().toString();
    open("alpha", path, StatusRefs.HOSTS).tell("alpha", "{1}");
    StatusRefs<String> reader = open("reader", path, StatusRefs.HOSTS);
    assertEquals(List.of("alpha{1}"), reader.read());
    open("beta", path, StatusRefs.HOSTS).tell("beta", "{2}");
    assertEquals(List.of("alpha{1}", "beta{2}"), reader.read());
  }

  @Test
  void whatIsNoStatusIsLeftOutAndTheRestIsRead() throws Exception {
    open("alpha").tell("alpha", "{1}");
    open("beta").tell("beta", "{2}");
    String ref = "refs/plumbline/status/";
    git("update-ref " + ref + "garbage $(echo garbage | git -C " + repository() + hash());
    // Packs to 10 KB, and is more than is taken of any object.
    git("update-ref " + ref + "bomb $(head -c 9000000 /dev/zero | git -C " + repository() + hash());
    git("update-ref " + ref + "long $(head -c 9000 /dev/zero | git -C " + repository() + hash());
    String tree = git("hash-object -t tree -w --stdin < /dev/null").strip();
    String commit =
        git("-c user.name=Ann -c user.email=ann@example.org commit-tree -m x " + tree).strip();
    git("update-ref " + ref + "commit " + commit);
    StatusRefs<String> reader = open("reader");
    assertEquals(List.of("alpha{1}", "beta{2}"), reader.read());
    assertEquals(
        "{refs/plumbline/status/bomb=it is larger than the 8192 bytes that are read,"
            + " refs/plumbline/status/commit=it is no blob,"
            + " refs/plumbline/status/garbage=it is no JSON,"
            + " refs/plumbline/status/long=it is larger than the 8192 bytes that are read}",
        reader.unreadable().toString());
    assertEquals(List.of("alpha{1}", "beta{2}"), reader.read());
    assertEquals(4, reader.unreadable().size(), "still known, and not asked for again");
  }

  private static String hash() {
    return " hash-object -w --stdin)";
  }

  @Test
  void noMoreHostsThanTheLimitAreAskedForWhoeverIsNew() throws Exception {
    for (String host : List.of("alpha", "beta", "gamma")) {
      open(host).tell(host, "{1}");
    }
    StatusRefs<String> reader = open("reader", 2);
    assertEquals(List.of("alpha{1}", "beta{1}"), reader.read());
    git("update-ref -d refs/plumbline/status/alpha");
    assertEquals(List.of("beta{1}", "gamma{1}"), reader.read());
  }

  @Test
  void whatWasToldBeforeTakesNoRoom() throws Exception {
    StatusRefs<String> alpha = open("alpha");
    StatusRefs<String> reader = open("reader");
    for (String text : List.of("{1}", "{2}", "{2}", "{1}", "{3}", "{1}")) {
      alpha.tell("alpha", text);
      assertEquals(List.of("alpha" + text), reader.read());
      String objects = "find " + directory.resolve("alpha/objects") + " -type f";
      assertEquals(1, Sh.run(objects).lines().count(), text);
    }
    git("config http.receivepack false");
    for (String text : List.of("{4}", "{5}")) {
      assertThrows(SourceException.class, () -> alpha.tell("alpha", text));
    }
    String objects = "find " + directory.resolve("alpha/objects") + " -type f";
    assertEquals(1, Sh.run(objects).lines().count(), "nor what could not be told");
  }

  @Test
  void aServerThatTakesNothingNeedsSomebody() throws Exception {
    git("config http.receivepack false");
    StatusRefs<String> alpha = open("alpha");
    SourceException refused = assertThrows(SourceException.class, () -> alpha.tell("alpha", "{1}"));
    assertTrue(refused.needsUser(), refused.getMessage());
    assertEquals(List.of(), alpha.read());
    assertThrows(SourceException.class, () -> alpha.tell("../x", "{1}"));

    server.close();
    SourceException gone = assertThrows(SourceException.class, () -> alpha.tell("alpha", "{2}"));
    assertFalse(gone.needsUser(), gone.getMessage());
  }
}
