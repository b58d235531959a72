// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.checkpoint;

import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Snapshot;
import dev.plumbline.reconciler.checkpoint.CheckpointFiles.DamagedException;
import dev.plumbline.reconciler.host.BootClock;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.host.Memory;
import dev.plumbline.reconciler.host.Restored;
import dev.plumbline.reconciler.host.StateFile;
import dev.plumbline.reconciler.host.Witness;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Ownership;
import dev.plumbline.reconciler.plan.Plan;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoint of a state directory, of which there is one at a time.
 *
 * <p>One that could not be rolled back whole is kept aside: it is in nobody's way, and {@link
 * #rollBack} tries it again.
 */
public final class Checkpoints {
  /** An apply that takes longer than this and the time to confirm it is taken for hung. */
  private static final Duration LONGEST_APPLY = Duration.ofMinutes(5);

  /** How often what could not be taken back is tried once more, before somebody has to help. */
  private static final int TRIES = 5;

  private static final long PAUSE_MILLIS = 1_000;

  /** Is called once the checkpoint is on the disk, before the first step. */
  @FunctionalInterface
  public interface Opened {
    void opened(Checkpoint checkpoint) throws IOException;
  }

  private final Path directory;
  private final CheckpointFiles files;
  private final CheckpointFiles failed;
  private final Path rolledBack;
  private final BootClock clock;

  public Checkpoints(Path stateDirectory, BootClock clock) {
    this.directory = stateDirectory;
    this.files = new CheckpointFiles(stateDirectory.resolve("checkpoint"));
    this.failed = new CheckpointFiles(stateDirectory.resolve("checkpoint-failed"));
    this.rolledBack = stateDirectory.resolve("rolled-back");
    this.clock = clock;
  }

  /** Whether an apply is undecided. */
  public boolean isOpen() {
    return files.exists();
  }

  /**
   * The undecided apply; null if there is none.
   *
   * @throws IOException if there is one that cannot be read
   */
  public @Nullable Checkpoint find() throws IOException {
    return files.read();
  }

  /**
   * Removes a checkpoint of this process that is decided.
   *
   * @return whether it is not there any more; false: it cannot be removed now
   */
  public boolean remove(String id) {
    try {
      Checkpoint checkpoint = find();
      if (checkpoint != null && checkpoint.id().equals(id)) {
        files.remove();
      }
      return true;
    } catch (DamagedException e) {
      return true; // another one, or one that is put aside
    } catch (IOException e) {
      return false;
    }
  }

  /** When it is taken back, by the host's clock. */
  public Instant until(Checkpoint checkpoint) throws IOException {
    return Instant.now().plusMillis(checkpoint.deadlineMillis() - clock.millis());
  }

  /**
   * Milliseconds until something has to be decided; 0 if that is now, also where it cannot be read.
   */
  public long millisLeft() throws IOException {
    Checkpoint checkpoint;
    try {
      checkpoint = find();
    } catch (DamagedException e) {
      return 0;
    }
    if (checkpoint == null) {
      return Long.MAX_VALUE;
    }
    return checkpoint.boot().equals(clock.boot())
        ? Math.max(0, checkpoint.deadlineMillis() - clock.millis())
        : 0;
  }

  /**
   * Whether something has to be decided now: also about an apply that was broken off. To be asked
   * by a thread that does not apply.
   */
  public boolean isDue() throws IOException {
    if (!isOpen()) {
      return false;
    }
    if (millisLeft() == 0) {
      return true;
    }
    Checkpoint checkpoint = find();
    return checkpoint != null
        && checkpoint.applying()
        && (checkpoint.process() == ProcessHandle.current().pid() || !checkpoint.isProcessThere());
  }

  /**
   * Opens a checkpoint before the first step, and has it wait for its confirmation after the last.
   */
  public Witness opening(String file, Duration patience, String by, Opened told) {
    return witness(file, patience, by, told);
  }

  /**
   * Opens a checkpoint before the first step, and needs it no more when the apply has ended: who
   * finds it finds an apply that was broken off, in its steps or while its checks were tried.
   */
  public Witness guarding(String file, String by) {
    return witness(file, Duration.ZERO, by, opened -> {});
  }

