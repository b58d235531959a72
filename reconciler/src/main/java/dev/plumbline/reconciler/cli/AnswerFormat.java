// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** How what an agent says of itself is printed. */
final class AnswerFormat {
  /** For {@code -o}. */
  enum Format {
    text,
    json
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "text (default) or json.")
  private Format format = Format.text;

  /** Prints it. */
  int print(Object tree, Function<Node, String> text, Console console) {
    console.out().print(isJson() ? JsonTree.document(tree) : text.apply(Node.of(tree)));
    return ExitCode.DONE;
  }

  boolean isJson() {
    return format == Format.json;
  }
}
