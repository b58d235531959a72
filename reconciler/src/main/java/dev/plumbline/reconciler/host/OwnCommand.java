// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command line that starts this very plumbline once more. */
public final class OwnCommand {
  private static final String MAIN = "dev.plumbline.reconciler.cli.Main";

  private OwnCommand() {}

  /**
   * The command for plumbline with these arguments: the same Java with the same options and class
   * path, and for an agent the heap that {@code ./plumbline} gives it.
   */
  public static List<String> of(String... arguments) throws IOException {
    return of(List.of(), arguments);
  }

  /**
   * As {@link #of(String...)}.
   *
   * @param options of Java, which count where this process has others
   */
  public static List<String> of(List<String> options, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    String own = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8);
    List<String> words = List.of(own.split("\0"));
    int main = words.indexOf(MAIN);
    if (main > 0) {
      command.addAll(words.subList(0, main));
    } else {
      // Started in another way, from a test or an IDE.
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    }
    // On a lab host the command starts in another directory.
    int classPath = command.indexOf("-cp") + 1;
    command.set(classPath, absolute(command.get(classPath)));
    // Nobody's terminal: the output is read by who starts it.
    command.removeIf(word -> word.startsWith("-Dplumbline.terminals="));
    if (arguments.length > 0 && arguments[0].equals("agent")) {
      command.addAll(1, List.of("-Xms8m", "-Xmx256m", "-Xss512k"));
    }
    command.addAll(options); // the last one of a sort is the one that counts
    command.add(MAIN);
    command.addAll(List.of(arguments));
    return command;
  }

  private static String absolute(String classPath) {
    return Stream.of(classPath.split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
