// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.agent.AgentOptions;
import dev.plumbline.reconciler.source.GitAccess;
import dev.plumbline.reconciler.source.GitRef;
import dev.plumbline.reconciler.source.HostPath;
import dev.plumbline.reconciler.source.Signers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
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

  /** What becomes of a commit that does not come after the one that is applied. */
  enum Rollback {
    follow,
    hold
  }

  @ArgGroup private Ref ref = new Ref();

  @Option(
      names = "--path",
      paramLabel = "PATH",
      description = {
        "The host's file in the repository; {host} and {machine-id} stand for the host's own.",
        "Default: as the repository's plumbline.yaml says, or " + HostPath.USUAL + "."
      })
  private @Nullable String path;

  @Option(
      names = "--label",
      paramLabel = "NAME=VALUE",
      description = "A label of this host, by which plumbline.yaml may choose its file.")
  private Map<String, String> labels = new LinkedHashMap<>();

  @Option(
      names = "--on-rollback",
      paramLabel = "follow|hold",
      defaultValue = "follow",
      description = {
        "What to do with a commit that is older than the applied one or does not descend from it:",
        "apply it, or stay. Default: ${DEFAULT-VALUE}."
      })
  private Rollback onRollback = Rollback.follow;

  /**
   * What was chosen.
   *
   * @param signers whose commits may be applied; null: anybody's
   * @param board where hosts tell how they are
   */
  AgentOptions.From from(GitAccess access, @Nullable Signers signers, AgentOptions.Board board) {
    Path file = from.file;
    return file != null
        ? new AgentOptions.File(file)
        : new AgentOptions.Git(
            String.valueOf(from.repository),
            ref.chosen(),
            access,
            signers,
            path,
            labels,
            onRollback == Rollback.hold,
            board);
  }
}
