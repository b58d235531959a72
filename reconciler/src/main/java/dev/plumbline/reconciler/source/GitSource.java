// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import dev.plumbline.spec.source.FileSource;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.api.errors.JGitInternalException;
import org.eclipse.jgit.api.errors.TransportException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.errors.NotSupportedException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevTag;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.sshd.SshdSessionFactory;
import org.jspecify.annotations.Nullable;

/** A branch, tag or commit of a repository, and the clone that it is fetched into. */
public final class GitSource implements AutoCloseable {
  private static final String FETCHED = "refs/plumbline/fetched";
  private static final String GOOD = "refs/plumbline/good";

  /** Every fetch that brings something brings a pack. */
  private static final int PACKS = 50;

  /** How many commits are fetched to tell how two stand to each other, if fewer did not. */
  private static final int[] DEPTHS = {1, 50, Ancestry.LIMIT};

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

  private final Path directory;
  private final FetchLimits limits;
  private volatile Repository clone;
  private final String url;
  private final String shownUrl;
  private final URIish uri;
  private final GitRef ref;
  private final GitAccess access;
  private final AtomicBoolean closed = new AtomicBoolean();

  private GitSource(
      Path directory,
      FetchLimits limits,
      Repository clone,
      URIish uri,
      GitRef ref,
      GitAccess access) {
    this.directory = directory;
    this.limits = limits;
    this.clone = clone;
    this.uri = uri;
    this.url = uri.toPrivateString();
    this.shownUrl = uri.toString();
    this.ref = ref;
    this.access = access;
  }

  /**
   * Opens the clone, or makes it; does not fetch.
   *
   * @param directory of the clone, made if it is not there
   * @param url of the repository: a path, {@code file:}, {@code http:}, {@code https:}, {@code
   *     ssh:} or {@code user@host:path}; a user and password in it are used and never shown
   */
  public static GitSource open(Path directory, String url, GitRef ref, GitAccess access)
      throws IOException {
    return open(directory, url, ref, access, FetchLimits.USUAL);
  }

  /** As {@link #open(Path, String, GitRef, GitAccess)}, within other limits. */
  static GitSource open(
      Path directory, String url, GitRef ref, GitAccess access, FetchLimits limits)
      throws IOException {
    JGitEnvironment.install();
    Proxies.install(System.getenv());
    URIish uri = parse(url);
    return new GitSource(directory, limits, Clone.open(directory, limits), uri, ref, access);
  }

  private static URIish parse(String url) throws SourceException {
    try {
      // A path is taken from where plumbline was started, not from the clone.
      return Files.exists(Path.of(url))
          ? new URIish(Path.of(url).toRealPath().toString())
          : new URIish(url);
    } catch (URISyntaxException | IOException | java.nio.file.InvalidPathException e) {
      throw new SourceException("`" + url + "` cannot be a repository", e, true);
    }
  }

  private boolean isSsh() {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    return scheme.endsWith("ssh") || (scheme.isEmpty() && uri.getHost() != null);
  }

  /**
   * Fetches the branch's newest commit, or the tag's, or the one that is named.
   *
   * @throws SourceException if the repository cannot be reached or has no such branch, or there is
   *     nothing to prove with who asks
   */
  public synchronized Revision fetch() throws IOException {
    fetch(1);
    Revision fetched = at(FETCHED);
    if (fetched == null) {
      throw new SourceException(shownUrl + ": has no " + ref);
    }
    return fetched;
  }

