// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.desired.FlowChecks;
import dev.plumbline.reconciler.path.Promises;
import dev.plumbline.reconciler.rollout.HostStatus;
import dev.plumbline.reconciler.source.GitSource;
import dev.plumbline.reconciler.source.HostPath;
import dev.plumbline.reconciler.source.Relation;
import dev.plumbline.reconciler.source.Revision;
import dev.plumbline.reconciler.source.Signers;
import dev.plumbline.reconciler.source.SourceException;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.Loaded;
import dev.plumbline.spec.Rollout;
import dev.plumbline.spec.Wave;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.source.FileSource;
import dev.plumbline.spec.source.MapSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The host's file in a Git repository. */
final class GitOrigin implements Origin {
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  /** While a commit waits for its turn: no webhook tells how other hosts stand. */
  private static final Duration WAVES_INTERVAL = Duration.ofMinutes(1);

  /** A part of the interval. */
  private static final double JITTER = 0.1;

  /** Intervals between tries that only somebody's work can help. */
  private static final int SLOWLY = 10;

  private final GitSource source;
  private final @Nullable Signers signers;
  private final HostPath path;
  private final boolean holdRollbacks;
  private final Duration interval;
  private final AgentLog log;
  private final GoodRevisions goods;
  private final Starts starts;
  private final StateTrouble trouble;
  private @Nullable Worker worker;
  private volatile FetchState state;

  /** What was offered last, if it may become allowed without a new commit; for the worker. */
  private @Nullable Candidate notAllowed;

  private Place place = new Place("", "", Relation.UNKNOWN);
  private final Fleet fleet;
  private final Turns turns;
  private volatile Seen seen;
  private HostPath.@Nullable Found found;
  private Runnable wake = () -> {};

  GitOrigin(
      GitSource source,
      @Nullable Signers signers,
      HostPath path,
      boolean holdRollbacks,
      Duration interval,
      StateDirectory remembered,
      Fleet fleet,
      AgentLog log) {
    this.source = source;
    this.signers = signers;
    this.path = path;
    this.holdRollbacks = holdRollbacks;
    this.interval = interval;
    this.log = log;
    this.goods = remembered.goods();
    this.starts = remembered.starts();
    this.trouble = remembered.trouble();
    this.state = FetchState.of(source + ", " + path);
    this.fleet = fleet;
    this.turns = fleet.turns();
    this.seen = new Seen(null, path.identity().labels(), Duration.ZERO);
  }

  /**
   * The newest commit that was fetched.
   *
   * @param labels that this host has by it, or by the last one that could be read
   * @param soak time of this host's wave; 0 where no wave comes after it
   */
  private record Seen(@Nullable String revision, Map<String, String> labels, Duration soak) {
    Seen of(String newest, HostPath.@Nullable Found found, String host) {
      if (found == null) {
        return new Seen(newest, labels, soak);
      }
      Rollout rollout = found.rollout();
      List<Wave> waves = rollout == null ? List.of() : rollout.waves();
      int own = rollout == null ? 0 : rollout.waveOf(host, found.labels());
      return new Seen(
          newest, found.labels(), own < waves.size() ? waves.get(own).soak() : Duration.ZERO);
    }
  }

  @Override
  public void skipWaves() {
    turns.skip();
    hurry();
  }

  @Override
  public @Nullable Map<String, @Nullable Object> rollout() {
    return turns.tree();
  }

  @Override
  public @Nullable Map<String, @Nullable Object> telling() {
    StatusTeller teller = fleet.teller();
    return teller == null ? null : teller.tree();
  }

  @Override
  public void stands(SyncState sync, boolean paused) {
    Seen now = seen;
    StatusTeller teller = fleet.teller();
    // What was held before is of no interest any more when there is a newer one.
    boolean stale = sync.heldId() != null && !sync.heldId().equals(now.revision());
    // Who is kept from a commit by others does not refuse it, and must not be taken for a reason.
    boolean waits = !paused && sync.heldId() != null && turns.keeps(sync.heldId());
    String word = waits ? HostStatus.WAITING : sync.word(paused);
    Long left =
        fleet.soak().leftMillis(word.equals("in-sync") ? sync.appliedId() : null, now.soak());
    if (teller != null && now.revision() != null && !stale) {
      teller.stands(
          new HostStatus(
              path.identity().host(),
              now.labels(),
              now.revision(),
              sync.appliedId(),
              word,
              left != null && left == 0,
              sync.why().isEmpty() ? "" : sync.why().get(0),
              Instant.now()),
          left != null && left > 0 ? left : null,
          wake);
    }
  }

