// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.libc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import org.jspecify.annotations.Nullable;

/**
 * The C library's functions, with failures as {@link ErrnoException}s and with calls that a signal
 * interrupted (EINTR) made again. See section 2 of the man pages under the function's name.
 */
public final class Libc {
  public static final int AF_UNIX = 1; // unix(7)
  public static final int AF_INET = 2; // ip(7)
  public static final int AF_INET6 = 10; // ipv6(7)
  public static final int AF_NETLINK = 16;
  public static final int AF_PACKET = 17; // packet(7)
  public static final int SOCK_STREAM = 1;
  public static final int SOCK_DGRAM = 2;
  public static final int SOCK_RAW = 3;
  public static final int SOCK_NONBLOCK = 0x800;
  public static final int SOCK_CLOEXEC = 0x80000;
  public static final int SOL_SOCKET = 1; // socket(7)
  public static final int SO_ERROR = 4;
  public static final int SO_SNDBUF = 7;
  public static final int SO_RCVBUF = 8;
  public static final int SO_RCVTIMEO = 20;
  public static final int SO_BINDTODEVICE = 25;
  public static final int SO_MARK = 36;
  public static final int SO_SNDBUFFORCE = 32;
  public static final int SO_RCVBUFFORCE = 33;
  public static final int SOL_IP = 0; // ip(7)
  public static final int IP_RECVERR = 11;
  public static final int SOL_IPV6 = 41; // ipv6(7)
  public static final int IPV6_RECVERR = 25;
  public static final int IPPROTO_ICMP = 1; // raw(7)
  public static final int IPPROTO_ICMPV6 = 58;
  public static final int SOL_PACKET = 263; // packet(7)
  public static final int PACKET_ADD_MEMBERSHIP = 1;
  public static final int PACKET_STATISTICS = 6;
  public static final int PACKET_AUXDATA = 8;
  public static final int PACKET_VNET_HDR = 15;
  public static final int PACKET_IGNORE_OUTGOING = 23; // Linux 4.20
  public static final int PACKET_MR_PROMISC = 1;
  public static final int SOL_NETLINK = 270; // netlink(7)
  public static final int NETLINK_ADD_MEMBERSHIP = 1;
  public static final int NETLINK_DROP_MEMBERSHIP = 2;
  public static final int NETLINK_CAP_ACK = 10;
  public static final int NETLINK_EXT_ACK = 11;
  public static final int NETLINK_GET_STRICT_CHK = 12;
  public static final int MSG_TRUNC = 0x20; // recv(2)
  public static final int MSG_DONTWAIT = 0x40;
  public static final int MSG_NOSIGNAL = 0x4000;

  public static final int POLLIN = 1; // poll(2)
  public static final int POLLOUT = 4;
  public static final int POLLERR = 8;
  public static final int POLLFD_BYTES = 8;

  public static final int O_RDONLY = 0; // open(2)
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_CREAT = 0x40;
  public static final int O_EXCL = 0x80;
  public static final int O_NONBLOCK = 0x800;
  public static final int O_CLOEXEC = 0x80000;
  public static final int LOCK_EX = 2; // flock(2)

  public static final int CLONE_FS = 0x200; // clone(2)
  public static final int CLONE_NEWNS = 0x20000;
  public static final int CLONE_NEWNET = 0x40000000;
  public static final int NS_GET_NSTYPE = 0xb703; // ioctl_ns(2)

  public static final long MS_NOSUID = 2; // mount(2)
  public static final long MS_NODEV = 4;
  public static final long MS_NOEXEC = 8;
  public static final long MS_BIND = 4096;
  public static final long MS_REC = 16384;
  public static final long MS_PRIVATE = 1 << 18;
  public static final long MS_SHARED = 1 << 20;
  public static final int MNT_DETACH = 2; // umount2(2)

