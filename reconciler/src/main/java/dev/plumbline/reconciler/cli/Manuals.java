// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.AutoComplete;
import picocli.CommandLine;

/**
 * Writes what a package brings along besides the program, all of it from the commands' own
 * descriptions: {@code man1/plumbline.1}, a page for each verb, and {@code completion} for bash.
 */
public final class Manuals {
  private Manuals() {}

  /**
   * Writes all of them.
   *
   * @param arguments the directory to write into
   */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    Path pages = Files.createDirectories(directory.resolve("man1"));
    OutputStream nowhere = OutputStream.nullOutputStream();
    CommandLine root = Plumbline.commandLine(new Console(nowhere, nowhere, false, false, false));
    Files.writeString(pages.resolve("plumbline.1"), ManPage.of(root));
    for (CommandLine verb : root.getSubcommands().values()) {
      if (!verb.getCommandSpec().usageMessage().hidden()) {
        String name = verb.getCommandSpec().qualifiedName("-") + ".1";
        Files.writeString(pages.resolve(name), ManPage.of(verb));
      }
    }
    Files.writeString(directory.resolve("completion"), AutoComplete.bash("plumbline", root));
  }
}
