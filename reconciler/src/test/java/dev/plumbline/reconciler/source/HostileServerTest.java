// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are slow, broken, or want to do harm. */
@Timeout(120)
class HostileServerTest {
  private static final FetchLimits LIMITS =
      new FetchLimits(Duration.ofSeconds(90), Duration.ofSeconds(30), 1 << 20, 1 << 20);
  private static final String ADVERTISEMENT =
      String.join(
          "\r\n",
          "HTTP/1.1 200 OK",
          "Content-Type: application/x-git-upload-pack-advertisement",
          "Content-Length: 1000000",
          "",
          "");

  @TempDir private Path directory;
  private Path work;

  @BeforeEach
  void repository() throws IOException {
    work = Files.createDirectory(directory.resolve("work"));
    git("init -q -b main .");
    commit("hosts/alpha.yaml", "version: 1\n".getBytes(StandardCharsets.UTF_8));
  }

  private String git(String arguments) {
    return Sh.run(
        "cd "
            + work
            + " && HOME="
            + directory
            + " git -c user.name=Ann -c user.email=ann@example.org "
            + arguments);
  }

  private void commit(String path, byte[] content) throws IOException {
    Path file = work.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    git("add -A");
    git("commit -q -m One");
  }

  private GitSource source(int port, FetchLimits limits) throws IOException {
    return GitSource.open(
        directory.resolve("clone"),
        "http://127.0.0.1:" + port + "/work",
        new GitRef.Branch("main"),
        GitAccess.USUAL,
        limits);
  }

  /** What a server does with each connection. */
  @FunctionalInterface
  private interface Answer {
    void to(Socket socket) throws Exception;
  }