  public static final int EFD_NONBLOCK = 0x800; // eventfd(2)
  public static final int EFD_CLOEXEC = 0x80000;
  public static final int IN_NONBLOCK = 0x800; // inotify(7)
  public static final int IN_CLOEXEC = 0x80000;
  public static final int IN_CREATE = 0x100;
  public static final int IN_DELETE = 0x200;
  public static final int IN_MOVED_FROM = 0x40;
  public static final int IN_MOVED_TO = 0x80;
  public static final int IN_Q_OVERFLOW = 0x4000;

  public static final int PROT_READ = 1; // mmap(2)
  public static final int PROT_WRITE = 2;
  public static final int MAP_SHARED = 1;
  public static final int F_DUPFD_CLOEXEC = 1030; // fcntl(2)

  /** Bytes of struct statfs; its first eight are the type of the file system (statfs(2)). */
  private static final int STATFS_BYTES = 120;

  private static final LibcFunctions C = LibraryLoader.create(LibcFunctions.class).load("c");
  private static final jnr.ffi.Runtime RUNTIME = jnr.ffi.Runtime.getRuntime(C);

  private interface Call {
    long run();
  }

  private Libc() {}

  /** A socket; closed when another program is executed if the type has SOCK_CLOEXEC. */
  public static int socket(int domain, int type, int protocol) throws ErrnoException {
    return checked("socket", () -> C.socket(domain, type, protocol));
  }

  /** Binds to the raw {@code sockaddr} bytes. */
  public static void bind(int fd, byte[] address) throws ErrnoException {
    checked("bind", () -> C.bind(fd, address, address.length));
  }

  /** Connects to the raw {@code sockaddr} bytes. */
  public static void connect(int fd, byte[] address) throws ErrnoException {
    checked("connect", () -> C.connect(fd, address, address.length));
  }

  /**
   * Sets an option whose value is an int.
   *
   * @return 0, or the errno; some callers go on without the option
   */
  public static int setsockopt(int fd, int level, int option, int value) {
    return setsockopt(fd, level, option, native4(value));
  }

  /** As {@link #setsockopt(int, int, int, int)}, with the value's bytes. */
  public static int setsockopt(int fd, int level, int option, byte[] value) {
    long result = retried(() -> C.setsockopt(fd, level, option, value, value.length));
    return (int) -Math.min(result, 0);
  }

  /** Reads an option whose value is a structure of the array's size. */
  public static void getsockopt(int fd, int level, int option, byte[] value) throws ErrnoException {
    byte[] length = native4(value.length);
    checked("getsockopt", () -> C.getsockopt(fd, level, option, value, length));
  }

  /** The value of an int option. */
  public static int getsockopt(int fd, int level, int option) throws ErrnoException {
    byte[] value = new byte[4];
    getsockopt(fd, level, option, value);
    return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
  }

  /**
   * Sends the buffer's bytes from its position to its limit.
   *
   * @param buffer a direct buffer
   * @return bytes sent, or the errno as a negative number
   */
  public static int send(int fd, ByteBuffer buffer, int flags) {
    return (int) retried(() -> C.send(fd, buffer, buffer.remaining(), flags));
  }

  /**
   * Receives into the buffer from its position; position and limit stay.
   *
   * @param buffer a direct buffer
   * @return bytes received (with MSG_TRUNC those of the whole message, even if more than fit), or
   *     the errno as a negative number
   */
  public static int recv(int fd, ByteBuffer buffer, int flags) {
    return (int) retried(() -> C.recv(fd, buffer, buffer.remaining(), flags));
  }

  /**
   * Waits for one of several descriptors.
   *
   * @param pollfds a direct buffer with {@code count} structs pollfd of 8 bytes: fd (int), events
   *     (short), revents (short)
   * @param timeoutMillis -1 waits without limit
   * @return how many are ready; 0 also if a signal came, as the caller alone knows how much of its
   *     time is left
   */
  public static int poll(ByteBuffer pollfds, int count, int timeoutMillis) throws ErrnoException {
    int ready = C.poll(pollfds, count, timeoutMillis);
    int errno = ready < 0 ? LastError.getLastError(RUNTIME) : 0;
    if (ready < 0 && errno != Errno.EINTR) {
      throw new ErrnoException("poll", errno);
    }
    return Math.max(ready, 0);
  }