  private Witness witness(String file, Duration patience, String by, Opened told) {
    return new Witness() {
      private @Nullable Checkpoint checkpoint;

      @Override
      public void before(Goal goal, LiveState live, Plan plan, Ownership ownership)
          throws IOException {
        if (plan.isEmpty()) {
          return;
        }
        Checkpoint opened =
            new Checkpoint(
                UUID.randomUUID().toString(),
                file,
                digest(goal),
                by,
                ProcessHandle.current().pid(),
                Instant.now(),
                patience,
                clock.boot(),
                clock.millis() + patience.plus(LONGEST_APPLY).plus(longestCheck(plan)).toMillis(),
                true,
                List.copyOf(Snapshot.of(plan).touched()));
        try {
          files.write(opened, live, ownership);
          if (opened.isToBeConfirmed()) {
            forgetFailed();
          }
          told.opened(opened);
        } catch (IOException e) {
          try {
            files.remove();
          } catch (IOException second) {
            e.addSuppressed(second);
          }
          throw new NotOpenedException(e);
        }
        checkpoint = opened;
      }

      @Override
      public void after(Outcome outcome) throws IOException {
        Checkpoint opened = checkpoint;
        if (opened == null) {
          return;
        }
        boolean failed = outcome.result() == Outcome.Result.UNDO_FAILED;
        if (outcome.result() == Outcome.Result.UNDONE || !(opened.isToBeConfirmed() || failed)) {
          files.remove();
        } else if (!opened.isToBeConfirmed()) {
          keep(files); // what is left of it can be rolled back
        } else if (!outcome.unheld().isEmpty()) {
          // Its checks did not hold, so that nobody is to confirm it; what is left of it can be
          // rolled back.
          StateFile.replace(rolledBack, opened.goal() + "\n");
          keep(files);
        } else {
          files.rewrite(opened.applied(clock.millis() + patience.toMillis()));
        }
      }
    };
  }

