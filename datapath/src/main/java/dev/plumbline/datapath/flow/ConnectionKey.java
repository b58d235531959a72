// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.flow;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Two ends that speak, in a zone: {@code struct connection_key} of {@code src/main/bpf/flow.h},
 * byte for byte. Packets of both ways have the same one: the lower end comes first.
 */
public final class ConnectionKey {
  public static final int BYTES = 44;

  private static final int HIGH = 16;
  private static final int ADDRESS_BYTES = 16;
  private static final int LOW_PORT = 32;
  private static final int HIGH_PORT = 34;
  private static final int ZONE = 36;
  private static final int PROTOCOL = 40;
  private static final int VERSION = 41;

  private static final VarHandle NETWORK_16 =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle NATIVE_32 =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
  private static final VarHandle NATIVE_64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  /** Nobody outside knows which keys collide. */
  private static final long SEED = new SecureRandom().nextLong() | 1;

  private final byte[] bytes = new byte[BYTES];

  /** The key's own bytes, not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  public ConnectionKey copy() {
    ConnectionKey copy = new ConnectionKey();
    System.arraycopy(bytes, 0, copy.bytes, 0, BYTES);
    return copy;
  }

  /**
   * Takes the ends of a packet, in the order in which it goes; the zone stays.
   *
   * @param addresses source, and 16 bytes behind it destination; IPv4 in the first 4 of them
   * @return whether it goes from the high end to the low one
   */
  public boolean ends(
      int version, int protocol, byte[] addresses, int at, int sourcePort, int destinationPort) {
    int order =
        Arrays.compareUnsigned(
            addresses,
            at,
            at + ADDRESS_BYTES,
            addresses,
            at + ADDRESS_BYTES,
            at + 2 * ADDRESS_BYTES);
    boolean fromHigh = order > 0 || (order == 0 && sourcePort > destinationPort);
    System.arraycopy(addresses, at, bytes, fromHigh ? HIGH : 0, ADDRESS_BYTES);
    System.arraycopy(addresses, at + ADDRESS_BYTES, bytes, fromHigh ? 0 : HIGH, ADDRESS_BYTES);
    NETWORK_16.set(bytes, fromHigh ? HIGH_PORT : LOW_PORT, (short) sourcePort);
    NETWORK_16.set(bytes, fromHigh ? LOW_PORT : HIGH_PORT, (short) destinationPort);
    bytes[PROTOCOL] = (byte) protocol;
    bytes[VERSION] = (byte) version;
    return fromHigh;
  }

  /** Bridge × 2^16 + zone. */
  public void zone(int zone) {
    NATIVE_32.set(bytes, ZONE, zone);
  }

  /**
   * Puts the address of an end where {@link #ends} takes one.
   *
   * @param isHigh of the two ends the high one
   */
  public void address(boolean isHigh, byte[] to, int at) {
    System.arraycopy(bytes, isHigh ? HIGH : 0, to, at, ADDRESS_BYTES);
  }

  /** The port of an end. */
  public int port(boolean isHigh) {
    return (short) NETWORK_16.get(bytes, isHigh ? HIGH_PORT : LOW_PORT) & 0xffff;
  }

  public void port(boolean isHigh, int port) {
    NETWORK_16.set(bytes, isHigh ? HIGH_PORT : LOW_PORT, (short) port);
  }

  public int version() {
    return bytes[VERSION];
  }

  public int protocol() {
    return bytes[PROTOCOL] & 0xff;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConnectionKey key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    long hash = SEED ^ (int) NATIVE_32.get(bytes, PROTOCOL);
    for (int i = 0; i < PROTOCOL; i += Long.BYTES) {
      hash = (hash ^ (long) NATIVE_64.get(bytes, i)) * 0x9e3779b97f4a7c15L;
      hash ^= hash >>> 32;
      hash *= SEED;
    }
    return (int) (hash >>> 32);
  }
}
