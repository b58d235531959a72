// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.api.ApiOptions;
import dev.plumbline.reconciler.report.NotifyOptions;
import dev.plumbline.reconciler.source.GitAccess;
import dev.plumbline.reconciler.source.GitRef;
import dev.plumbline.reconciler.source.HostPath;
import dev.plumbline.reconciler.source.Signers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an agent runs.
 *
 * @param from where revisions come from
 * @param host the host's name; null: as {@code uname -n} gives it
 * @param interval between two fetches, or two looks at a file that did not seem to change
 * @param stateDirectory what is remembered, and the clone; one agent at a time may use it
 * @param runDirectory the agent's socket, and what survives it of the embedded switch; gone with a
 *     reboot
 * @param access who may ask it, and where
 * @param notification whom it tells of what; null: nobody
 */
public record AgentOptions(
    From from,
    @Nullable String host,
    Duration interval,
    Path stateDirectory,
    Path runDirectory,
    ApiOptions access,
    @Nullable NotifyOptions notification) {

  /** Where revisions come from. */
  public sealed interface From {}

  /**
   * A branch, tag or commit of a Git repository.
   *
   * @param signers whose commits may be applied; null: anybody's
   * @param path of the host's file in it, see {@link HostPath}; null: as its {@code plumbline.yaml}
   *     says, or the usual one
   * @param labels that the host has, by which {@code plumbline.yaml} may choose
   * @param holdRollbacks does not apply a commit that does not come after the applied one
   * @param board where hosts tell how they are
   */
  public record Git(
      String url,
      GitRef ref,
      GitAccess access,
      @Nullable Signers signers,
      @Nullable String path,
      Map<String, String> labels,
      boolean holdRollbacks,
      Board board)
      implements From {
    public Git {
      labels = Map.copyOf(labels);
    }

    /** Anybody's commits, whatever came before them. */
    public Git(String url, GitRef ref, GitAccess access, @Nullable String path) {
      this(url, ref, access, null, path, Map.of(), false, Board.USUAL);
    }
  }

  /**
   * Where hosts tell how they are, for those of later waves.
   *
   * @param tells whether this one does
   * @param url where; null: in references of the repository
   * @param token a file with a token for the URL; null: none is sent
   */
  public record Board(boolean tells, @Nullable String url, @Nullable Path token) {
    public static final Board USUAL = new Board(false, null, null);
  }

  /** A file. */
  public record File(Path path) implements From {}

  /** The time between fetches if none is given. */
  public static final Duration USUAL_INTERVAL = Duration.ofSeconds(30);

  public AgentOptions {
    if (interval.compareTo(Duration.ofMillis(100)) < 0) {
      throw new IllegalArgumentException(
          "the interval is " + interval.toMillis() + " ms, less than 100 ms");
    }
  }

  /** An agent that root alone asks, on its socket. */
  public AgentOptions(
      From from, @Nullable String host, Duration interval, Path stateDirectory, Path runDirectory) {
    this(from, host, interval, stateDirectory, runDirectory, ApiOptions.NONE, null);
  }

  /** What is followed in a repository; null: a file is. */
  @Nullable GitRef followed() {
    return from instanceof Git git ? git.ref() : null;
  }
}