  /** As {@link #poll(ByteBuffer, int, int)}; nothing is allocated. */
  public static int poll(Memory pollfds, int count, int timeoutMillis) throws ErrnoException {
    int ready = C.poll(pollfds.address(0, count * POLLFD_BYTES), count, timeoutMillis);
    int errno = ready < 0 ? LastError.getLastError(RUNTIME) : 0;
    if (ready < 0 && errno != Errno.EINTR) {
      throw new ErrnoException("poll", errno);
    }
    return Math.max(ready, 0);
  }

  /**
   * Sends several messages; nothing is allocated.
   *
   * @return how many were sent, at least one: the next one is the one that failed, and sending it
   *     again tells why; or the first one's errno as a negative number
   */
  public static int sendmmsg(int fd, MessageVector messages, int first, int count, int flags) {
    long address = messages.address(first, count);
    while (true) {
      int result = C.sendmmsg(fd, address, count, flags);
      int errno = result < 0 ? LastError.getLastError(RUNTIME) : 0;
      if (errno != Errno.EINTR) {
        return result < 0 ? -errno : result;
      }
    }
  }

  /**
   * Receives several messages, without a time limit of its own; nothing is allocated.
   *
   * @return how many, or the errno as a negative number
   */
  public static int recvmmsg(int fd, MessageVector messages, int count, int flags) {
    long address = messages.address(0, count);
    while (true) {
      int result = C.recvmmsg(fd, address, count, flags, 0);
      int errno = result < 0 ? LastError.getLastError(RUNTIME) : 0;
      if (errno != Errno.EINTR) {
        return result < 0 ? -errno : result;
      }
    }
  }

  public static int open(String path, int flags, int mode) throws ErrnoException {
    return checked("open " + path, () -> C.open(path, flags, mode));
  }

  /**
   * Closes a descriptor. Never made again on EINTR: Linux has closed it by then, and its number may
   * already be another thread's. Errors are of no use to anybody here: nothing is written through
   * the descriptors of this library that close could report as lost.
   */
  public static void close(int fd) {
    int unused = C.close(fd);
  }

  /** As {@link #recv}, for descriptors that are no sockets. */
  public static int read(int fd, byte[] buffer) {
    return (int) retried(() -> C.read(fd, buffer, buffer.length));
  }

  /**
   * Reads into a part of the memory; nothing is allocated.
   *
   * @return bytes read, or the errno as a negative number
   */
  public static int read(int fd, Memory memory, int offset, int bytes) {
    long address = memory.address(offset, bytes);
    while (true) {
      long result = C.read(fd, address, bytes);
      int errno = result < 0 ? LastError.getLastError(RUNTIME) : 0;
      if (errno != Errno.EINTR) {
        return result < 0 ? -errno : (int) result;
      }
    }
  }

  /**
   * Writes all bytes in one call.
   *
   * @return bytes written, or the errno as a negative number
   */
  public static int write(int fd, byte[] buffer) {
    return (int) retried(() -> C.write(fd, buffer, buffer.length));
  }

  public static void flock(int fd, int operation) throws ErrnoException {
    checked("flock", () -> C.flock(fd, operation));
  }

  /** Changes the directory of the calling thread and those that share its CLONE_FS. */
  public static void fchdir(int fd) throws ErrnoException {
    checked("fchdir", () -> C.fchdir(fd));
  }

  public static int ioctl(int fd, long request, long argument) throws ErrnoException {
    return checked("ioctl", () -> C.ioctl(fd, request, argument));
  }

  /** As {@link #ioctl(int, long, long)}, with a structure that the call reads and may write. */
  public static int ioctl(int fd, long request, byte[] argument) throws ErrnoException {
    return checked("ioctl", () -> C.ioctl(fd, request, argument));
  }

  /** Moves the calling thread, and no other, into a namespace. */
  public static void setns(int fd, int type) throws ErrnoException {
    checked("setns", () -> C.setns(fd, type));
  }