  private static Duration longestCheck(Plan plan) {
    return plan.checks().stream()
        .map(each -> each.check().within())
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  /** How logs tell that a checkpoint was opened. */
  public static String said(Checkpoint checkpoint) {
    return checkpoint.file()
        + " is applied by "
        + checkpoint.by()
        + ", and rolled back unless it is confirmed within "
        + checkpoint.waited();
  }

  /** Tells what is wanted, in hexadecimal digits: the same for two goals that want the same. */
  public static String digest(Goal goal) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      goal.wanted().forEach(each -> digest.update((each + "\n").getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Whether this very goal was rolled back last, and not been confirmed since. */
  public boolean wasRolledBack(Goal goal) throws IOException {
    try {
      return Files.readString(rolledBack).strip().equals(digest(goal));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Something was applied since, and stays: there is no way back any more from before it. */
  public void forgetFailed() throws IOException {
    failed.remove();
  }

  /** As {@link #forgetFailed}, by somebody who may have what was rolled back all the same. */
  public void superseded() throws IOException {
    forgetFailed();
    Files.deleteIfExists(rolledBack);
  }

  /**
   * Decides what does not wait any longer: takes back what was not confirmed in time or whose apply
   * was broken off.
   *
   * @return null if there is nothing to decide by now
   */
  public @Nullable Decided settle(Host host) throws IOException {
    if (!isOpen()) {
      return null;
    }
    return host.decide(
        () -> {
          Checkpoint checkpoint;
          try {
            checkpoint = find();
          } catch (DamagedException e) {
            return aside(files, String.valueOf(e.getMessage()));
          }
          if (checkpoint == null) {
            return null;
          }
          if (!checkpoint.boot().equals(clock.boot())) {
            return afterRestart(checkpoint);
          }
          if (checkpoint.applying()) {
            return rollBack(host, checkpoint, files, "the apply was broken off");
          }
          return checkpoint.deadlineMillis() <= clock.millis()
              ? rollBack(host, checkpoint, files, "not confirmed within " + checkpoint.waited())
              : null;
        });
  }

  /**
   * Keeps what was applied, if there is time left for that.
   *
   * @param by who says so
   * @return null if there is no checkpoint
   */
  public @Nullable Decided confirm(Host host, String by) throws IOException {
    Decided settled = settle(host);
    if (settled != null || !isOpen()) {
      return settled;
    }
    return host.decide(
        () -> {
          Checkpoint checkpoint = find();
          if (checkpoint == null) {
            return null;
          }
          files.remove();
          superseded();
          return new Decided(
              Decided.CONFIRMED,
              checkpoint,
              "confirmed by " + by + ": " + checkpoint.file() + " stays",
              List.of());
        });
  }

  /**
   * Takes back what was applied, or what is left of an earlier one that could not be taken back
   * whole.
   *
   * @param why the beginning of a sentence: {@code as ann asked}
   * @return null if there is none
   */
  public @Nullable Decided rollBack(Host host, String why) throws IOException {
    Decided settled = settle(host);
    if (settled != null) {
      return settled;
    }
    return host.decide(
        () -> {
          Checkpoint checkpoint = find();
          if (checkpoint != null) {
            return rollBack(host, checkpoint, files, why);
          }
          Checkpoint again;
          try {
            again = failed.read();
          } catch (DamagedException e) {
            again = null; // said when it was put there
          }
          if (again == null) {
            return null;
          }
          if (!again.boot().equals(clock.boot())) {
            failed.remove();
            return null;
          }
          return rollBack(host, again, failed, why);
        });
  }

  /** What cannot be read must not be in the way of anything. */
  private Decided aside(CheckpointFiles from, String problem) throws IOException {
    keep(from);
    return new Decided(
        Decided.NOT_ROLLED_BACK,
        null,
        "the checkpoint cannot be read (" + problem + "): put aside, and what was applied stays",
        List.of());
  }

  /** The kernel has forgotten what was applied, and what was there before. */
  private Decided afterRestart(Checkpoint checkpoint) throws IOException {
    new Memory(directory).save(files.ownership());
    refuse(checkpoint);
    files.remove();
    return new Decided(
        Decided.VOID,
        checkpoint,
        checkpoint.file()
            + (checkpoint.isToBeConfirmed() ? " was not confirmed" : " was not whole")
            + " before the host was started anew: there is nothing to roll back"
            + (checkpoint.isToBeConfirmed() ? ", and it is not applied again" : ""),
        List.of());
  }

  /** So that an agent does not apply by itself what somebody did not want to keep. */
  private void refuse(Checkpoint checkpoint) throws IOException {
    if (checkpoint.isToBeConfirmed()) {
      StateFile.replace(rolledBack, checkpoint.goal() + "\n");
    }
  }

  private Decided rollBack(Host host, Checkpoint checkpoint, CheckpointFiles from, String why)
      throws IOException {
    LiveState before;
    Ownership then;
    try {
      before = from.live();
      then = from.ownership();
    } catch (IOException e) {
      return aside(from, String.valueOf(e.getMessage()));
    }
    Restored restored = host.restore(before, Snapshot.of(checkpoint.touched()), then);
    int changes = restored.changes();
    for (int again = 0; again < TRIES && !restored.left().isEmpty(); again++) {
      pause(); // what is busy, or written by somebody else at this very moment
      restored = host.restore(before, Snapshot.of(checkpoint.touched()), then);
    }
    try {
      refuse(checkpoint);
    } catch (IOException e) {
      // The host comes first: it is as before, and who reads this knows what may come.
      why += " (an agent may apply it again, for this cannot be written: " + e.getMessage() + ")";
    }
    if (restored.left().isEmpty()) {
      from.remove();
      return new Decided(
          Decided.ROLLED_BACK,
          checkpoint,
          why + ": " + checkpoint.file() + " rolled back; " + undone(changes),
          List.of());
    }
    keep(from);
    return new Decided(
        Decided.NOT_ROLLED_BACK,
        checkpoint,
        why
            + ": "
            + checkpoint.file()
            + " could not be rolled back whole; `plumbline rollback` tries again. The host differs"
            + " in this:",
        restored.left());
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while it was rolled back");
    }
  }

  private void keep(CheckpointFiles from) throws IOException {
    if (from != failed) {
      from.moveTo(failed);
    }
  }

  private static String undone(int changes) {
    return changes == 0
        ? "there was nothing to undo"
        : changes + (changes == 1 ? " change undone" : " changes undone");
  }
}
