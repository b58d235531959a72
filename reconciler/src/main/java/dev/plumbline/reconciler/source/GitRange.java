// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import dev.plumbline.spec.source.FileSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.errors.AmbiguousObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.RevisionSyntaxException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;

/**
 * Two commits of a repository that somebody works in, as {@code git diff} names them. Nothing is
 * fetched and nothing written. For one thread.
 */
public final class GitRange implements AutoCloseable {
  private final Repository repository;
  private final RevCommit from;
  private final RevCommit to;

  private GitRange(Repository repository, RevCommit from, RevCommit to) {
    this.repository = repository;
    this.from = from;
    this.to = to;
  }

  /**
   * Finds both commits in the repository that a directory is in.
   *
   * @param first {@code A}, or with {@code second} null also {@code A..B}, or {@code A...B} for
   *     what B has since it left A
   * @param second null: HEAD, if the first is one commit
   * @throws SourceException if there is no repository, or no such commit in it
   */
  public static GitRange open(Path directory, String first, @Nullable String second)
      throws IOException {
    JGitEnvironment.install();
    FileRepositoryBuilder builder =
        new FileRepositoryBuilder().findGitDir(directory.toAbsolutePath().normalize().toFile());
    if (builder.getGitDir() == null) {
      throw new SourceException(directory.toAbsolutePath() + " is in no Git repository");
    }
    Repository repository = builder.setMustExist(true).build();
    boolean done = false;
    try (RevWalk walk = new RevWalk(repository)) {
      int dots = second == null ? first.indexOf("..") : -1;
      boolean sinceBase = dots >= 0 && first.startsWith("...", dots);
      String left = dots < 0 ? first : first.substring(0, dots);
      String right = second == null ? "HEAD" : second;
      if (dots >= 0) {
        right = first.substring(dots + (sinceBase ? 3 : 2));
      }
      RevCommit from = commit(repository, walk, left.isEmpty() ? "HEAD" : left);
      RevCommit to = commit(repository, walk, right.isEmpty() ? "HEAD" : right);
      GitRange range = new GitRange(repository, sinceBase ? base(walk, from, to) : from, to);
      done = true;
      return range;
    } finally {
      if (!done) {
        repository.close();
      }
    }
  }

  private static RevCommit commit(Repository repository, RevWalk walk, String name)
      throws IOException {
    try {
      ObjectId id = repository.resolve(name + "^{commit}");
      if (id != null) {
        return walk.parseCommit(id);
      }
    } catch (AmbiguousObjectException e) {
      throw new SourceException("`" + name + "` is short for several objects: write more of it");
    } catch (MissingObjectException | IncorrectObjectTypeException | RevisionSyntaxException e) {
      throw new SourceException(unknown(repository, name), e, true);
    }
    throw new SourceException(unknown(repository, name));
  }

  private static String unknown(Repository repository, String name) throws IOException {
    boolean shallow = !repository.getObjectDatabase().getShallowCommits().isEmpty();
    return "`"
        + name
        + "` is no commit of "
        + repository.getDirectory()
        + (shallow ? ", which is a shallow clone: fetch its whole history" : "");
  }

  private static RevCommit base(RevWalk walk, RevCommit from, RevCommit to) throws IOException {
    walk.setRevFilter(RevFilter.MERGE_BASE);
    walk.markStart(from);
    walk.markStart(to);
    RevCommit base = walk.next();
    if (base == null) {
      throw new SourceException(
          from.name() + " and " + to.name() + " have no commit in common, as far as is fetched");
    }
    walk.parseBody(base);
    return base;
  }

  /** The commit that is compared with. */
  public Revision from() {
    return revision(from);
  }

  /** The newer commit. */
  public Revision to() {
    return revision(to);
  }

  private static Revision revision(RevCommit commit) {
    PersonIdent author = commit.getAuthorIdent();
    return new Revision(
        commit.name(),
        author.getName(),
        commit.getShortMessage(),
        commit.getCommitterIdent().getWhenAsInstant());
  }

  /** The files of {@link #from}. */
  public FileSource filesBefore() {
    return new GitTree(repository, from.getTree());
  }

  /** The files of {@link #to}. */
  public FileSource files() {
    return new GitTree(repository, to.getTree());
  }

  /** The paths of all files of {@link #from}. */
  public List<String> pathsBefore() throws IOException {
    return paths(from);
  }

  /** The paths of all files of {@link #to}. */
  public List<String> paths() throws IOException {
    return paths(to);
  }

  private List<String> paths(RevCommit commit) throws IOException {
    List<String> paths = new ArrayList<>();
    try (TreeWalk walk = new TreeWalk(repository)) {
      walk.addTree(commit.getTree());
      walk.setRecursive(true);
      while (walk.next()) {
        paths.add(walk.getPathString());
      }
    }
    return paths;
  }

  @Override
  public void close() {
    repository.close();
  }
}