  /**
   * How a commit that was fetched stands to the one that is applied. Fetches some of its history if
   * that is needed to tell, at most {@value Ancestry#LIMIT} commits deep.
   *
   * @param earlier full names of commits that are known to be older than the applied one
   */
  public synchronized Relation relation(Revision fetched, Revision applied, Set<String> earlier)
      throws IOException {
    Ancestry.Found after = Ancestry.Found.CUT;
    for (int depth : DEPTHS) {
      if (depth > 1) {
        fetch(depth);
      }
      after = Ancestry.descends(clone, fetched.id(), applied.id(), applied.time());
      if (after == Ancestry.Found.YES) {
        return Relation.AFTER;
      }
      boolean older =
          earlier.contains(fetched.id())
              || Ancestry.descends(clone, applied.id(), fetched.id(), fetched.time())
                  == Ancestry.Found.YES;
      if (older) {
        return Relation.BEFORE;
      }
      if (after == Ancestry.Found.NO) {
        return Relation.ASIDE;
      }
    }
    return Relation.UNKNOWN;
  }

  private void fetch(int depth) throws IOException {
    if (isSsh()) {
      access.checkSsh();
      try (SshdSessionFactory sessions = access.sessions(clone.getDirectory())) {
        fetch(depth, sessions);
      }
    } else {
      fetch(depth, null);
    }
  }

