// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.libc;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory outside the heap whose address is known, to be given to the kernel without a copy and
 * without allocating anything.
 */
public final class Memory {
  private final ByteBuffer buffer;
  private final long address;
  private final boolean mapped;
  private boolean gone;

  private Memory(ByteBuffer buffer, long address, boolean mapped) {
    this.buffer = buffer.order(ByteOrder.nativeOrder());
    this.address = address;
    this.mapped = mapped;
  }

  /** Zeroed memory, aligned to 8 bytes at least; freed when nobody refers to this any more. */
  public static Memory allocate(int bytes) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
    return new Memory(buffer, MemoryIO.getInstance().getDirectBufferAddress(buffer), false);
  }

  static Memory mapped(long address, int bytes) {
    return new Memory(MemoryIO.getInstance().newDirectByteBuffer(address, bytes), address, true);
  }

  /** All of it, in native byte order; always the same buffer, position and limit are the user's. */
  public ByteBuffer buffer() {
    return buffer;
  }

  /** Where it begins. Good as long as this object is reachable. */
  public long address() {
    if (gone) {
      throw new IllegalStateException("unmapped");
    }
    return address;
  }

  /**
   * Where a part of it begins.
   *
   * @throws IndexOutOfBoundsException if the part is not inside
   */
  public long address(int offset, int bytes) {
    if (offset < 0 || bytes < 0 || offset > buffer.capacity() - bytes) {
      throw new IndexOutOfBoundsException(
          bytes + " bytes at " + offset + " of " + buffer.capacity());
    }
    return address() + offset;
  }

  public int bytes() {
    return buffer.capacity();
  }

  /** Sets all to zero. */
  public void clear() {
    MemoryIO.getInstance().setMemory(address(), bytes(), (byte) 0);
  }

  /**
   * Ends the mapping that {@link Libc#mmap} made. Nobody may touch the buffer after that: it would
   * end the process.
   *
   * @throws IllegalStateException if this is no mapping
   */
  public void unmap() throws ErrnoException {
    if (!mapped) {
      throw new IllegalStateException("not a mapping");
    }
    if (!gone) {
      gone = true;
      Libc.munmap(address, bytes());
    }
  }
}
