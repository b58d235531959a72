// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * As {@link HostileServerTest}, over ssh: before the login a socket of our own, after it Debian's
 * sshd with a command of ours in git's place. Not in user-mode Linux too: nothing of it is another
 * kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@Timeout(120)
class HostileSshTest {
  private static final FetchLimits LIMITS =
      new FetchLimits(Duration.ofSeconds(90), Duration.ofSeconds(30), 1 << 20, 1 << 20);
  private static final FetchLimits THREE_SECONDS =
      new FetchLimits(Duration.ofSeconds(3), Duration.ofSeconds(30), 1 << 20, 1 << 20);
  private static final FetchLimits NO_SILENCE =
      new FetchLimits(Duration.ofSeconds(60), Duration.ofSeconds(1), 1 << 20, 1 << 20);

  @TempDir private Path directory;
  private SshServer server;

  @BeforeEach
  void aRepositoryBehindSsh() throws Exception {
    Files.createDirectory(directory.resolve("work"));
    git("init -q -b main .");
    commit("a.yaml", "version: 1\n".getBytes(StandardCharsets.UTF_8));
    server = SshServer.start(directory);
    Files.writeString(directory.resolve("known_hosts"), server.known("host"));
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private void git(String arguments) {
    Sh.run(
        "cd "
            + directory.resolve("work")
            + " && HOME="
            + directory
            + " git -c user.name=Ann -c user.email=ann@example.org "
            + arguments);
  }

  private void commit(String file, byte[] content) throws IOException {
    Files.write(directory.resolve("work").resolve(file), content);
    git("add -A");
    git("commit -q -m One");
  }

  /** What runs after the login, whatever is asked for; that is {@code $SSH_ORIGINAL_COMMAND}. */
  private void answer(String command) throws IOException {
    String key = Files.readString(directory.resolve("user.pub"));
    Files.writeString(directory.resolve("authorized"), "command=\"" + command + "\" " + key);
  }

  private GitSource source(int port, FetchLimits limits) throws IOException {
    return GitSource.open(
        directory.resolve("clone"),
        "ssh://root@127.0.0.1:" + port + directory.resolve("work"),
        new GitRef.Branch("main"),
        new GitAccess(null, directory.resolve("user"), directory.resolve("known_hosts")),
        limits);
  }

  private String refused(int port, FetchLimits limits) throws IOException {
    try (GitSource source = source(port, limits)) {
      SourceException refused = assertThrows(SourceException.class, source::fetch);
      String message = String.valueOf(refused.getMessage());
      assertFalse(refused.needsUser(), message);
      assertFalse(message.contains("\n"), message);
      return message;
    }
  }

  /** Nothing of a fetch that failed is left, and the next one brings everything. */
  private void recovers() throws Exception {
    Files.copy(
        directory.resolve("user.pub"),
        directory.resolve("authorized"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    try (GitSource source = source(SshServer.PORT, LIMITS)) {
      assertEquals(11, source.files(source.fetch()).read("a.yaml", 100).length);
    }
    try (Stream<Path> files = Files.list(directory.resolve("clone/objects"))) {
      assertEquals(0, files.filter(file -> file.toString().contains("incoming_")).count());
    }
  }

  /** What a server that knows nothing of ssh does with each connection. */
  private interface Talk {
    void to(OutputStream out) throws IOException, InterruptedException;
  }

  private static ServerSocket serve(Talk talk) throws IOException {
    ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread =
        new Thread(
            () -> {
              while (!listening.isClosed()) {
                try (Socket socket = listening.accept()) {
                  talk.to(socket.getOutputStream());
                } catch (IOException | InterruptedException e) {
                  Thread.onSpinWait(); // whoever asked has gone
                }
              }
            });
    thread.setDaemon(true);
    thread.start();
    return listening;
  }

  @Test
  void aServerThatEndsWithoutAWordIsAskedAgain() throws Exception {
    answer("exit 0");
    String message = refused(SshServer.PORT, LIMITS);
    assertTrue(message.startsWith("ssh://root@127.0.0.1:"), message);
    answer("printf 00a1%.20s 0123456789abcdef0123");
    message = refused(SshServer.PORT, LIMITS);
    assertTrue(message.startsWith("ssh://root@127.0.0.1:"), message);
    recovers();
  }

  @Test
  void aServerThatNeverSpeaksIsGivenUpBeforeTheLoginAndAfter() throws Exception {
    try (ServerSocket silent = serve(out -> Thread.sleep(60_000))) {
      // Before the login nobody counts silence: the limit for all of it ends that.
      refused(silent.getLocalPort(), THREE_SECONDS);
    }
    answer("sleep 60");
    refused(SshServer.PORT, NO_SILENCE);
    recovers();
  }

  @Test
  void aServerThatSendsAByteNowAndThenIsGivenUpBeforeTheLoginAndAfter() throws Exception {
    // Before its version a server may send lines of text (RFC 4253, 4.2).
    Talk drip =
        out -> {
          while (true) {
            out.write("a\r\n".getBytes(StandardCharsets.US_ASCII));
            Thread.sleep(200);
          }
        };
    String slow = "the fetch was given up: it took longer than 3 s";
    try (ServerSocket dripping = serve(drip)) {
      String message = refused(dripping.getLocalPort(), THREE_SECONDS);
      assertTrue(message.endsWith(slow), message);
    }
    for (String start : new String[] {"", "printf 00ff; "}) {
      answer(start + "while printf a; do sleep 0.2; done");
      String message = refused(SshServer.PORT, THREE_SECONDS);
      assertTrue(message.endsWith(slow), message);
    }
    recovers();
  }

  @Test
  void garbageAndAnAnswerThatIsCutOffAreErrors() throws Exception {
    byte[] garbage = new byte[10_000];
    new Random(1).nextBytes(garbage);
    try (ServerSocket noise = serve(out -> out.write(garbage))) {
      refused(noise.getLocalPort(), THREE_SECONDS);
    }
    Files.write(directory.resolve("garbage"), garbage);
    answer("cat " + directory.resolve("garbage"));
    refused(SshServer.PORT, NO_SILENCE);
    for (int bytes : new int[] {3, 100, 300}) {
      answer("sh -c \\\"$SSH_ORIGINAL_COMMAND\\\" | head -c " + bytes);
      // JGit takes an advertisement that is cut off for a repository that is not there.
      try (GitSource source = source(SshServer.PORT, NO_SILENCE)) {
        assertThrows(SourceException.class, source::fetch);
      }
    }
    recovers();
  }

  @Test
  void aPackThatIsTooLargeIsGivenUpAndSoIsASmallOneThatUnpacksToALot() throws Exception {
    commit("zeros", new byte[8 << 20]);
    String message = refused(SshServer.PORT, LIMITS);
    assertTrue(message.contains("limit"), message);
    git("rm -q zeros");
    byte[] noise = new byte[512 << 10];
    Random random = new Random(2);
    for (int i = 0; i < 6; i++) {
      random.nextBytes(noise);
      commit("noise" + i, noise);
    }
    // Most of it comes, and then nothing: the guard has all the time to look.
    answer("sh -c \\\"$SSH_ORIGINAL_COMMAND\\\" | (stdbuf -o0 head -c 2097152; sleep 60)");
    message = refused(SshServer.PORT, LIMITS);
    assertTrue(message.endsWith("given up: it would bring more than 1 MiB"), message);
    git("rm -q noise*");
    git("commit -q -m Two");
    recovers();
  }
}