  @Override
  public void hurry() {
    if (worker != null) {
      worker.wake();
    }
  }

  @Override
  public FetchState state() {
    return state;
  }

  @Override
  public void start(Mailbox mailbox) {
    wake = mailbox::wake;
    worker = Worker.start("git-fetch", running -> follow(running, mailbox));
  }

  @Override
  public Candidate now() throws IOException {
    Candidate newest;
    try {
      Revision fetched = source.fetch();
      newest = proven(checked(fetched));
      if (isTurnOf(newest, fetched)) {
        return newest;
      }
    } catch (IOException e) {
      Candidate good = good();
      if (good == null) {
        throw e;
      }
      log.say("fetch-failed", e.getMessage() + "; taking the last good revision");
      return good;
    }
    Candidate good = good();
    return good == null ? newest.later(List.of("it waits for the waves before it")) : good;
  }

  /** Looks once; says why not. */
  private boolean isTurnOf(Candidate newest, Revision fetched) throws IOException {
    begin(newest);
    Candidate offered = turns.isWaiting() ? turns.look(urgency(fetched)) : newest;
    return offered != null && offered.isTurn();
  }

  private void follow(Worker.Running running, Mailbox mailbox) throws InterruptedException {
    String last = offerGood(mailbox);
    Backoff backoff = new Backoff(interval, LONGEST_WAIT);
    String failed = "";
    while (running.isRunning()) {
      try {
        Revision fetched = source.fetch();
        backoff.reset();
        if (!failed.isEmpty()) {
          log.say("fetch-recovered", source + ": can be fetched again");
          failed = "";
        }
        if (!fetched.id().equals(last)) {
          Candidate candidate = checked(fetched);
          last = fetched.id();
          take(candidate, mailbox);
        } else if (notAllowed != null) {
          Candidate again = checked(fetched);
          if (!again.problems().equals(notAllowed.problems())) {
            take(again, mailbox);
          }
        } else if (seen.revision() == null) {
          // What is kept is the newest: nobody has looked yet what it says of others.
          found = path.in(source.files(fetched), new Problems());
          saw(fetched.id());
        }
        boolean skipped = turns.takeSkip();
        if (turns.isWaiting()) {
          Candidate offered = turns.look(skipped ? "somebody asked for it" : urgency(fetched));
          if (offered != null) {
            offer(offered, mailbox);
          }
        }
        sleep(running, jittered(pauseNanos()), null);
      } catch (IOException | RuntimeException e) {
        if (e instanceof SourceException lasting && lasting.needsUser()) {
          if (last == null) {
            mailbox.fail(lasting);
            return;
          }
          refused(lasting, failed);
          failed = String.valueOf(lasting.getMessage());
          sleep(running, slowNanos(), failed);
          continue;
        }
        // RuntimeException: JGit throws them for damaged repositories; the next fetch may be whole.
        if (GitSource.mayBeDamage(e) && failed.isEmpty()) {
          renew(e);
        }
        failed = String.valueOf(e.getMessage());
        long wait = backoff.nextNanos();
        String message = e instanceof IOException ? e.getMessage() : e.toString();
        log.say("fetch-failed", message + "; next try in " + AgentLog.shown(wait));
        sleep(running, wait, message);
      }
    }
  }

  /** Offers it, or has it wait for its turn. */
  private void take(Candidate candidate, Mailbox mailbox) {
    notAllowed = null;
    saw(candidate.id());
    begin(candidate);
    if (!turns.isWaiting()) {
      offer(candidate, mailbox);
    }
  }

  private void saw(String newest) {
    seen = seen.of(newest, found, path.identity().host());
  }

  private long pauseNanos() {
    return turns.isWaiting()
        ? Math.min(interval.toNanos(), WAVES_INTERVAL.toNanos())
        : interval.toNanos();
  }

