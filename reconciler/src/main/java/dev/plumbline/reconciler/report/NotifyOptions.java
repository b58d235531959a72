// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.report;

import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is told of what.
 *
 * @param url where to post it, http or https
 * @param about of what
 * @param tokenFile the bearer token, in its first line; null: none
 */
public record NotifyOptions(URI url, Set<Subject> about, @Nullable Path tokenFile) {
  public NotifyOptions {
    about = Set.copyOf(about);
    String scheme = String.valueOf(url.getScheme());
    if (!(scheme.equals("http") || scheme.equals("https")) || url.getHost() == null) {
      throw new IllegalArgumentException("`" + url + "` is no http: or https: URL");
    }
    if (about.isEmpty()) {
      throw new IllegalArgumentException("there is nothing to be told of");
    }
  }
}
