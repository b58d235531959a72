// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.bridge.MacTableFile;
import dev.plumbline.datapath.port.DeviceClaim;
import dev.plumbline.datapath.translate.PortId;
import dev.plumbline.datapath.translate.PortNumbers;
import dev.plumbline.datapath.translate.SwitchState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * What the next process must know besides the fast path's own tables: which numbers ports and
 * bridges have, which addresses were learnt, which members of bonds are active. A file that is
 * written anew each half second if something is different, and put in the place of the old one as a
 * whole.
 *
 * <pre>
 *   magic (8)  CRC-32C of the rest (4)
 *   numbers of ports:   count (4), then: number (4), bridge, port, part (texts)
 *   numbers of bridges: count (4), then: number (4), generation (4), name (text)
 *   active members:     count (4), then: bond (4), member (4)
 *   MAC tables:         count (4), then: bridge's name (text), bytes (4), the table
 *   claims:             place (text), count (4), then: port (4), interface index (4), flags (4)
 *   text: length (2), UTF-8
 * </pre>
 */
final class SavedState {
  private static final long MAGIC = 0x504c_5357_4954_4331L; // PLSWITC1
  private static final int HEADER_BYTES = 12;
  private static final int ROOM = 1 << 16;
  private static final int UP = 1;
  private static final int PROMISCUOUS = 2;

  private final Path file;
  private long lastChecksum;
  private boolean forgotten;

  private final Map<PortId, Integer> ports = new LinkedHashMap<>();
  private final Map<String, Integer> bridges = new LinkedHashMap<>();
  private final Map<String, Integer> generations = new TreeMap<>();
  private final Map<Integer, Integer> active = new TreeMap<>();
  private final Map<String, ByteBuffer> tables = new LinkedHashMap<>();
  private final Map<Integer, DeviceClaim> claims = new TreeMap<>();

  private SavedState(Path file) {
    this.file = file;
  }

