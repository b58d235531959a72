// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import dev.plumbline.spec.source.FileSource;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.TransportException;
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
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.jspecify.annotations.Nullable;

/** A branch, tag or commit of a repository, and the clone that it is fetched into. */
public final class GitSource implements AutoCloseable {
  /** A line at the end of a commit's message, as git-interpret-trailers(1) has them. */
  public static final String URGENT = "Plumbline-Rollout: now";

  private static final String FETCHED = "refs/plumbline/fetched";
  private static final String GOOD = "refs/plumbline/good";

  /** Every fetch that brings something brings a pack. */
  private static final int PACKS = 50;

  /** How many commits are fetched to tell how two stand to each other, if fewer did not. */
  private static final int[] DEPTHS = {1, 50, Ancestry.LIMIT};

  private final Path directory;
  private final FetchLimits limits;
  private volatile Repository clone;
  private final GitRemote remote;
  private final GitRef ref;
  private final AtomicBoolean closed = new AtomicBoolean();

  private GitSource(
      Path directory, FetchLimits limits, Repository clone, GitRemote remote, GitRef ref) {
    this.directory = directory;
    this.limits = limits;
    this.clone = clone;
    this.remote = remote;
    this.ref = ref;
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
    GitRemote remote = new GitRemote(url, ref, access);
    return new GitSource(directory, limits, Clone.open(directory, limits), remote, ref);
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
      throw new SourceException(remote + ": has no " + ref);
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
    boolean unused =
        remote.talk(
            clone,
            limits,
            way -> {
              if (depth == 1 && !isFixed()) {
                fetchNewest(way);
              } else {
                fetch(depth, way);
              }
              tidy(Git.wrap(clone));
              return true;
            });
  }

  private void fetch(int depth, GitRemote.Way way) throws GitAPIException, IOException {
    Git git = Git.wrap(clone);
    git.fetch()
        .setRemote(remote.url())
        .setRefSpecs("+" + ref.remote() + ":" + FETCHED)
        .setTagOpt(TagOpt.NO_TAGS)
        .setDepth(depth)
        .setTimeout(limits.silenceSeconds())
        .setProgressMonitor(way.monitor())
        .setCredentialsProvider(remote.credentials())
        .setTransportConfigCallback(way::configure)
        .call();
    if (ref instanceof GitRef.Commit commit) {
      point(FETCHED, commit.id()); // what has no name there, JGit gives none here
    }
  }

  /**
   * Asks for the newest commit's number, and for the commit if it is another one: three requests
   * over http, and two where there is nothing new. (A fetch by command is three of its own; and one
   * of so and so many commits makes the server look for what is missing and send a pack each time,
   * also an empty one.)
   */
  private void fetchNewest(GitRemote.Way way) throws IOException {
    Ref known = clone.exactRef(FETCHED);
    try (Transport transport = way.open(clone, limits)) {
      transport.setDepth(1);
      try (FetchConnection connection =
          transport.openFetch(List.of(new RefSpec(ref.remote() + ":" + FETCHED)))) {
        Ref there = connection.getRef(ref.remote());
        if (there == null || there.getObjectId() == null) {
          throw new TransportException("the remote does not have " + ref.remote());
        }
        ObjectId newest = there.getObjectId();
        if (known == null
            || !newest.equals(known.getObjectId())
            || !clone.getObjectDatabase().has(newest)) {
          connection.fetch(way.monitor(), List.of(there), Set.of());
          point(FETCHED, newest.name());
        }
      }
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

  /** Whether who made the commit wants it on all hosts at once: {@value #URGENT} in its message. */
  public boolean isUrgent(Revision revision) throws IOException {
    try (RevWalk walk = new RevWalk(clone)) {
      RevCommit commit = walk.parseCommit(ObjectId.fromString(revision.id()));
      return commit.getFooterLines().stream()
          .anyMatch(line -> (line.getKey() + ": " + line.getValue()).equalsIgnoreCase(URGENT));
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
    return remote + " (" + ref + ")";
  }

  /** Closes the clone; a second time does nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      clone.close();
    }
  }
}