  /** Gives the calling thread, and no other, new namespaces or its own directory (CLONE_FS). */
  public static void unshare(int flags) throws ErrnoException {
    checked("unshare", () -> C.unshare(flags));
  }

  public static void mount(
      @Nullable String source,
      String target,
      @Nullable String type,
      long flags,
      @Nullable String data)
      throws ErrnoException {
    checked("mount " + target, () -> C.mount(source, target, type, flags, data));
  }

  public static void umount2(String target, int flags) throws ErrnoException {
    checked("umount " + target, () -> C.umount2(target, flags));
  }

  public static void unlink(String path) throws ErrnoException {
    checked("unlink " + path, () -> C.unlink(path));
  }

  public static int eventfd(int initial, int flags) throws ErrnoException {
    return checked("eventfd", () -> C.eventfd(initial, flags));
  }

  public static int inotifyInit(int flags) throws ErrnoException {
    return checked("inotify_init1", () -> C.inotify_init1(flags));
  }

  public static int inotifyAddWatch(int fd, String path, int mask) throws ErrnoException {
    return checked("inotify_add_watch " + path, () -> C.inotify_add_watch(fd, path, mask));
  }

  public static int geteuid() {
    return C.geteuid();
  }

  /**
   * The bpf system call: nothing is allocated.
   *
   * @param command BPF_* of {@code enum bpf_cmd}
   * @param attribute union bpf_attr, as much of it as the command needs, the rest 0
   * @return what the command gives, or the errno as a negative number
   */
  public static int bpf(int command, Memory attribute) {
    long address = attribute.address();
    long bytes = attribute.bytes();
    while (true) {
      long result = C.syscall(SystemCall.BPF, command, address, bytes);
      if (result >= 0) {
        return (int) result;
      }
      int errno = LastError.getLastError(RUNTIME);
      if (errno != Errno.EINTR) {
        return -errno;
      }
    }
  }

  /**
   * Maps a descriptor's memory into the process (mmap(2)). It stays mapped when the descriptor is
   * closed, until {@link Memory#unmap}.
   *
   * @param bytes more than 0
   * @param protection PROT_* bits
   */
  public static Memory mmap(int fd, long offset, int bytes, int protection) throws ErrnoException {
    long address =
        retried(() -> C.syscall(SystemCall.MMAP, 0, bytes, protection, MAP_SHARED, fd, offset));
    if (address < 0) {
      throw new ErrnoException("mmap of " + bytes + " bytes", (int) -address);
    }
    return Memory.mapped(address, bytes);
  }

  static void munmap(long address, long bytes) throws ErrnoException {
    checked("munmap", () -> C.munmap(address, bytes));
  }

  /** The type of the file system that a path is on (statfs(2), {@code <linux/magic.h>}). */
  public static long fileSystemType(String path) throws ErrnoException {
    byte[] result = new byte[STATFS_BYTES];
    checked("statfs " + path, () -> C.statfs(path, result));
    return ByteBuffer.wrap(result).order(ByteOrder.nativeOrder()).getLong();
  }

  /** A second descriptor of the same open file, closed when another program is executed. */
  public static int duplicate(int fd) throws ErrnoException {
    return checked("fcntl F_DUPFD_CLOEXEC", () -> C.fcntl(fd, F_DUPFD_CLOEXEC, 0));
  }

  static String strerror(int errno) {
    return C.strerror(errno);
  }

  private static int checked(String what, Call call) throws ErrnoException {
    long result = retried(call);
    if (result < 0) {
      throw new ErrnoException(what, (int) -result);
    }
    return (int) result;
  }

  /** The call's result, or its errno as a negative number. */
  private static long retried(Call call) {
    while (true) {
      long result = call.run();
      if (result >= 0) {
        return result;
      }
      int errno = LastError.getLastError(RUNTIME);
      if (errno != Errno.EINTR) {
        return -errno;
      }
    }
  }

  private static byte[] native4(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
  }
}
