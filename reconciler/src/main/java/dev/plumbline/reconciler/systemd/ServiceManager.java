// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.systemd;

import dev.plumbline.netlink.libc.Descriptor;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The manager of this service, which is told how it goes; or nobody, who hears nothing. */
public final class ServiceManager implements AutoCloseable {
  /** Nobody. */
  public static final ServiceManager NONE = new ServiceManager(null, null);

  private final @Nullable Descriptor socket;
  private final @Nullable Duration watchdog;

  private ServiceManager(@Nullable Descriptor socket, @Nullable Duration watchdog) {
    this.socket = socket;
    this.watchdog = watchdog;
  }

  /**
   * The manager that the environment names: {@code NOTIFY_SOCKET} (a path, or a name after an
   * {@code @}), {@code WATCHDOG_USEC} and {@code WATCHDOG_PID}.
   *
   * @throws IOException if it names one that cannot be reached
   */
  public static ServiceManager of(Map<String, String> environment) throws IOException {
    String name = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (name.isEmpty()) {
      return NONE;
    }
    if (!name.startsWith("/") && !name.startsWith("@")) {
      throw new IOException("NOTIFY_SOCKET is " + name + ", expected a path or a name after an @");
    }
    try {
      return new ServiceManager(
          DatagramSocket.connect(name, "the service manager's socket"), watchdog(environment));
    } catch (ErrnoException e) {
      throw new IOException("NOTIFY_SOCKET is " + name + ", which cannot be reached: " + e, e);
    }
  }

  /** sd_watchdog_enabled(3): another process's watchdog is not ours. */
  private static @Nullable Duration watchdog(Map<String, String> environment) throws IOException {
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    String process = environment.getOrDefault("WATCHDOG_PID", "");
    String own = Long.toString(ProcessHandle.current().pid());
    if (micros.isEmpty() || (!process.isEmpty() && !process.equals(own))) {
      return null;
    }
    try {
      Duration time = Duration.ofNanos(Math.multiplyExact(Long.parseLong(micros), 1_000L));
      if (!time.isNegative() && !time.isZero()) {
        return time;
      }
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IOException("WATCHDOG_USEC is " + micros + ", no number of microseconds", e);
    }
    throw new IOException("WATCHDOG_USEC is " + micros + ", expected more than 0");
  }

  /** The longest silence that is taken for life; null: any. */
  public @Nullable Duration watchdog() {
    return watchdog;
  }

  /** Whether there is anybody to hear it. */
  public boolean isThere() {
    return socket != null;
  }

  /**
   * Tells it something.
   *
   * @param state lines of {@code NAME=value}, see sd_notify(3)
   * @throws IOException if it did not arrive
   */
  public void say(String... state) throws IOException {
    if (socket == null) {
      return;
    }
    byte[] bytes = String.join("\n", state).getBytes(StandardCharsets.UTF_8);
    int errno = DatagramSocket.send(socket, bytes);
    if (errno != 0 && errno != Errno.EAGAIN) {
      throw new ErrnoException("send to the service manager", errno);
    }
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.close();
    }
  }
}
