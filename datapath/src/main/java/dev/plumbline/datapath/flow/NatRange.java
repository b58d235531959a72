// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.flow;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What an end of a connection may become: {@code struct nat_range} of {@code src/main/bpf/flow.h}.
 *
 * @param isSource the end that begins it; otherwise the other end
 * @param version of IP
 * @param high of the first address; 0 in IPv4
 * @param low the lower 64 bits of it, or all of IPv4
 * @param addresses how many there are in a row, from 1; they differ in their last four bytes alone
 * @param firstPort 0: not said
 */
public record NatRange(
    boolean isSource,
    int version,
    long high,
    long low,
    int addresses,
    int firstPort,
    int lastPort) {
  public static final int BYTES = 28;

  private static final int SOURCE = 1;
  private static final int VERSION = 1;
  private static final int WORD = 2;
  private static final int FIRST_PORT = 4;
  private static final int LAST_PORT = 6;
  private static final int ADDRESSES = 8;
  private static final int ADDRESS = 12;
  private static final int ADDRESS_BYTES = 16;

  /** As {@link #write} wrote it; null: none. */
  public static @Nullable NatRange read(ByteBuffer from, int at) {
    int version = from.get(at + VERSION);
    if (version == 0) {
      return null;
    }
    byte[] address = new byte[ADDRESS_BYTES];
    from.get(at + ADDRESS, address);
    ByteBuffer words = ByteBuffer.wrap(address);
    return new NatRange(
        from.get(at) == SOURCE,
        version,
        version == 4 ? 0 : words.getLong(0),
        version == 4 ? words.getInt(0) & 0xffff_ffffL : words.getLong(Long.BYTES),
        from.getInt(at + ADDRESSES),
        from.getShort(at + FIRST_PORT) & 0xffff,
        from.getShort(at + LAST_PORT) & 0xffff);
  }

  /** Writes the structure, in a buffer of native byte order. */
  public void write(ByteBuffer to, int at) {
    to.put(at, (byte) (isSource ? SOURCE : 0)).put(at + VERSION, (byte) version);
    to.putShort(at + WORD, (short) (version == 4 ? 0 : 3));
    to.putShort(at + FIRST_PORT, (short) firstPort).putShort(at + LAST_PORT, (short) lastPort);
    to.putInt(at + ADDRESSES, addresses);
    to.put(at + ADDRESS, address(0));
  }

  /** One of the addresses as keys have it: IPv4 in the first 4 of 16 bytes. */
  public byte[] address(int index) {
    byte[] bytes = new byte[ADDRESS_BYTES];
    ByteBuffer words = ByteBuffer.wrap(bytes);
    if (version == 4) {
      words.putInt(0, (int) low + index);
    } else {
      words.putLong(0, high).putLong(Long.BYTES, low).putInt(3 * Integer.BYTES, (int) low + index);
    }
    return bytes;
  }
}
