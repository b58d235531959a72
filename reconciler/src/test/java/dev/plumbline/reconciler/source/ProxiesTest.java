// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.jgit.api.Git;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxiesTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "http_proxy", "http://plain:3128",
          "HTTPS_PROXY", "secure:8080",
          "ALL_PROXY", "socks5://all",
          "HTTP_PROXY", "http://evil:1",
          "no_proxy", "localhost, .corp.example,10.0.0.1");

  private static String proxy(Map<String, String> environment, String uri) {
    return new Proxies(environment).select(URI.create(uri)).toString();
  }

  @ParameterizedTest
  @CsvSource({
    "http://git.example/x, plain/<unresolved>:3128",
    "https://git.example/x, secure/<unresolved>:8080",
    "https://localhost/x, DIRECT",
    "https://git.corp.example/x, DIRECT",
    "https://corp.example/x, DIRECT",
    "https://notcorp.example/x, secure",
    "http://10.0.0.1/x, DIRECT",
    "ssh://git.example/x, DIRECT"
  })
  void theEnvironmentIsReadAsCurlReadsIt(String uri, String proxy) {
    String chosen = proxy(ENVIRONMENT, uri);
    assertTrue(chosen.contains(proxy), chosen);
  }

  @Test
  void oneForAllAndNoneForAll() {
    assertTrue(
        proxy(Map.of("all_proxy", "socks5://all"), "http://a/x").contains("SOCKS @ all"),
        proxy(Map.of("all_proxy", "socks5://all"), "http://a/x"));
    Map<String, String> none = Map.of("all_proxy", "all", "NO_PROXY", "*");
    assertEquals("[DIRECT]", proxy(none, "https://a/x"));
    assertThrows(
        IllegalArgumentException.class, () -> Proxies.install(Map.of("http_proxy", "http://a b")));
  }

  /** The server is its own proxy: only that knows where the name leads. */
  @Test
  void aFetchGoesByTheProxy(@TempDir Path directory) throws Exception {
    Path work = directory.resolve("hosts");
    try (Git git = Git.init().setDirectory(work.toFile()).setInitialBranch("main").call()) {
      Files.writeString(work.resolve("a.yaml"), "one");
      git.add().addFilepattern(".").call();
      git.commit().setSign(false).setMessage("One").setAuthor("Ann", "a@b").call();
    }
    ProxySelector before = ProxySelector.getDefault();
    try (GitHttpServer server = new GitHttpServer(directory, "")) {
      Proxies.install(Map.of("http_proxy", "http://127.0.0.1:" + server.port()));
      try (GitSource source =
          GitSource.open(
              directory.resolve("clone"),
              "http://git.invalid/hosts/.git",
              new GitRef.Branch("main"),
              GitAccess.USUAL)) {
        assertEquals("One", source.fetch().subject());
      }
      assertTrue(
          server.asked.get(0).startsWith("GET http://git.invalid/hosts/.git/info/refs"),
          server.asked.toString());
    } finally {
      ProxySelector.setDefault(before);
    }
  }
}
