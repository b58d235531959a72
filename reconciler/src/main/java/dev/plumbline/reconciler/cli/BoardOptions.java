// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.agent.AgentOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where hosts tell each other how they are, for rollouts in waves. */
final class BoardOptions {
  @Option(
      names = "--push-status",
      description = {
        "Tell hosts of later waves how this one is: in refs/plumbline/status/HOST of the repository,",
        "or at --status-url. Needs the right to push."
      })
  private boolean tells;

  @Option(
      names = "--status-url",
      paramLabel = "URL",
      description = "Read the statuses of all hosts there, and put this one's at URL/HOST.")
  private @Nullable String url;

  @Option(
      names = "--status-token-file",
      paramLabel = "FILE",
      description = "A token for --status-url, in the file's first line.")
  private @Nullable Path token;

  AgentOptions.Board board() {
    if (token != null && url == null) {
      throw new CommandException("--status-token-file is of no use without --status-url");
    }
    return new AgentOptions.Board(tells, url, token);
  }
}