  /**
   * Reads what is there.
   *
   * @throws IOException also if the file is damaged: the switch can start without it, but its ports
   *     may get other numbers then, so that all flows are made anew
   */
  static SavedState read(Path file) throws IOException {
    SavedState state = new SavedState(file);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return state;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      if (in.getLong() != MAGIC || in.getInt() != checksum(bytes, bytes.length)) {
        throw new IOException(file + " is damaged");
      }
      state.read(in);
    } catch (java.nio.BufferUnderflowException | IllegalArgumentException e) {
      throw new IOException(file + " is damaged", e);
    }
    return state;
  }

  /** Without anything to begin with. */
  static SavedState none(Path file) {
    return new SavedState(file);
  }

  private void read(ByteBuffer in) {
    for (int left = in.getInt(); left > 0; left--) {
      int number = in.getInt();
      ports.put(new PortId(text(in), text(in), text(in)), number);
    }
    for (int left = in.getInt(); left > 0; left--) {
      int number = in.getInt();
      int generation = in.getInt();
      String name = text(in);
      bridges.put(name, number);
      generations.put(name, generation);
    }
    for (int left = in.getInt(); left > 0; left--) {
      active.put(in.getInt(), in.getInt());
    }
    for (int left = in.getInt(); left > 0; left--) {
      String name = text(in);
      byte[] table = new byte[in.getInt()];
      in.get(table);
      tables.put(name, ByteBuffer.wrap(table));
    }
    boolean holds = in.hasRemaining() && text(in).equals(place());
    for (int left = holds ? in.getInt() : 0; left > 0; left--) {
      int port = in.getInt();
      int ifindex = in.getInt();
      int flags = in.getInt();
      claims.put(port, new DeviceClaim(ifindex, (flags & UP) != 0, (flags & PROMISCUOUS) != 0));
    }
  }

  /** What interface indexes mean something in: a boot, and a network namespace. */
  private static String place() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What devices were before they became ports, by the port's number. */
  Map<Integer, DeviceClaim> claims() {
    return claims;
  }

  PortNumbers numbers() {
    return ports.isEmpty() && bridges.isEmpty() ? PortNumbers.NONE : PortNumbers.of(ports, bridges);
  }

  /** The bridge's generation when it was saved; 0: not known. */
  int generation(String bridge) {
    return generations.getOrDefault(bridge, 0);
  }

  /** The highest generation of any bridge; 0: nothing was saved. */
  int lastGeneration() {
    return generations.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  /** The bond's active member when it was saved; 0: none. */
  int active(int bond) {
    return active.getOrDefault(bond, 0);
  }

  /**
   * Puts what was learnt into a bridge's new table; once.
   *
   * @throws IOException if what was saved is of no use; the table is as it was
   */
  void restore(String bridge, MacTable table, SwitchState state, long nowMillis)
      throws IOException {
    ByteBuffer saved = tables.remove(bridge);
    if (saved != null && saved.hasRemaining()) {
      int unused = MacTableFile.load(table, saved, state::isLogical, nowMillis);
    }
  }

  /** Writes the file if it would be another one, and is not {@linkplain #forget forgotten}. */
  void save(
      SwitchState state,
      Map<String, Integer> bridgeGenerations,
      Map<Integer, DeviceClaim> deviceClaims,
      long nowMillis)
      throws IOException {
    if (forgotten) {
      return;
    }
    int room = ROOM;
    for (String bridge : state.config().bridges().keySet()) {
      MacTable table = state.table(state.numbers().bridge(bridge));
      room += 256 + (table == null ? 0 : MacTableFile.bytes(table));
    }
    room += 512 * (state.numbers().ports().size() + state.config().bridges().size());
    ByteBuffer out = ByteBuffer.allocate(room);
    out.putLong(MAGIC).putInt(0);
    write(out, state, bridgeGenerations, nowMillis);
    text(out, place());
    out.putInt(deviceClaims.size());
    deviceClaims.forEach(
        (port, claim) ->
            out.putInt(port)
                .putInt(claim.ifindex())
                .putInt((claim.wasUp() ? UP : 0) | (claim.wasPromiscuous() ? PROMISCUOUS : 0)));
    int checksum = checksum(out.array(), out.position());
    if (checksum == lastChecksum) {
      return;
    }
    out.putInt(Long.BYTES, checksum);
    Path next = file.resolveSibling(file.getFileName() + ".next");
    byte[] bytes = new byte[out.position()];
    out.get(0, bytes);
    Files.write(next, bytes);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    lastChecksum = checksum;
  }

  /** Deletes the file, for good. */
  void forget() throws IOException {
    forgotten = true;
    boolean unused = Files.deleteIfExists(file);
  }

  boolean isForgotten() {
    return forgotten;
  }

  private static void write(
      ByteBuffer out, SwitchState state, Map<String, Integer> bridgeGenerations, long nowMillis) {
    PortNumbers numbers = state.numbers();
    out.putInt(numbers.ports().size());
    numbers
        .ports()
        .forEach(
            (id, number) -> {
              out.putInt(number);
              text(out, id.bridge());
              text(out, id.port());
              text(out, id.part());
            });
    out.putInt(numbers.bridges().size());
    numbers
        .bridges()
        .forEach(
            (name, number) -> {
              out.putInt(number).putInt(bridgeGenerations.getOrDefault(name, 0));
              text(out, name);
            });
    int at = out.position();
    int count = 0;
    out.putInt(0);
    for (int bond = PortNumbers.BONDS; bond < PortNumbers.PATCHES; bond++) {
      if (state.active(bond) != 0) {
        out.putInt(bond).putInt(state.active(bond));
        count++;
      }
    }
    out.putInt(at, count);
    out.putInt(numbers.bridges().size());
    numbers
        .bridges()
        .forEach(
            (name, number) -> {
              text(out, name);
              MacTable table = state.table(number);
              int lengthAt = out.position();
              out.putInt(0);
              if (table != null) {
                MacTableFile.save(table, out, nowMillis);
              }
              out.putInt(lengthAt, out.position() - lengthAt - Integer.BYTES);
            });
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, HEADER_BYTES, length - HEADER_BYTES);
    return (int) checksum.getValue();
  }

  private static String text(ByteBuffer in) {
    byte[] bytes = new byte[in.getShort() & 0xffff];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void text(ByteBuffer out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.putShort((short) bytes.length).put(bytes);
  }
}
