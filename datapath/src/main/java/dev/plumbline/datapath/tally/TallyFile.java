// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tally;

import dev.plumbline.datapath.translate.Trail;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * Tallies, and what trails mean, as records that are added at the end of a file; now and then the
 * file is written anew with what still counts. What was added is there for the next process even if
 * this one is killed. A record that is not whole ends the file: the process was killed while it
 * wrote, and had not yet gone by it.
 *
 * <p>If something cannot be written, the file goes: what it says trails mean may be another thing
 * soon, and a later process had better know nothing. It is there again when it was {@linkplain
 * #renew written anew}.
 *
 * <pre>
 *   magic (8)  place (8)  identity of the fast path's counters (8)  last number given (8)
 *   then records, each of a type (1) and
 *     1 tally:   number, key, content, created, changed, used, packets, bytes (8 each); replaces
 *     2 gone:    number (8)
 *     3 trail:   index (4), count (4), numbers (8 each)
 *     4 retired: index (4), packets, bytes, used (8 each); they are the tallies', and the index is free
 * </pre>
 */
final class TallyFile {
  /** Is told what the file has, in its order. */
  interface Reader {
    void begins(long lastNumber);

    void tally(Tally tally);

    void gone(long number);

    void trail(int index, Trail trail);

    void retired(int index, long packets, long bytes, long usedNanos);

    /**
     * That was all.
     *
     * @param goesOn whether the trails that are left are those of the fast path's counters
     */
    void ends(boolean goesOn);
  }

  private static final long MAGIC = 0x504c_5441_4c4c_5931L; // PLTALLY1
  private static final int HEADER_BYTES = 4 * Long.BYTES;
  private static final int TALLY_BYTES = 1 + 8 * Long.BYTES;
  private static final int RETIRED_BYTES = 1 + Integer.BYTES + 3 * Long.BYTES;
  private static final byte TALLY = 1;
  private static final byte GONE = 2;
  private static final byte TRAIL = 3;
  private static final byte RETIRED = 4;

  /** A file that is smaller is not worth to be written anew. */
  private static final int SMALL_BYTES = 1 << 18;

  private final Path file;
  private final long place;
  private final long identity;
  private ByteBuffer pending = ByteBuffer.allocate(1 << 12);
  private long size;
  private long sizeWhenNew;

  /** Whether the file has all that happened; if it has not, nothing is added to it. */
  private boolean isWhole;

  /**
   * A file; nothing is read or written yet.
   *
   * @param place what numbers and times mean something in, as a hash: a boot
   * @param identity of the fast path's counters, which the trails are for
   */
  TallyFile(Path file, long place, long identity) {
    this.file = file;
    this.place = place;
    this.identity = identity;
  }

  /**
   * Reads what an earlier process left; nothing if it is of another place.
   *
   * @throws IOException also if the file is damaged; the reader was told what is before that
   */
  void read(Reader reader) throws IOException {
    ByteBuffer in;
    try {
      in = ByteBuffer.wrap(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return;
    }
    if (in.remaining() < HEADER_BYTES || in.getLong() != MAGIC) {
      throw new IOException(file + " is damaged");
    }
    if (in.getLong() != place) {
      return;
    }
    boolean isGoingOn = in.getLong() == identity && identity != 0;
    reader.begins(in.getLong());
    boolean more = true;
    while (more) {
      more = readRecord(in, reader);
    }
    reader.ends(isGoingOn);
    if (in.hasRemaining() && !isType(in.get(in.position()))) {
      throw new IOException(file + " is damaged");
    }
  }

  private static boolean isType(byte type) {
    return type >= TALLY && type <= RETIRED;
  }

  private static boolean readRecord(ByteBuffer in, Reader reader) {
    if (in.remaining() < 1 + Long.BYTES) {
      return false;
    }
    if (!isType(in.get(in.position()))) {
      return false;
    }
    byte type = in.get();
    if (type == TALLY && in.remaining() >= TALLY_BYTES - 1) {
      Tally tally = new Tally(in.getLong(), in.getLong());
      tally.content = in.getLong();
      tally.createdNanos = in.getLong();
      tally.changedNanos = in.getLong();
      tally.usedNanos = in.getLong();
      tally.packets = in.getLong();
      tally.bytes = in.getLong();
      reader.tally(tally);
      return true;
    }
    if (type == GONE) {
      reader.gone(in.getLong());
      return true;
    }
    if (type == TRAIL) {
      int index = in.getInt();
      int count = in.getInt();
      if (count < 0 || in.remaining() < (long) count * Long.BYTES) {
        return false;
      }
      long[] numbers = new long[count];
      in.asLongBuffer().get(numbers);
      in.position(in.position() + count * Long.BYTES);
      reader.trail(index, Trail.of(numbers, count));
      return true;
    }
    if (type == RETIRED && in.remaining() >= RETIRED_BYTES - 1) {
      int index = in.getInt();
      long packets = in.getLong();
      long bytes = in.getLong();
      long usedNanos = in.getLong();
      reader.retired(index, packets, bytes, usedNanos);
      return true;
    }
    return false;
  }

  /** A tally as it is; it replaces an earlier record of its number. */
  void tally(Tally tally) {
    room(TALLY_BYTES).put(TALLY).putLong(tally.number).putLong(tally.key).putLong(tally.content);
    pending.putLong(tally.createdNanos).putLong(tally.changedNanos).putLong(tally.usedNanos);
    pending.putLong(tally.packets).putLong(tally.bytes);
  }

  void gone(long number) {
    room(1 + Long.BYTES).put(GONE).putLong(number);
  }

  void trail(int index, Trail trail) {
    room(1 + 2 * Integer.BYTES + trail.size() * Long.BYTES).put(TRAIL);
    pending.putInt(index).putInt(trail.size());
    for (int i = 0; i < trail.size(); i++) {
      pending.putLong(trail.number(i));
    }
  }

  void retired(int index, long packets, long bytes, long usedNanos) {
    room(RETIRED_BYTES).put(RETIRED).putInt(index);
    pending.putLong(packets).putLong(bytes).putLong(usedNanos);
  }

  private ByteBuffer room(int bytes) {
    if (pending.remaining() < bytes) {
      ByteBuffer larger = ByteBuffer.allocate(Math.max(2 * pending.capacity(), bytes * 2));
      pending = larger.put(pending.flip());
    }
    return pending;
  }

  /**
   * Writes the records since the last time.
   *
   * @throws IOException if it cannot; the file is gone then, until it is {@linkplain #renew written
   *     anew}
   */
  void flush() throws IOException {
    if (!isWhole) {
      pending.clear();
    }
    if (pending.position() == 0) {
      return;
    }
    try {
      size += write(file, StandardOpenOption.APPEND);
    } catch (IOException e) {
      isWhole = false;
      delete(file, e);
      throw e;
    }
  }

  /** Writes what is pending; returns how many bytes that were. */
  private int write(Path to, OpenOption... options) throws IOException {
    int bytes = pending.flip().remaining();
    try (FileChannel out = FileChannel.open(to, options)) {
      while (pending.hasRemaining()) {
        int unused = out.write(pending);
      }
    } finally {
      pending.clear();
    }
    return bytes;
  }

  private static void delete(Path path, IOException because) {
    try {
      boolean unused = Files.deleteIfExists(path);
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  /** Whether the file has got much larger than what is in it. */
  boolean isWorn() {
    return size > SMALL_BYTES && size > 2 * sizeWhenNew;
  }

  /**
   * Writes the file anew, and puts it in the place of the old one as a whole.
   *
   * @throws IOException if it cannot; the old one stays if it has all, and goes if it has not
   */
  void renew(long lastNumber, LongMap<Tally> tallies, Map<Trail, Integer> trails)
      throws IOException {
    pending.clear();
    room(HEADER_BYTES).putLong(MAGIC).putLong(place).putLong(identity).putLong(lastNumber);
    tallies.forEach(this::tally);
    trails.forEach((trail, index) -> trail(index, trail));
    try {
      int bytes =
          write(
              next(),
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
      Files.move(next(), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      size = bytes;
      sizeWhenNew = bytes;
      isWhole = true;
    } catch (IOException e) {
      delete(next(), e);
      if (!isWhole) {
        delete(file, e);
      }
      throw e;
    } finally {
      if (pending.capacity() > SMALL_BYTES) {
        pending = ByteBuffer.allocate(1 << 12);
      }
    }
  }

  private Path next() {
    return file.resolveSibling(file.getFileName() + ".next");
  }

  /** Deletes the file. */
  void forget() throws IOException {
    pending.clear();
    isWhole = false;
    boolean unusedNext = Files.deleteIfExists(next());
    boolean unused = Files.deleteIfExists(file);
  }
}
