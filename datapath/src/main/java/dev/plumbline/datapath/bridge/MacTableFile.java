// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bridge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntPredicate;
import java.util.zip.CRC32C;

/**
 * A table's learnt entries in bytes, so that they survive a restart. Big-endian:
 *
 * <pre>
 *   0          4          8          12         16
 *   +----------+----------+----------+----------+
 *   | "PLMT"   | version 1| entries  | CRC-32C  |  of the entries
 *   +----------+----------+----------+----------+
 *   each entry, a port's from the least to the most recently seen:
 *   +---------------------+----------+----------+----------+  20
 *   | VLAN (2)  MAC (6)   | port     | age ms   | lock ms  |
 *   +---------------------+----------+----------+----------+
 * </pre>
 */
public final class MacTableFile {
  private static final int MAGIC = 0x504c4d54;
  private static final int VERSION = 1;
  private static final int HEADER = 16;
  private static final int ENTRY = 20;

  private MacTableFile() {}

  /** How many bytes {@link #save} will write. */
  public static int bytes(MacTable table) {
    return HEADER + table.size() * ENTRY;
  }

  /** Writes the learnt entries at the buffer's position; it needs {@link #bytes} of room. */
  public static void save(MacTable table, ByteBuffer out, long nowMillis) {
    ByteBuffer to = out.order(ByteOrder.BIG_ENDIAN);
    int start = to.position();
    to.position(start + HEADER);
    table.forEach(
        nowMillis,
        (vlan, mac, port, ageMillis, isStatic) -> {
          if (!isStatic) {
            to.putLong(((long) vlan << 48) | mac).putInt(port).putInt((int) ageMillis);
            to.putInt(table.lockMillis(vlan, mac, nowMillis));
          }
        });
    int end = to.position();
    to.putInt(start, MAGIC).putInt(start + 4, VERSION).putInt(start + 8, table.size());
    to.putInt(start + 12, checksum(to, start + HEADER, end));
  }

  /**
   * Reads entries that {@link #save} wrote into a table that may have some; known addresses stay as
   * they are. Entries of ports that are gone are left out, and what does not fit.
   *
   * @param ports whether a logical port is there
   * @return how many entries were taken
   * @throws IOException what was written is another version's or damaged; nothing was taken
   */
  public static int load(MacTable table, ByteBuffer in, IntPredicate ports, long nowMillis)
      throws IOException {
    ByteBuffer from = in.order(ByteOrder.BIG_ENDIAN);
    int start = from.position();
    if (from.remaining() < HEADER || from.getInt(start) != MAGIC) {
      throw new IOException("not a saved MAC table");
    }
    if (from.getInt(start + 4) != VERSION) {
      throw new IOException("a saved MAC table of version " + from.getInt(start + 4));
    }
    int count = from.getInt(start + 8);
    if (count < 0 || count > (from.remaining() - HEADER) / ENTRY) {
      throw new IOException("a saved MAC table that ends too early: " + count + " entries said");
    }
    int end = start + HEADER + count * ENTRY;
    if (checksum(from, start + HEADER, end) != from.getInt(start + 12)) {
      throw new IOException("a saved MAC table whose checksum is wrong");
    }
    int before = table.size();
    for (int at = start + HEADER; at < end; at += ENTRY) {
      long address = from.getLong(at);
      int port = from.getInt(at + 8);
      if (port > 0 && ports.test(port)) {
        table.restore(
            (int) (address >>> 48) & 0xfff,
            address & 0xffff_ffff_ffffL,
            port,
            nowMillis - from.getInt(at + 12),
            nowMillis + from.getInt(at + 16));
      }
    }
    from.position(end);
    return table.size() - before;
  }

  private static int checksum(ByteBuffer bytes, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().position(from).limit(to));
    return (int) crc.getValue();
  }
}