  /** What would change something waits for its turn, if there are waves. */
  private void begin(Candidate candidate) {
    if (candidate.state() == null || found == null || isKept(candidate)) {
      turns.none();
    } else {
      turns.begin(candidate, found.rollout(), found.labels());
    }
  }

  /** Whether it says the same as the revision that was good last. */
  private boolean isKept(Candidate candidate) {
    try {
      return goods.list().stream()
          .filter(entry -> !starts.isBad(entry.id()))
          .findFirst()
          .filter(entry -> entry.content().equals(candidate.content()))
          .isPresent();
    } catch (IOException e) {
      trouble.met("read the last good revisions", e);
      return false;
    }
  }

  /** The checks of what says the same as the revision that was good last held then. */
  private Candidate proven(Candidate candidate) {
    return candidate.state() == null ? candidate : candidate.proven(isKept(candidate));
  }

  private @Nullable String urgency(Revision revision) throws IOException {
    return source.isUrgent(revision) ? "`" + GitSource.URGENT + "` is in its message" : null;
  }

  /** A clone can be had again; what the host needs of it is kept elsewhere. */
  private void renew(Exception reason) {
    log.say(
        "clone-renewed",
        "the clone seems damaged ("
            + reason.getMessage()
            + "): it is thrown away and fetched anew");
    try {
      source.renew();
    } catch (IOException e) {
      trouble.met("make the clone anew", e);
    }
  }

  private void offer(Candidate candidate, Mailbox mailbox) {
    notAllowed = candidate.isAllowed() ? null : candidate;
    mailbox.put(proven(candidate));
  }

  private void sleep(Worker.Running running, long nanos, @Nullable String problem)
      throws InterruptedException {
    Instant now = Instant.now();
    state = state.tried(now, now.plusNanos(nanos), problem);
    running.sleep(nanos);
  }

