// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where to listen, and what does not go together. */
class AskingOptionsTest {
  @TempDir Path directory;

  @Test
  void anAddressIsANumberWithAPort() {
    assertEquals("/127.0.0.1:9469", AskingOptions.address("127.0.0.1:9469").toString());
    assertEquals(
        "[0:0:0:0:0:0:0:1]:80", AskingOptions.address("[::1]:80").toString().replace("/", ""));
    assertTrue(AskingOptions.address("0.0.0.0:0").getAddress().isAnyLocalAddress());
    for (String wrong :
        List.of(
            "",
            "9469",
            ":9469",
            "127.0.0.1",
            "127.0.0.1:",
            "127.0.0.1:65536",
            "127.0.0.1:http",
            "::1:9469",
            "host:9469",
            "127.0.0:9469",
            "[127.0.0.1:9469",
            "127.0.0.1:-1")) {
      CommandException refused =
          assertThrows(CommandException.class, () -> AskingOptions.address(wrong), wrong);
      assertTrue(
          String.valueOf(refused.getMessage()).contains("--listen: `" + wrong + "`"),
          refused.getMessage());
    }
  }

  private String refused(String... words) throws Exception {
    Path file = Files.writeString(directory.resolve("host.yaml"), "version: 1\n");
    String[] all = new String[words.length + 4];
    all[0] = "agent";
    all[1] = "--check";
    all[2] = "--file";
    all[3] = file.toString();
    System.arraycopy(words, 0, all, 4, words.length);
    CommandRun run = new CommandRun();
    assertEquals(ExitCode.ERROR, run.execute(all), run.err());
    return run.err();
  }

  @Test
  void whatDoesNotGoTogetherIsRefusedWithItsReason() throws Exception {
    assertTrue(
        refused("--listen", "127.0.0.1:1", "--tls-cert", "c").contains("--tls-cert and --tls-key"));
    assertTrue(
        refused("--listen", "127.0.0.1:1", "--api-token-file", "t")
            .contains("of no use without --tls-cert"));
    assertTrue(refused("--webhook-secret-file", "s").contains("of no use without --listen"));
    assertTrue(refused("--notify-token-file", "t").contains("of no use without --notify-url"));
    assertTrue(refused("--notify-url", "ftp://x").contains("no http: or https: URL"));
    assertTrue(
        refused("--notify-url", "http://x", "--notify-events", "sync,rain")
            .contains("`rain` is nothing to be told of, expected [sync, failure, drift, fight]"));
  }
}
