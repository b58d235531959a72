// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.report.NotifyOptions;
import dev.plumbline.reconciler.report.Subject;
import java.net.URI;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whom the agent tells of what. */
final class NotificationOptions {
  @Option(
      names = "--notify-url",
      paramLabel = "URL",
      description = "Post events there as JSON. Default: nowhere.")
  private @Nullable String url;

  @Option(
      names = "--notify-events",
      paramLabel = "LIST",
      defaultValue = "sync,failure,drift,fight",
      description = "Which ones: some of sync, failure, drift, fight. Default: ${DEFAULT-VALUE}.")
  private String events = "sync,failure,drift,fight";

  @Option(
      names = "--notify-token-file",
      paramLabel = "FILE",
      description = "A bearer token for that, in the file's first line. Default: none.")
  private @Nullable Path tokenFile;

  /**
   * What was given; null: nobody is told.
   *
   * @throws IllegalArgumentException if that cannot be understood
   */
  @Nullable NotifyOptions options() {
    if (url == null) {
      if (tokenFile != null) {
        throw new IllegalArgumentException("--notify-token-file is of no use without --notify-url");
      }
      return null;
    }
    Set<Subject> about = EnumSet.noneOf(Subject.class);
    for (String label : events.split(",", -1)) {
      try {
        about.add(Subject.ofLabel(label.strip()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("--notify-events: " + e.getMessage(), e);
      }
    }
    try {
      return new NotifyOptions(URI.create(url), about, tokenFile);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--notify-url: " + e.getMessage(), e);
    }
  }
}