  /** Work of a server. */
  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  private static void daemon(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (Exception e) {
                Thread.onSpinWait(); // whoever asked has gone
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static ServerSocket serve(Answer answer) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(
        () -> {
          while (!server.isClosed()) {
            Socket socket = server.accept();
            daemon(
                () -> {
                  try (socket) {
                    answer.to(socket);
                  }
                });
          }
        });
    return server;
  }

  private String refused(int port) throws IOException {
    return refused(port, LIMITS);
  }

  private String refused(int port, FetchLimits limits) throws IOException {
    try (GitSource source = source(port, limits)) {
      SourceException refused = assertThrows(SourceException.class, source::fetch);
      assertFalse(refused.needsUser(), refused.getMessage());
      assertFalse(refused.getMessage().contains("\n"), refused.getMessage());
      return refused.getMessage();
    }
  }

  @Test
  void aServerThatNeverAnswersIsGivenUp() throws Exception {
    try (ServerSocket server = serve(socket -> Thread.sleep(60_000))) {
      FetchLimits limits =
          new FetchLimits(Duration.ofSeconds(60), Duration.ofSeconds(1), 1 << 20, 1 << 20);
      refused(server.getLocalPort(), limits);
    }
  }

  private static void drip(Socket socket, String start) throws Exception {
    OutputStream out = socket.getOutputStream();
    out.write(start.getBytes(StandardCharsets.US_ASCII));
    while (true) {
      out.write('a');
      out.flush();
      Thread.sleep(200);
    }
  }

  @Test
  void aServerThatSendsAByteNowAndThenIsGivenUpInTheHeadersAndAfter() throws Exception {
    for (String start : new String[] {"HTTP/1.1 200 OK\r\nX-Long: ", ADVERTISEMENT + "001e#"}) {
      try (ServerSocket server = serve(socket -> drip(socket, start))) {
        FetchLimits limits =
            new FetchLimits(Duration.ofSeconds(3), Duration.ofSeconds(30), 1 << 20, 1 << 20);
        String message = refused(server.getLocalPort(), limits);
        assertTrue(
            message.endsWith("/work: the fetch was given up: it took longer than 3 s"), message);
      }
    }
  }

  @Test
  void garbageIsAnError() throws Exception {
    byte[] garbage = new byte[10_000];
    new Random(1).nextBytes(garbage);
    try (ServerSocket server =
        serve(
            socket -> {
              socket.getOutputStream().write(ADVERTISEMENT.getBytes(StandardCharsets.US_ASCII));
              socket.getOutputStream().write(garbage);
            })) {
      refused(server.getLocalPort());
    }
    try (ServerSocket server = serve(socket -> socket.getOutputStream().write(garbage))) {
      refused(server.getLocalPort());
    }
  }

  private static int find(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }

  /** Nothing of a fetch that failed is left, and the next one brings everything. */
  private void recovers(GitHttpServer server) throws Exception {
    server.spoil = output -> output;
    try (GitSource source = source(server.port(), LIMITS)) {
      Revision fetched = source.fetch();
      assertEquals(git("rev-parse HEAD").strip(), fetched.id());
      assertEquals(11, source.files(fetched).read("hosts/alpha.yaml", 100).length);
    }
    try (Stream<Path> files = Files.list(directory.resolve("clone/objects"))) {
      assertEquals(0, files.filter(file -> file.toString().contains("incoming_")).count());
    }
  }

  @Test
  void anAnswerThatIsCutOffAnywhereLeavesNothingBehind() throws Exception {
    try (GitHttpServer server = new GitHttpServer(directory, "")) {
      for (int part = 1; part <= 9; part++) {
        int tenths = part;
        server.spoil =
            output ->
                find(output, "PACK") < 0
                    ? output
                    : Arrays.copyOf(
                        output,
                        find(output, "PACK")
                            + (output.length - find(output, "PACK")) * tenths / 10);
        refused(server.port());
      }
      recovers(server);
    }
  }

  @Test
  void aPackThatSaysThatItHasCountlessObjectsOrIsAlteredIsRefused() throws Exception {
    try (GitHttpServer server = new GitHttpServer(directory, "")) {
      server.spoil =
          output -> {
            int pack = find(output, "PACK");
            if (pack > 0) {
              output[pack + 8] = 0x7f;
              Arrays.fill(output, pack + 9, pack + 12, (byte) 0xff);
            }
            return output;
          };
      refused(server.port());
      server.spoil =
          output -> {
            int pack = find(output, "PACK");
            if (pack > 0) {
              output[(pack + output.length) / 2] ^= 1;
            }
            return output;
          };
      refused(server.port());
      recovers(server);
    }
  }

  @Test
  void aSmallPackThatUnpacksToALotIsRefused() throws Exception {
    commit("zeros", new byte[8 << 20]);
    try (GitHttpServer server = new GitHttpServer(directory, "")) {
      String message = refused(server.port());
      assertTrue(message.contains("limit"), message);
      git("rm -q zeros");
      git("commit -q -m Two");
      recovers(server);
    }
  }

  @Test
  void aPackThatIsTooLargeIsGivenUp() throws Exception {
    // Half of it comes, and then nothing: the guard has all the time to look.
    byte[] noise = new byte[512 << 10];
    Random random = new Random(2);
    for (int i = 0; i < 6; i++) {
      random.nextBytes(noise);
      commit("noise" + i, noise);
    }
    FetchLimits limits =
        new FetchLimits(Duration.ofSeconds(60), Duration.ofSeconds(10), 1 << 20, 1 << 20);
    try (GitHttpServer server = new GitHttpServer(directory, "");
        ServerSocket slow = serve(socket -> Stalling.relay(socket, server.port(), 2 << 20));
        GitSource source = source(slow.getLocalPort(), limits)) {
      SourceException refused = assertThrows(SourceException.class, source::fetch);
      assertTrue(
          refused.getMessage().endsWith("given up: it would bring more than 1 MiB"),
          refused.getMessage());
    }
  }

  @Test
  void whatAKilledProcessLeftInTheCloneIsSweptAway() throws Exception {
    Path clone = directory.resolve("clone");
    try (GitHttpServer server = new GitHttpServer(directory, "")) {
      try (GitSource source = source(server.port(), LIMITS)) {
        source.keepAsGood(source.fetch());
      }
      for (String left :
          new String[] {
            "refs/plumbline/fetched.lock",
            "refs/plumbline/good.lock",
            "shallow.lock",
            "config.lock",
            "packed-refs.lock",
            "objects/incoming_1.pack",
            "objects/pack/gc_1.pack_tmp"
          }) {
        Files.writeString(clone.resolve(left), "");
      }
      git("commit -q --allow-empty -m Two");
      recovers(server);
      // Killed while the clone itself was made.
      Files.delete(clone.resolve("HEAD"));
      recovers(server);
      Files.delete(clone.resolve("config"));
      recovers(server);
    }
  }
}
