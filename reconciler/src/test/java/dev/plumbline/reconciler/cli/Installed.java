// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.netlink.testing.Sh;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.spi.ToolProvider;

/**
 * The program {@code plumbline} as packages have it: jars of the classes under test, the script
 * that starts it, and the archive of classes that halves the time of each start.
 */
final class Installed {
  private Installed() {}

  /** Makes {@code bin/plumbline} in the directory, in place of what is there. */
  static Path in(Path place) throws IOException, InterruptedException {
    Path directory = Files.createDirectories(place).toRealPath();
    Path lib = directory.resolve("lib");
    Sh.run("rm -rf " + quoted(lib));
    Files.createDirectories(lib);
    ToolProvider jar = ToolProvider.findFirst("jar").orElseThrow();
    String classes = File.separator + Path.of("target", "classes");
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path from = Path.of(entry);
      if (entry.endsWith(".jar") && Files.exists(from)) {
        Files.createSymbolicLink(lib.resolve(from.getFileName()), from);
      } else if (entry.endsWith(classes)) {
        Path module = from.getParent().getParent().getFileName();
        String file = lib.resolve(module + "-0.jar").toString();
        int code = jar.run(System.out, System.err, "--create", "--file", file, "-C", entry, ".");
        if (code != 0) {
          throw new IOException(entry + " cannot be packed");
        }
      }
    }
    Path bin = Files.createDirectories(directory.resolve("bin"));
    String common =
        """
        #!/usr/bin/env bash
        set -euo pipefail
        lib=%1$s archive=%2$s home=%3$s advice="no Java"
        . "$home"/packaging/launch.sh
        find_java
        """
            .formatted(
                quoted(lib),
                quoted(directory.resolve("plumbline.jsa")),
                quoted(Path.of("..").toRealPath()));
    Path archive = script(bin.resolve("make-archive"), common + "make_archive\n");
    int code = clean(new ProcessBuilder(archive.toString())).inheritIO().start().waitFor();
    if (code != 0) {
      throw new IOException("no archive of classes: " + code);
    }
    return script(bin.resolve("plumbline"), common + "launch \"$@\"\n");
  }

  /**
   * Without the environment of whoever runs the tests, but for where programs are: git would work
   * in the repository that GIT_DIR names, Java prints a line for JAVA_TOOL_OPTIONS, messages are in
   * the language of LANG.
   */
  static ProcessBuilder clean(ProcessBuilder builder) {
    builder.environment().keySet().retainAll(Set.of("PATH", "JAVA_HOME", "TMPDIR"));
    builder.environment().put("LC_ALL", "C.UTF-8");
    return builder;
  }

  /** As one word for a shell. */
  static String quoted(Path path) {
    return "'" + path.toString().replace("'", "'\\''") + "'";
  }

  static Path script(Path file, String text) throws IOException {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
