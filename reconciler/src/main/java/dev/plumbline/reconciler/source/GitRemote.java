// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.io.EOFException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.api.errors.JGitInternalException;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.errors.NotSupportedException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.sshd.SshdSessionFactory;
import org.jspecify.annotations.Nullable;

/** A repository elsewhere, how to get to it, and in words what went wrong there. */
final class GitRemote {
  private static final String UNKNOWN_SERVER = "Server key did not validate";
  private static final String NO_LOGIN = "Cannot log in";

  /** A password that is missing or wrong, a reader who may not read, a server that nobody knows. */
  private static final Pattern LASTING =
      Pattern.compile(
          "not authorized|not permitted|authentication (is required|not supported)|"
              + UNKNOWN_SERVER
              + "|"
              + NO_LOGIN,
          Pattern.CASE_INSENSITIVE);

  private final URIish uri;
  private final String url;
  private final String shownUrl;
  private final @Nullable GitRef ref;
  private final GitAccess access;

  /**
   * @param url a path, {@code file:}, {@code http:}, {@code https:}, {@code ssh:} or {@code
   *     user@host:path}; a user and password in it are used and never shown
   * @param ref what is asked for; null: nothing that a user has named
   */
  GitRemote(String url, @Nullable GitRef ref, GitAccess access) throws SourceException {
    this.uri = parse(url);
    this.url = uri.toPrivateString();
    this.shownUrl = uri.toString();
    this.ref = ref;
    this.access = access;
  }

  private static URIish parse(String url) throws SourceException {
    try {
      // A path is taken from where plumbline was started, not from the clone.
      return Files.exists(Path.of(url))
          ? new URIish(Path.of(url).toRealPath().toString())
          : new URIish(url);
    } catch (URISyntaxException | IOException | InvalidPathException e) {
      throw new SourceException("`" + url + "` cannot be a repository", e, true);
    }
  }

  /** The URL with its password. */
  String url() {
    return url;
  }

  private boolean isSsh() {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    return scheme.endsWith("ssh") || (scheme.isEmpty() && uri.getHost() != null);
  }

  /** What is done there. */
  @FunctionalInterface
  interface Task<T> {
    T run(Way way) throws GitAPIException, IOException;
  }

  /** The way there, for as long as a task takes. */
  final class Way {
    private final FetchGuard guard;
    private final @Nullable SshdSessionFactory sessions;

    private Way(FetchGuard guard, @Nullable SshdSessionFactory sessions) {
      this.guard = guard;
      this.sessions = sessions;
    }

    ProgressMonitor monitor() {
      return guard.monitor();
    }

    void configure(Transport transport) {
      if (transport instanceof SshTransport ssh) {
        ssh.setSshSessionFactory(sessions);
      }
      if (transport instanceof TransportHttp http) {
        http.setHttpConnectionFactory(guard.http());
      }
    }

    /** A transport that is ready for use. */
    Transport open(Repository local, FetchLimits limits) throws IOException {
      Transport transport = Transport.open(local, uri);
      transport.setTimeout(limits.silenceSeconds());
      transport.setCredentialsProvider(access.credentials(uri));
      configure(transport);
      return transport;
    }
  }

  org.eclipse.jgit.transport.@Nullable CredentialsProvider credentials() throws IOException {
    return access.credentials(uri);
  }

  /**
   * Does it, within limits.
   *
   * @param local what is fetched into or pushed from
   * @throws SourceException if it does not succeed, in words for users
   */
  <T> T talk(Repository local, FetchLimits limits, Task<T> task) throws IOException {
    if (!isSsh()) {
      return talk(local, limits, null, task);
    }
    access.checkSsh();
    try (SshdSessionFactory sessions = access.sessions(local.getDirectory())) {
      return talk(local, limits, sessions, task);
    }
  }

  private <T> T talk(
      Repository local, FetchLimits limits, @Nullable SshdSessionFactory sessions, Task<T> task)
      throws IOException {
    FetchGuard guard = new FetchGuard(limits, local.getDirectory());
    try (guard) {
      if (sessions != null) {
        guard.cutBy(sessions::close);
      }
      return task.run(new Way(guard, sessions));
    } catch (GitAPIException
        | JGitInternalException
        | TransportException
        | NotSupportedException e) {
      String over = guard.reason();
      throw over == null
          ? new SourceException(sentence(e), e, needsUser(e))
          : new SourceException(shownUrl + ": the fetch was given up: " + over, e, false);
    } catch (OutOfMemoryError e) {
      // A pack's own count of its objects; nothing was kept of it.
      throw new SourceException(
          shownUrl + ": the server sends more than fits into memory: " + e.getMessage(), e, false);
    }
  }

  private boolean isOfRef(String message) {
    return ref != null && message.contains(ref.remote());
  }

  /** JGit has classes for some of these, and texts alone (JGitText) for what a server refuses. */
  private boolean needsUser(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      String message = String.valueOf(each.getMessage());
      if (each instanceof NotSupportedException
          || (each instanceof NoRemoteRepositoryException && !isCutOff(each))
          || isOfRef(message)
          || LASTING.matcher(message).find()) {
        return true;
      }
    }
    return false;
  }

  /** JGit takes a server that ends before it says anything for one without the repository. */
  private static boolean isCutOff(Throwable failure) {
    return failure.getCause() instanceof EOFException;
  }

  private String sentence(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String outer = String.valueOf(failure.getMessage());
    if (isOfRef(outer)) {
      return shownUrl + ": has no " + ref + hint();
    }
    String inner = String.valueOf(root.getMessage());
    if (outer.contains(UNKNOWN_SERVER)) {
      return shownUrl
          + ": the server's key is not in "
          + access.knownHosts()
          + "; what it has is told by: ssh-keyscan"
          + (uri.getPort() > 0 ? " -p " + uri.getPort() : "")
          + " "
          + uri.getHost();
    }
    if (outer.contains(NO_LOGIN)) {
      return shownUrl + ": the server refuses the key " + access.sshKey();
    }
    String text = inner.contains(shownUrl) || outer.equals(inner) ? inner : outer + ": " + inner;
    text = text.replace(url, shownUrl).strip().replaceAll("\\s*\\R\\s*", "; ");
    return (text.contains(shownUrl) ? text : shownUrl + ": " + text) + hint();
  }

  /** Servers answer the wish for a commit that they do not have, or do not give, in many ways. */
  private String hint() {
    return ref instanceof GitRef.Commit
        ? "; is there a " + ref + ", and does the server allow to fetch by number?"
        : "";
  }

  /** The repository without its password, as it may be shown. */
  @Override
  public String toString() {
    return shownUrl;
  }
}
