// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.path.Promises;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.Loaded;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.source.DirectorySource;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A file of the file system with what it includes. The directories are watched, since editors put a
 * new file in the place of the old one; and all is read again on the interval, for what a watch
 * does not see (a missing include that comes, a link's target).
 */
final class FileOrigin implements Origin {
  /** An editor writes in several steps. */
  private static final long SETTLE_MILLIS = 50;

  /** Another file of the directory may be written all the time. */
  private static final long LONGEST_SETTLE_MILLIS = 500;

  private static final long UNSETTLED_MILLIS = 1000;

  private static final int SHORT = 7;

  private final Path file;
  private final Path root;
  private final String host;
  private final Duration interval;
  private final AgentLog log;
  private final @Nullable ProvenFile proven;
  private @Nullable Worker worker;
  private volatile FetchState state;

  /**
   * What was read, and of what.
   *
   * @param stamps of the files, by their paths, which tell whether one has changed since; empty:
   *     that cannot be told
   */
  private record Reading(Candidate candidate, Set<Path> directories, Map<Path, String> stamps) {}

  /**
   * @param proven null: nothing is remembered
   */
  FileOrigin(Path file, String host, Duration interval, @Nullable ProvenFile proven, AgentLog log) {
    this.proven = proven;
    this.file = file;
    Path directory = Objects.requireNonNull(file.toAbsolutePath().normalize().getParent());
    Path git = DirectorySource.gitRoot(directory);
    this.root = git == null ? directory : git;
    this.host = host;
    this.interval = interval;
    this.log = log;
    this.state = FetchState.of(file.toString());
  }

  /** Reads a file once. */
  static Candidate read(Path file, String host) {
    AgentLog silent = new AgentLog(line -> {}, false);
    return new FileOrigin(file, host, AgentOptions.USUAL_INTERVAL, null, silent).read().candidate();
  }

  @Override
  public void start(Mailbox mailbox) {
    worker = Worker.start("file-watch", running -> follow(running, mailbox));
  }

  @Override
  public Candidate now() {
    return read().candidate();
  }

  @Override
  public void hurry() {
    state = looked(); // a change is seen when it is made, and there is nothing to wait for
  }

  private FetchState looked() {
    return state.tried(Instant.now(), null, null);
  }

  @Override
  public FetchState state() {
    return state;
  }

  private void follow(Worker.Running running, Mailbox mailbox) throws InterruptedException {
    try (WatchService watch = FileSystems.getDefault().newWatchService()) {
      String last = "";
      Set<Path> watched = new HashSet<>();
      Reading reading = read();
      while (running.isRunning()) {
        boolean more = false;
        for (Path directory : reading.directories) {
          if (Files.isDirectory(directory) && watched.add(directory)) {
            directory.register(
                watch,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE);
            more = true;
          }
        }
        // What changed before the directory was watched is seen by reading again.
        reading = more ? read() : reading;
        Candidate candidate = reading.candidate;
        if (!candidate.id().equals(last)) {
          mailbox.put(last.isEmpty() ? candidate : candidate.proven(false));
          last = candidate.id();
        }
        state = looked();
        await(watch, watched);
        // The agent's own state may be kept beside the file: to read that each time is dear.
        reading = isAsRead(reading.stamps) ? reading : read();
      }
    } catch (IOException e) {
      log.say("watch-failed", file + " can no longer be watched: " + e.getMessage());
    }
  }

  private void await(WatchService watch, Set<Path> watched) throws InterruptedException {
    WatchKey key = watch.poll(interval.toNanos(), TimeUnit.NANOSECONDS);
    long settled = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST_SETTLE_MILLIS);
    while (key != null) {
      key.pollEvents();
      if (!key.reset()) {
        watched.remove((Path) key.watchable());
      }
      boolean late = System.nanoTime() >= settled;
      key = late ? watch.poll() : watch.poll(SETTLE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private static boolean isAsRead(Map<Path, String> stamps) {
    return !stamps.isEmpty() && stamps.equals(stamps(stamps.keySet(), Long.MAX_VALUE));
  }

  /**
   * What tells a file's contents apart without reading it: which file it is and when it, or what is
   * known of it, was changed last, a time that nobody can set.
   *
   * @param before milliseconds; nothing is told of files that were changed after that
   */
  private static Map<Path, String> stamps(Set<Path> files, long before) {
    Map<Path, String> stamps = new HashMap<>();
    for (Path each : files) {
      try {
        Map<String, Object> now = Files.readAttributes(each, "unix:dev,ino,size,ctime");
        if (now.get("ctime") instanceof FileTime changed && changed.toMillis() >= before) {
          return Map.of();
        }
        stamps.put(each, new TreeMap<>(now).toString());
      } catch (IOException e) {
        return Map.of(); // whatever it is, it is tried again
      }
    }
    return stamps;
  }

  private Reading read() {
    // A file may change twice within one tick of the clock that its times are of.
    long unsettled = System.currentTimeMillis() - UNSETTLED_MILLIS;
    Loaded loaded = HostFile.load(file, Promises.in(LoadOptions.defaults().forHost(host)));
    ContentDigest digest = new ContentDigest();
    Set<Path> directories = new TreeSet<>();
    Set<Path> files = new TreeSet<>();
    directories.add(Objects.requireNonNull(file.toAbsolutePath().normalize().getParent()));
    for (String path : loaded.files()) {
      Path included = root.resolve(path);
      directories.add(Objects.requireNonNull(included.getParent()));
      files.add(included);
      digest.file(path, content(included));
    }
    // A file that could not be read has no content that tells its states apart.
    List<String> problems = loaded.problems().stream().map(Problem::line).toList();
    problems.forEach(digest::text);
    String id = digest.hex();
    String label = file + " (" + id.substring(0, SHORT) + ")";
    return new Reading(
        Candidate.read(id, id, label, loaded.state(), problems, keeper(id))
            .proven(proven != null && proven.is(id)),
        directories,
        // What is broken may be so for what is no file of it: an include that is missing.
        loaded.state() == null ? Map.of() : stamps(files, unsettled));
  }

  private Candidate.Keeper keeper(String id) {
    return proven == null ? Candidate.Keeper.NOTHING : () -> proven.keep(id);
  }

  @Override
  public Candidate.Keeper keeper(Path applied, String id) {
    Path own = file.toAbsolutePath().normalize();
    return own.equals(applied.toAbsolutePath().normalize()) ? keeper(id) : Candidate.Keeper.NOTHING;
  }

  private static byte @Nullable [] content(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      return null; // it was there a moment ago: the watch will say so
    }
  }

  @Override
  public void close() {
    if (worker != null) {
      worker.close();
    }
  }
}
