// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.agent.AgentOptions;
import dev.plumbline.reconciler.source.GitAccess;
import dev.plumbline.reconciler.source.GitRef;
import dev.plumbline.reconciler.source.HostPath;
import dev.plumbline.reconciler.source.Signers;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Where revisions come from: a repository and what to follow in it, or a file. */
final class SourceOptions {
  static final class From {
    @Option(
        names = "--repo",
        required = true,
        paramLabel = "URL",
        description = "A Git repository: a path, file:, http:, https:, ssh: or user@host:path.")
    private @Nullable String repository;

    @Option(
        names = "--file",
        required = true,
        paramLabel = "FILE",
        description = "A file instead; it and what it includes are watched.")
    private @Nullable Path file;
  }

  @ArgGroup(multiplicity = "1")
  private From from = new From();

  static final class Ref {
    @Option(names = "--branch", paramLabel = "NAME", description = "A branch. Default: main.")
    private @Nullable String branch;

    @Option(names = "--tag", paramLabel = "NAME", description = "A tag instead of a branch.")
    private @Nullable String tag;

    @Option(
        names = "--commit",
        paramLabel = "ID",
        description = "One commit, by its 40 digits, instead of a branch.")
    private @Nullable String commit;

    GitRef chosen() {
      if (tag != null) {
        return new GitRef.Tag(tag);
      }
      return commit != null
          ? new GitRef.Commit(commit)
          : new GitRef.Branch(branch == null ? "main" : branch);
    }
  }

  @ArgGroup private Ref ref = new Ref();

  @Option(
      names = "--path",
      paramLabel = "PATH",
      defaultValue = HostPath.USUAL,
      description = "The host's file in the repository. Default: ${DEFAULT-VALUE}.")
  private String path = HostPath.USUAL;

  /**
   * What was chosen.
   *
   * @param signers whose commits may be applied; null: anybody's
   */
  AgentOptions.From from(GitAccess access, @Nullable Signers signers) {
    Path file = from.file;
    return file != null
        ? new AgentOptions.File(file)
        : new AgentOptions.Git(
            String.valueOf(from.repository), ref.chosen(), access, signers, path);
  }
}
