// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.source.GitAccess;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the agent proves to a repository who it is, and knows that it is the right one. */
final class AccessOptions {
  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = {
        "A token for http: and https: in the file's first line.",
        "Default: the environment variable " + GitAccess.TOKEN + ", or no token."
      })
  private @Nullable Path tokenFile;

  @Option(
      names = "--ssh-key",
      paramLabel = "FILE",
      description = "A private key without a passphrase, for ssh:. Default: ${DEFAULT-VALUE}.",
      defaultValue = GitAccess.USUAL_SSH_KEY)
  private Path sshKey = GitAccess.USUAL.sshKey();

  @Option(
      names = "--known-hosts",
      paramLabel = "FILE",
      description = "The host keys of servers; others are refused. Default: ${DEFAULT-VALUE}.",
      defaultValue = GitAccess.USUAL_KNOWN_HOSTS)
  private Path knownHosts = GitAccess.USUAL.knownHosts();

  GitAccess access() {
    return new GitAccess(tokenFile, sshKey, knownHosts);
  }
}