  /** Hosts that were started at one moment do not ask the server at one moment for ever. */
  private static long jittered(long nanos) {
    return (long) (nanos * ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER));
  }

  /** Says once what somebody has to mend. */
  private void refused(SourceException e, String before) {
    String message = String.valueOf(e.getMessage());
    if (!message.equals(before)) {
      log.say(
          "fetch-refused",
          "FETCH REFUSED, somebody has to mend it: "
              + message
              + "; the host stays as it is, next try in "
              + AgentLog.shown(slowNanos()));
    }
  }

  private long slowNanos() {
    return Math.max(
        interval.toNanos(), Math.min(LONGEST_WAIT.toNanos(), SLOWLY * interval.toNanos()));
  }

  /** The network may be needed to reach the repository, and the last good revision brings it. */
  private @Nullable String offerGood(Mailbox mailbox) {
    Candidate good = good();
    if (good == null) {
      return null;
    }
    mailbox.put(good);
    return good.id();
  }

  /** The last good revision that was survived; null if there is none. */
  private @Nullable Candidate good() {
    List<GoodRevisions.Entry> known;
    try {
      known = goods.list();
      for (java.nio.file.Path damaged : goods.damaged()) {
        trouble.met("read " + damaged, new IOException("damaged, and passed over"));
      }
    } catch (IOException e) {
      trouble.met("read the last good revisions", e);
      return null;
    }
    for (GoodRevisions.Entry entry : known) {
      if (!starts.isBad(entry.id())) {
        if (entry.number() != known.get(0).number()) {
          log.say(
              "fallback",
              "FALLBACK: agent or host went down "
                  + Starts.DEATHS
                  + " times soon after they had applied "
                  + known.get(0).label()
                  + "; the one before is applied instead: "
                  + entry.label(),
              Map.of("revision", entry.id(), "label", entry.label(), "bad", known.get(0).id()));
        }
        return read(entry);
      }
    }
    if (known.isEmpty()) {
      return null;
    }
    log.say(
        "crash-loop",
        "CRASH LOOP: agent or host went down again and again with all revisions that are kept;"
            + " the last one is applied, for there is no other");
    return read(known.get(0));
  }

  private Candidate read(GoodRevisions.Entry entry) {
    LoadOptions options = FlowChecks.in(LoadOptions.defaults().forHost(path.identity().host()));
    Loaded loaded = HostFile.load(new MapSource(entry.bytes()), entry.file(), options);
    Revision revision = new Revision(entry.id(), "", "", entry.committed());
    return candidate(revision, entry.label(), loaded, entry.content(), entry.file(), entry.files())
        .proven(true);
  }

  /** As {@link #read}, but refused where its signature or its place in history does not count. */
  private Candidate checked(Revision revision) throws IOException {
    String problem = signers == null ? null : source.problem(revision, signers);
    if (problem == null && starts.isBad(revision.id())) {
      problem =
          "made agent or host go down " + Starts.DEATHS + " times; a new commit is tried again";
    }
    if (problem == null) {
      problem = placeProblem(revision);
    }
    if (problem == null) {
      return read(revision);
    }
    return Candidate.notAllowed(
        revision.id(), revision.toString(), "commit " + revision.id() + " " + problem);
  }

  /** Why a commit may not be applied because of the one that is; null if it may. */
  private @Nullable String placeProblem(Revision revision) throws IOException {
    Revision applied = source.good();
    if (applied == null || applied.id().equals(revision.id()) || source.isFixed()) {
      return null;
    }
    if (!place.isOf(applied, revision)) {
      place = new Place(applied.id(), revision.id(), relation(revision, applied));
      tell(place.relation, revision, applied);
    }
    return place.relation == Relation.AFTER || !holdRollbacks
        ? null
        : place.relation.words()
            + " the applied commit "
            + applied.id()
            + ", and only commits that come after it are applied (--on-rollback)";
  }

  private Relation relation(Revision revision, Revision applied) throws IOException {
    try {
      return source.relation(revision, applied, Set.of());
    } catch (IOException e) {
      if (holdRollbacks) {
        throw e;
      }
      return Relation.UNKNOWN; // whoever follows everything does not wait for an answer
    }
  }

  private void tell(Relation relation, Revision revision, Revision applied) {
    if (relation != Relation.AFTER) {
      log.say(
          switch (relation) {
            case BEFORE -> "rollback";
            case ASIDE -> "forced";
            default -> "history-unknown";
          },
          revision + " " + relation.words() + " the applied " + applied,
          Map.of("revision", revision.id(), "applied", applied.id()));
    }
  }

  /** How a commit stood to another one when that was asked last. */
  private record Place(String applied, String revision, Relation relation) {
    boolean isOf(Revision now, Revision asked) {
      return applied.equals(now.id()) && revision.equals(asked.id());
    }
  }

  private Candidate read(Revision revision) throws IOException {
    FileSource files = source.files(revision);
    Problems problems = new Problems();
    found = path.in(files, problems);
    String file = found == null ? null : found.path();
    if (file == null) {
      return Candidate.read(
          revision.id(),
          revision.id(),
          revision.toString(),
          null,
          problems.sorted().stream().map(Problem::line).toList(),
          Candidate.Keeper.NOTHING);
    }
    state = state.from(source + ", " + file);
    LoadOptions options = Promises.in(LoadOptions.defaults().forHost(path.identity().host()));
    Loaded loaded = HostFile.load(files, file, options);
    ContentDigest content = new ContentDigest().text(file);
    SortedMap<String, String> texts = new TreeMap<>();
    for (String each : loaded.files()) {
      byte[] bytes = files.read(each, Integer.MAX_VALUE - 1);
      content.file(each, bytes);
      texts.put(each, new String(bytes, StandardCharsets.UTF_8));
    }
    return candidate(revision, revision.toString(), loaded, content.hex(), file, texts);
  }

  private Candidate candidate(
      Revision revision,
      String label,
      Loaded loaded,
      String content,
      String file,
      SortedMap<String, String> texts) {
    Candidate.Keeper keeper =
        new Candidate.Keeper() {
          @Override
          public void keep() {
            try {
              goods.keep(revision.id(), content, label, revision.time(), file, texts);
              source.keepAsGood(revision);
              trouble.over("remember the last good revision");
            } catch (IOException e) {
              trouble.met("remember the last good revision", e);
            }
          }

          @Override
          public void trying() {
            starts.trying(revision.id());
          }
        };
    return Candidate.read(
            revision.id(),
            content,
            label,
            loaded.state(),
            loaded.problems().stream().map(Problem::line).toList(),
            keeper)
        .committed(revision.time());
  }

  @Override
  public void close() {
    if (worker != null) {
      worker.close();
    }
    fleet.close();
    source.close();
  }
}
