// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of the test kit, and what it says of repositories. */
class ReadmeTest {
  private static final Path NETWORK = Path.of("src/test/resources/network");

  @Test
  void theReadmeShowsTheExampleThatRuns() throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/dev/plumbline/testkit/OurHostsProperties.java"));
    String example =
        source.substring(
            source.indexOf("// README: begin\n") + "// README: begin\n".length(),
            source.indexOf("// README: end"));
    assertTrue(
        Files.readString(Path.of("README.md")).contains("```java\n" + example + "```"),
        "testkit/README.md shows another example than OurHostsProperties");
  }

  @Test
  void hostsAreThoseOfTheRepositoryWithWhatTheyInclude() {
    Repository repository = Repository.of(NETWORK);
    assertEquals(List.of("hv-01", "hv-02"), repository.hosts());
    assertThrows(IllegalArgumentException.class, () -> repository.withCards("hv-03", "eth0"));
  }

  @Test
  void mistakesOfFilesAreToldWithTheirPlaces(@TempDir Path root) throws IOException {
    Files.createDirectory(root.resolve("hosts"));
    assertTrue(message(root).contains("no host's file"), () -> message(root));
    Files.writeString(root.resolve("hosts/a.yaml"), "version: 1\nbridge: {}\n");
    Files.writeString(root.resolve("hosts/b.yaml"), "version: 1\ninclude: [none.yaml]\n");
    String message = message(root);
    assertTrue(message.contains("hosts/a.yaml:2:1: "), message);
    assertTrue(message.contains("hosts/b.yaml:2:"), message);
  }

  @Test
  void aFileThatCanNeverBeAppliedIsToldBeforeAnythingIsTried(@TempDir Path root)
      throws IOException {
    Files.createDirectory(root.resolve("hosts"));
    Files.writeString(
        root.resolve("hosts/hv-01.yaml"), "version: 1\nhost: hv-01\nbridges: {br0: {rstp: {}}}\n");
    Repository repository = Repository.of(root);
    String message =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, repository::situations).getMessage());
    assertTrue(message.startsWith("hosts/hv-01.yaml on "), message);
    assertTrue(message.contains("rstp"), message);
  }

  @Test
  void aHostWhoseLabelsChooseItsFileIsThereWithEach(@TempDir Path root) throws IOException {
    Files.createDirectory(root.resolve("hosts"));
    for (String name : List.of("a", "b")) {
      Files.writeString(
          root.resolve("hosts/" + name + ".yaml"), "version: 1\ndummies: {" + name + ": {}}\n");
    }
    Files.writeString(
        root.resolve("plumbline.yaml"),
        """
        version: 1
        hosts:
          - {match: {host: hv-01, labels: {rack: a}}, path: hosts/a.yaml}
          - {match: {host: hv-01}, path: hosts/b.yaml}
        """);
    Repository repository = Repository.of(root);
    assertEquals(List.of("hv-01"), repository.hosts());
    Set<String> files = new TreeSet<>();
    repository
        .situations()
        .allValues()
        .orElseThrow()
        .forEach(each -> files.add(each.after().name()));
    assertTrue(files.containsAll(List.of("hosts/a.yaml", "hosts/b.yaml")), files::toString);
  }

  private static String message(Path root) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> Repository.of(root)).getMessage());
  }
}
