// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryTest {
  @TempDir Path temporary;

  @Test
  void allocatedMemoryIsZeroAndAligned() {
    Memory memory = Memory.allocate(20);
    assertEquals(20, memory.bytes());
    assertEquals(0, memory.address() % 8);
    assertEquals(0, memory.buffer().getLong(12));
    memory.buffer().putLong(12, 7);
    memory.clear();
    assertEquals(0, memory.buffer().getLong(12));
  }

  @Test
  void partsOutsideAreRefused() {
    Memory memory = Memory.allocate(20);
    assertEquals(memory.address() + 12, memory.address(12, 8));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.address(13, 8));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.address(-1, 8));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.address(4, Integer.MAX_VALUE));
    assertThrows(IllegalStateException.class, memory::unmap);
  }

  /** All six arguments of mmap matter: the offset is the last. */
  @Test
  void fileIsMappedFromAnOffset() throws IOException {
    Path file = temporary.resolve("file");
    byte[] bytes = new byte[3 * 4096];
    bytes[2 * 4096 + 5] = 42;
    Files.write(file, bytes);
    int fd = Libc.open(file.toString(), Libc.O_RDWR | Libc.O_CLOEXEC, 0);
    Memory memory;
    try {
      memory = Libc.mmap(fd, 2 * 4096, 4096, Libc.PROT_READ | Libc.PROT_WRITE);
    } finally {
      Libc.close(fd);
    }
    assertEquals(42, memory.buffer().get(5));
    memory.buffer().put(6, (byte) 43);
    assertEquals(43, Files.readAllBytes(file)[2 * 4096 + 6]);
    memory.unmap();
    memory.unmap();
    assertThrows(IllegalStateException.class, memory::address);
  }

  @Test
  void failuresHaveTheErrno() {
    ErrnoException e =
        assertThrows(ErrnoException.class, () -> Libc.mmap(-1, 0, 4096, Libc.PROT_READ));
    assertTrue(e.getMessage().contains("EBADF"), e.getMessage());
    int errno = -Libc.bpf(9999, Memory.allocate(8));
    assertTrue(errno == Errno.EINVAL || errno == Errno.EPERM, Errno.name(errno));
  }

  @Test
  void duplicateIsADescriptorOfItsOwn() throws IOException {
    int fd = Libc.open(temporary.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
    int other = Libc.duplicate(fd);
    Libc.close(fd);
    assertTrue(other > fd);
    assertEquals(temporary.toRealPath(), Path.of("/proc/self/fd/" + other).toRealPath());
    Libc.close(other);
  }

  @Test
  void fileSystemsAreToldApart() throws IOException {
    assertEquals(0x9fa0, Libc.fileSystemType("/proc")); // PROC_SUPER_MAGIC
    assertEquals(0x62656572, Libc.fileSystemType("/sys")); // SYSFS_MAGIC
    assertThrows(ErrnoException.class, () -> Libc.fileSystemType("/proc/nonsense"));
  }
}
