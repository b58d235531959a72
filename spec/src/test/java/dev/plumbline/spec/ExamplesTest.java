// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.source.MapSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ExamplesTest {
  private static final Path FOLDER = Path.of("../examples");

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      // What stands in a folder named base is included by others, and says too little by itself.
      // Those named agent hold the agent's configuration, plumbline.yaml is a repository's own.
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.toString().contains("/base/"))
          .filter(file -> !file.toString().contains("/agent/"))
          .filter(file -> !file.endsWith(RepositoryFile.NAME))
          .sorted()
          .toList();
    }
  }

  @TestFactory
  List<DynamicTest> an_example_loads_without_a_warning_and_loads_back_equal() throws IOException {
    return examples().stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)))
        .toList();
  }

  private static void check(Path file) throws IOException {
    assertTrue(
        Files.readString(file).startsWith("# yaml-language-server: $schema="),
        "editors need the line that names the schema");
    Loaded loaded = HostFile.load(file, LoadOptions.defaults());
    assertEquals(List.of(), loaded.problems());
    DesiredState state = loaded.orThrow();
    String written = HostYaml.write(state);
    Loaded again =
        HostFile.load(MapSource.ofTexts(Map.of("f", written)), "f", LoadOptions.defaults());
    assertEquals(List.of(), again.problems(), written);
    assertEquals(state, again.orThrow());
  }

  @Test
  void the_design_pages_file_says_what_needs_the_embedded_switch() {
    DesiredState state =
        HostFile.load(FOLDER.resolve("embedded-switch.yaml"), LoadOptions.defaults()).orThrow();
    assertEquals(
        List.of(
            "bridges.br0",
            "bridges.br-int",
            "internalPorts.mgmt0",
            "internalPorts.web0",
            "patches.p-int",
            "bonds.bond0"),
        state.usesEmbeddedSwitch());
    assertEquals(
        List.of("vm1", "eth1", "bond0", "mgmt0"), List.copyOf(state.portsOf("br0").keySet()));
    assertEquals(List.of("web0", "gre0", "vx"), List.copyOf(state.portsOf("br-int").keySet()));
  }
}
