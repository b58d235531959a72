// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.TooLargeObjectInPackException;
import org.eclipse.jgit.errors.TooLargePackException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.eclipse.jgit.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * What hosts tell of themselves in references of their repository: {@code
 * refs/plumbline/status/HOST}, each a blob with a short text. Whoever may push may have put
 * anything there: what is too large, or is no such text, is left out, and {@link #unreadable} says
 * why.
 *
 * <p>It has a repository of its own beside the clone, so that neither waits for the other. Of what
 * was read the meaning alone is kept, in memory. Reading is for one thread, telling for another.
 *
 * @param <T> what a text means
 */
public final class StatusRefs<T> implements AutoCloseable {
  public static final String PREFIX = "refs/plumbline/status/";

  /** Bytes of one text. */
  public static final int TEXT_BYTES = 8 << 10;

  /** Hosts that are listened to; the first by their names. */
  public static final int HOSTS = 20_000;

  private static final long OBJECT_BYTES = 64L << 10;
  private static final FetchLimits LIMITS =
      new FetchLimits(Duration.ofMinutes(1), Duration.ofSeconds(30), 16L << 20, OBJECT_BYTES);

  /** How often something is asked for to find out which of many is too large. */
  private static final int TRIES = 24;

  private static final int PACKS = 50;

  private static final String WAY = PREFIX + "*:" + PREFIX + "*";

  /** Tells what a text means. */
  @FunctionalInterface
  public interface Reader<T> {
    /**
     * Reads one.
     *
     * @param host whose it is, by the reference's name
     * @throws IOException if it is none of such a host
     */
    T read(String host, String text) throws IOException;
  }

  /**
   * One that was looked at.
   *
   * @param why what is wrong with it; null: nothing
   */
  private record Known<T>(ObjectId object, @Nullable T meaning, @Nullable String why) {}

  private final Repository local;
  private final GitRemote remote;
  private final Reader<T> reader;
  private final int hosts;
  private Map<String, Known<T>> known = new HashMap<>();

  private StatusRefs(Repository local, GitRemote remote, Reader<T> reader, int hosts) {
    this.hosts = hosts;
    this.local = local;
    this.remote = remote;
    this.reader = reader;
  }

  /**
   * Opens its repository, or makes it; asks nobody yet.
   *
   * @param directory of it
   * @param url as {@link GitSource#open} takes it
   */
  public static <T> StatusRefs<T> open(
      Path directory, String url, GitAccess access, Reader<T> reader) throws IOException {
    return open(directory, url, access, reader, HOSTS);
  }

  /** With another number of hosts that are listened to. */
  static <T> StatusRefs<T> open(
      Path directory, String url, GitAccess access, Reader<T> reader, int hosts)
      throws IOException {
    JGitEnvironment.install();
    GitRemote remote = new GitRemote(url, null, access);
    return new StatusRefs<>(Clone.open(directory, LIMITS), remote, reader, hosts);
  }

  /** What all hosts tell by now; asks only for what has changed. */
  public List<T> read() throws IOException {
    List<Ref> changed = new ArrayList<>();
    try {
      known = list(changed);
    } catch (SourceException e) {
      if (changed.isEmpty() || !isTooMuch(e)) {
        throw e;
      }
      pick(changed);
    }
    changed.forEach(this::look);
    tidy();
    List<T> all = new ArrayList<>();
    for (Known<T> each : known.values()) {
      if (each.meaning() != null) {
        all.add(each.meaning());
      }
    }
    return all;
  }

  /** By reference, why what it has says nothing. */
  public Map<String, String> unreadable() {
    Map<String, String> all = new TreeMap<>();
    known.forEach(
        (host, each) -> {
          if (each.why() != null) {
            all.put(PREFIX + host, each.why());
          }
        });
    return all;
  }

  /** All that is there, with what is known of it; and fetches what is not. */
  private Map<String, Known<T>> list(List<Ref> changed) throws IOException {
    Map<String, Known<T>> now = new TreeMap<>();
    boolean unused =
        remote.talk(
            local,
            LIMITS,
            way -> {
              try (Transport transport = open(way);
                  FetchConnection connection = transport.openFetch(List.of(new RefSpec(WAY)))) {
                for (Ref ref : connection.getRefs()) {
                  String host = host(ref);
                  Known<T> before = known.get(host);
                  boolean isFull = now.size() + changed.size() >= hosts;
                  if (host.isEmpty() || ref.getObjectId() == null || isFull) {
                    continue;
                  }
                  if (before != null && before.object().equals(ref.getObjectId())) {
                    now.put(host, before);
                  } else {
                    changed.add(ref);
                  }
                }
                known = now;
                if (!changed.isEmpty()) {
                  connection.fetch(way.monitor(), changed, Set.of());
                }
              }
              return true;
            });
    return now;
  }

  private static String host(Ref ref) {
    return ref.getName().startsWith(PREFIX) ? ref.getName().substring(PREFIX.length()) : "";
  }

  /**
   * Without a depth, which JGit, where it is the server or the repository a path, gives of no blob.
   * Of a commit, which it should not be, with all that was before, the limits let no more in.
   */
  private Transport open(GitRemote.Way way) throws IOException {
    return way.open(local, LIMITS);
  }

  /** Fetches them in parts, to get all but those that are too large; takes these out. */
  private void pick(List<Ref> changed) throws IOException {
    List<List<Ref>> parts = new ArrayList<>(halves(changed));
    for (int tries = 0; !parts.isEmpty() && tries < TRIES; tries++) {
      List<Ref> part = parts.remove(0);
      try {
        boolean unused =
            remote.talk(
                local,
                LIMITS,
                way -> {
                  try (Transport transport = open(way);
                      FetchConnection connection = transport.openFetch(List.of(new RefSpec(WAY)))) {
                    connection.fetch(way.monitor(), part, Set.of());
                  }
                  return true;
                });
      } catch (SourceException e) {
        if (!isTooMuch(e)) {
          throw e;
        }
        if (part.size() > 1) {
          parts.addAll(0, halves(part));
        } else {
          refuse(part.get(0), "it is larger than the " + TEXT_BYTES + " bytes that are read");
          changed.removeAll(part);
        }
      }
    }
    parts.forEach(changed::removeAll); // the next time
  }

  private static List<List<Ref>> halves(List<Ref> all) {
    int middle = all.size() / 2;
    List<List<Ref>> halves = new ArrayList<>();
    if (middle > 0) {
      halves.add(List.copyOf(all.subList(0, middle)));
    }
    halves.add(List.copyOf(all.subList(middle, all.size())));
    return halves;
  }

  private static boolean isTooMuch(SourceException failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof TooLargeObjectInPackException
          || each instanceof TooLargePackException
          || each instanceof LargeObjectException
          || String.valueOf(each.getMessage()).contains("it would bring more than")) {
        return true;
      }
    }
    return false;
  }

  private void refuse(Ref ref, String why) {
    known.put(host(ref), new Known<>(ref.getObjectId().copy(), null, why));
  }

  private void look(Ref ref) {
    try {
      ObjectLoader loader = local.open(ref.getObjectId());
      if (loader.getType() != Constants.OBJ_BLOB) {
        refuse(ref, "it is no blob");
      } else if (loader.getSize() > TEXT_BYTES) {
        refuse(ref, "it is larger than the " + TEXT_BYTES + " bytes that are read");
      } else {
        T meaning = reader.read(host(ref), new String(loader.getBytes(), StandardCharsets.UTF_8));
        known.put(host(ref), new Known<>(ref.getObjectId().copy(), meaning, null));
      }
    } catch (MissingObjectException e) {
      // This host's own, which it has just told anew: the next look fetches that.
      known.remove(host(ref));
    } catch (IOException e) {
      refuse(ref, String.valueOf(e.getMessage()));
    }
  }

  /** Nothing of what was read is needed any more. */
  private void tidy() throws IOException {
    String[] packs =
        local
            .getDirectory()
            .toPath()
            .resolve("objects/pack")
            .toFile()
            .list((directory, name) -> name.endsWith(".pack"));
    if (packs != null && packs.length > PACKS) {
      try {
        Git.wrap(local).gc().call();
      } catch (GitAPIException e) {
        throw new IOException("cannot tidy " + local.getDirectory() + ": " + e.getMessage(), e);
      }
    }
  }

  /**
   * Tells what this host is like, in the place of what it told before.
   *
   * @throws SourceException that {@linkplain SourceException#needsUser needs somebody} if the
   *     server does not allow it
   */
  public void tell(String host, String text) throws IOException {
    String name = PREFIX + host;
    if (host.contains("/") || !Repository.isValidRefName(name)) {
      throw new SourceException("`" + name + "` cannot be a reference's name");
    }
    // One that remembers no object that was removed.
    try (Repository fresh = new BoundedRepository(local.getDirectory().toPath(), OBJECT_BYTES)) {
      Ref before = fresh.exactRef(name);
      ObjectId blob = keep(fresh, name, text);
      try {
        boolean unused =
            remote.talk(
                fresh,
                LIMITS,
                way -> {
                  push(name, way, fresh);
                  return true;
                });
      } finally {
        if (before != null && !before.getObjectId().equals(blob)) {
          forget(before.getObjectId());
        }
      }
    }
  }

  private static ObjectId keep(Repository local, String name, String text) throws IOException {
    ObjectId blob;
    try (ObjectInserter inserter = local.newObjectInserter()) {
      blob = inserter.insert(Constants.OBJ_BLOB, text.getBytes(StandardCharsets.UTF_8));
      inserter.flush();
    }
    RefUpdate keep = local.updateRef(name); // from being tidied away
    keep.setNewObjectId(blob);
    keep.disableRefLog();
    RefUpdate.Result result = keep.forceUpdate();
    switch (result) {
      case NEW, FORCED, FAST_FORWARD, NO_CHANGE -> {}
      default -> throw new IOException("cannot set " + name + " in " + local + ": " + result);
    }
    return blob;
  }

  /** Removes a blob that no reference has any more, if it has a file of its own. */
  private void forget(ObjectId blob) throws IOException {
    String id = blob.name();
    Path objects = local.getDirectory().toPath().resolve("objects");
    boolean unused =
        Files.deleteIfExists(objects.resolve(id.substring(0, 2)).resolve(id.substring(2)));
  }

  private void push(String name, GitRemote.Way way, Repository local) throws IOException {
    RemoteRefUpdate update = new RemoteRefUpdate(local, name, name, true, null, null);
    try (Transport transport = way.open(local, LIMITS)) {
      transport.setPushThin(false);
      var unused = transport.push(way.monitor(), List.of(update));
    }
    switch (update.getStatus()) {
      case OK, UP_TO_DATE -> {}
      default -> {
        String why = update.getMessage();
        throw new SourceException(
            remote
                + " does not take "
                + name
                + ": "
                + update.getStatus()
                + (why == null ? "" : ", " + why));
      }
    }
  }

  @Override
  public void close() {
    local.close();
  }
}
