// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Debian's sshd on port 2222 of the throwaway host, for root with the key {@code user} in the
 * directory. The test's own mount namespace gets a {@code /run} and the users that it needs.
 */
final class SshServer implements AutoCloseable {
  static final int PORT = 2222;

  private final Path directory;
  private final String run;

  private SshServer(Path directory, String run) {
    this.directory = directory;
    this.run = run;
  }

  static SshServer start(Path directory) throws Exception {
    String unpacked = Sh.run("../tools/openssh || true").strip();
    if (unpacked.isEmpty()) {
      System.err.println("Debian's openssh-server cannot be had: test skipped here");
      Assumptions.abort("Debian's openssh-server cannot be had");
    }
    String run = "LD_LIBRARY_PATH=" + unpacked + "/lib " + unpacked;
    SshServer server = new SshServer(directory, run);
    server.key("host", "");
    server.key("user", "");
    Files.copy(directory.resolve("user.pub"), directory.resolve("authorized"));
    Sh.run("mount -t tmpfs none /run && mkdir -p /run/sshd");
    server.replace(
        "/etc/passwd", "root:x:0:0::/root:/bin/sh\nsshd:x:101:65534::/run/sshd:/bin/false\n");
    server.replace("/etc/shadow", "root:*:19000:0:99999:7:::\nsshd:*:19000:0:99999:7:::\n");
    server.listen("host");
    return server;
  }

  private void replace(String file, String text) throws IOException {
    Path own = Files.writeString(directory.resolve(Path.of(file).getFileName()), text);
    Sh.run("mount --bind " + own + " " + file);
  }

  /** Makes a key pair NAME and NAME.pub. */
  Path key(String name, String passphrase) {
    Path file = directory.resolve(name);
    Sh.run(run + "/usr/bin/ssh-keygen -q -t ed25519 -N '" + passphrase + "' -f " + file);
    return file;
  }

  /** Listens with this host key. */
  void listen(String hostKey) throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("sshd_config"),
            String.join(
                "\n",
                "Port " + PORT,
                "ListenAddress 127.0.0.1",
                "HostKey " + directory.resolve(hostKey),
                "PidFile " + directory.resolve("pid"),
                "AuthorizedKeysFile " + directory.resolve("authorized"),
                "StrictModes no",
                "UsePAM no",
                "PermitRootLogin prohibit-password",
                ""));
    Sh.run(run + "/usr/sbin/sshd -f " + config + " -E " + directory.resolve("sshd.log"));
    for (int i = 0; i < 1_500; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT), 1000);
        return;
      } catch (IOException e) {
        Thread.sleep(20);
      }
    }
    throw new IllegalStateException(Files.readString(directory.resolve("sshd.log")));
  }

  /** A line for known_hosts. */
  String known(String hostKey) throws IOException {
    String[] key = Files.readString(directory.resolve(hostKey + ".pub")).split(" ", -1);
    return "[127.0.0.1]:" + PORT + " " + key[0] + " " + key[1] + "\n";
  }

  void stop() {
    Sh.run(
        "kill $(cat "
            + directory.resolve("pid")
            + ") && while pgrep -F "
            + directory.resolve("pid")
            + " > /dev/null 2>&1; do sleep 0.05; done");
  }

  @Override
  public void close() {
    stop();
  }
}