  private void fetch(int depth, @Nullable SshdSessionFactory sessions) throws IOException {
    FetchGuard guard = new FetchGuard(limits, clone.getDirectory());
    try (guard) {
      if (sessions != null) {
        guard.cutBy(sessions::close);
      }
      Git git = Git.wrap(clone);
      if (depth == 1 && isUnchanged(sessions, guard)) {
        return;
      }
      git.fetch()
          .setRemote(url)
          .setRefSpecs("+" + ref.remote() + ":" + FETCHED)
          .setTagOpt(TagOpt.NO_TAGS)
          .setDepth(depth)
          .setTimeout(limits.silenceSeconds())
          .setProgressMonitor(guard.monitor())
          .setCredentialsProvider(access.credentials(uri))
          .setTransportConfigCallback(transport -> configure(transport, sessions, guard))
          .call();
      if (ref instanceof GitRef.Commit commit) {
        point(FETCHED, commit.id()); // what has no name there, JGit gives none here
      }
      tidy(git);
    } catch (GitAPIException | JGitInternalException e) {
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

  private static void configure(
      Transport transport, @Nullable SshdSessionFactory sessions, FetchGuard guard) {
    if (transport instanceof SshTransport ssh) {
      ssh.setSshSessionFactory(sessions);
    }
    if (transport instanceof TransportHttp http) {
      http.setHttpConnectionFactory(guard.http());
    }
  }

  /**
   * Whether the server says that there is nothing new. A fetch of so and so many commits makes it
   * look for what is missing and send a pack each time, also an empty one.
   */
  private boolean isUnchanged(@Nullable SshdSessionFactory sessions, FetchGuard guard)
      throws GitAPIException, IOException {
    Ref known = clone.exactRef(FETCHED);
    if (known == null || isFixed() || !clone.getObjectDatabase().has(known.getObjectId())) {
      return false;
    }
    try (Transport transport = Transport.open(clone, uri)) {
      transport.setTimeout(limits.silenceSeconds());
      transport.setCredentialsProvider(access.credentials(uri));
      configure(transport, sessions, guard);
      try (FetchConnection connection =
          transport.openFetch(List.of(new RefSpec(ref.remote() + ":" + FETCHED)))) {
        Ref there = connection.getRef(ref.remote());
        return there != null && known.getObjectId().equals(there.getObjectId());
      }
    } catch (org.eclipse.jgit.errors.TransportException e) {
      throw new TransportException(e.getMessage(), e);
    }
  }

  /** Whether a failure may come from the clone, so that it helps to {@link #renew} it. */
  public static boolean mayBeDamage(Throwable failure) {
    return Clone.isDamage(failure);
  }

  /** Throws the clone away and begins with an empty one. */
  public synchronized void renew() throws IOException {
    clone.close();
    Clone.delete(directory);
    clone = Clone.open(directory, limits);
  }

  /** JGit has classes for some of these, and texts alone (JGitText) for what a server refuses. */
  private boolean needsUser(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      String message = String.valueOf(each.getMessage());
      if (each instanceof NotSupportedException
          || each instanceof NoRemoteRepositoryException
          || message.contains(ref.remote())
          || LASTING.matcher(message).find()) {
        return true;
      }
    }
    return false;
  }

  private String sentence(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String outer = String.valueOf(failure.getMessage());
    if (outer.contains(ref.remote())) {
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

  /** Joins the packs and removes the commits that no reference is left of. */
  private void tidy(Git git) throws GitAPIException {
    File[] packs =
        new File(clone.getDirectory(), "objects/pack")
            .listFiles((directory, name) -> name.endsWith(".pack"));
    if (packs != null && packs.length > PACKS) {
      git.gc().call();
    }
  }

  /** Whether one commit is asked for, which never changes. */
  public boolean isFixed() {
    return ref instanceof GitRef.Commit;
  }

  /** What was fetched last; null before the first fetch. */
  public @Nullable Revision fetched() throws IOException {
    return at(FETCHED);
  }

  /** The last good revision; null if there was none yet. */
  public @Nullable Revision good() throws IOException {
    return at(GOOD);
  }

  /** Remembers the revision as the last good one; none, if the clone has not got it any more. */
  public void keepAsGood(Revision revision) throws IOException {
    if (clone.getObjectDatabase().has(ObjectId.fromString(revision.id()))) {
      point(GOOD, revision.id());
      return;
    }
    RefUpdate update = clone.updateRef(GOOD);
    update.setForceUpdate(true);
    RefUpdate.Result unused = update.delete();
  }

  private void point(String reference, String commit) throws IOException {
    RefUpdate update = clone.updateRef(reference);
    update.setNewObjectId(ObjectId.fromString(commit));
    update.disableRefLog();
    RefUpdate.Result result = update.forceUpdate();
    switch (result) {
      case NEW, FORCED, FAST_FORWARD, NO_CHANGE -> {}
      default -> throw new IOException("cannot remember " + commit + ": " + result);
    }
  }

  /** The files of a revision that was fetched. */
  public FileSource files(Revision revision) throws IOException {
    try (RevWalk walk = new RevWalk(clone)) {
      RevCommit commit = walk.parseCommit(ObjectId.fromString(revision.id()));
      return new GitTree(clone, commit.getTree().copy());
    }
  }

  /**
   * Why a revision may not be applied, as far as signers go; null if it may.
   *
   * @throws SourceException if their keys cannot be read
   */
  public @Nullable String problem(Revision revision, Signers signers) throws IOException {
    try (RevWalk walk = new RevWalk(clone)) {
      RevCommit commit = walk.parseCommit(ObjectId.fromString(revision.id()));
      if (!(ref instanceof GitRef.Tag followed)) {
        return signers.problem(clone, commit, null, "");
      }
      Ref fetched = clone.exactRef(FETCHED);
      RevObject object = fetched == null ? commit : walk.parseAny(fetched.getObjectId());
      boolean leads = object instanceof RevTag && walk.peel(object).equals(commit);
      return signers.problem(clone, commit, leads ? (RevTag) object : null, followed.name());
    }
  }

  private @Nullable Revision at(String reference) throws IOException {
    Ref ref = clone.exactRef(reference);
    if (ref == null) {
      return null;
    }
    try (RevWalk walk = new RevWalk(clone)) {
      RevCommit commit = walk.parseCommit(ref.getObjectId());
      return new Revision(
          commit.getName(),
          commit.getAuthorIdent().getName(),
          commit.getShortMessage(),
          Instant.ofEpochSecond(commit.getCommitTime()));
    } catch (MissingObjectException e) {
      throw new IOException(
          "the clone " + clone.getDirectory() + " is damaged: " + e.getMessage(), e);
    }
  }

  /** The repository without its password, as it may be shown. */
  @Override
  public String toString() {
    return shownUrl + " (" + ref + ")";
  }

  /** Closes the clone; a second time does nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      clone.close();
    }
  }
}
