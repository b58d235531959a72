// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * {@code agent.yaml}: options, or each mistake in a line. How such a target is run: {@code
 * tools/fuzz}.
 */
public final class AgentFileFuzz {
  private static final Path FILE = file();
  private static final CommandLine PLUMBLINE = Plumbline.commandLine(new CommandRun().console());

  private AgentFileFuzz() {}

  private static Path file() {
    try {
      Path file = Files.createTempFile("agent", ".yaml");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Loads the schema, which takes longer than an input may. */
  public static void fuzzerInitialize() throws IOException {
    fuzzerTestOneInput("version: 1\n".getBytes(StandardCharsets.UTF_8));
  }

  /** One file. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    Files.write(FILE, input);
    CommandLine agent = PLUMBLINE.getSubcommands().get("agent");
    agent.getCommandSpec().preprocessor(new AgentConfiguration(FILE));
    try {
      var unused = PLUMBLINE.parseArgs("agent");
    } catch (AgentConfiguration.Refused e) {
      assertFalse(e.lines().isEmpty());
      for (String line : e.lines()) {
        assertEquals(0, line.indexOf(FILE.toString()), line);
      }
    } catch (ParameterException e) {
      assertFalse(e.getMessage().isBlank());
    }
  }
}
