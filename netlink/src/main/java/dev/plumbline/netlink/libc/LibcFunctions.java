// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.libc;

import java.nio.ByteBuffer;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;
import jnr.ffi.types.uintptr_t;
import org.jspecify.annotations.Nullable;

/**
 * The C functions as they are; jnr-ffi makes the class. Public only because the class that it makes
 * must see it: use {@link Libc}.
 *
 * <p>None has six arguments: jnr-ffi 2.1.16 to 2.3.4 hand over a garbage sixth one.
 */
@SuppressWarnings({"MethodName", "checkstyle:MethodName"})
public interface LibcFunctions {
  int socket(int domain, int type, int protocol);

  int bind(int fd, @In byte[] address, int length);

  int connect(int fd, @In byte[] address, int length);

  int setsockopt(int fd, int level, int option, @In byte[] value, int length);

  int getsockopt(int fd, int level, int option, @Out byte[] value, @In @Out byte[] length);

  @ssize_t
  long send(int fd, @In ByteBuffer buffer, @size_t long length, int flags);

  @ssize_t
  long recv(int fd, @Out ByteBuffer buffer, @size_t long length, int flags);

  int sendmmsg(int fd, @uintptr_t long messages, int count, int flags);

  int recvmmsg(int fd, @uintptr_t long messages, int count, int flags, @uintptr_t long timeout);

  int poll(@In @Out ByteBuffer fds, long count, int timeoutMillis);

  int poll(@uintptr_t long fds, long count, int timeoutMillis);

  int open(String path, int flags, int mode);

  int close(int fd);

  @ssize_t
  long read(int fd, @Out byte[] buffer, @size_t long length);

  @ssize_t
  long read(int fd, @uintptr_t long address, @size_t long length);

  @ssize_t
  long write(int fd, @In byte[] buffer, @size_t long length);

  int flock(int fd, int operation);

  int fchdir(int fd);

  int ioctl(int fd, long request, long argument);

  int ioctl(int fd, long request, @In @Out byte[] argument);

  int setns(int fd, int type);

  int unshare(int flags);

  int mount(
      @Nullable String source,
      String target,
      @Nullable String type,
      long flags,
      @Nullable String data);

  int umount2(String target, int flags);

  int unlink(String path);

  int eventfd(int initial, int flags);

  int inotify_init1(int flags);

  int inotify_add_watch(int fd, String path, int mask);

  int geteuid();

  String strerror(int errno);

  /** Variadic in C, which on 64-bit Linux is no matter. */
  long syscall(long number, long a, long b, long c);

  /**
   * With all its seven arguments, and so never with six. For each call jnr-ffi makes an object to
   * hold so many.
   */
  long syscall(long number, long a, long b, long c, long d, long e, long f);

  int munmap(@uintptr_t long address, @size_t long length);

  int statfs(String path, @Out byte[] result);

  /** Variadic in C. */
  int fcntl(int fd, int command, int argument);
}
